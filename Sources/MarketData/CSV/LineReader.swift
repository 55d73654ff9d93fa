#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Cuts a byte source into lines, holding one chunk and one line of it in memory.
struct LineReader: ~Copyable {
  /// One line without its end. The byte at `end` may be read, and continues no number. Valid until the next line is asked
  /// for.
  struct Line {
    let start: UnsafePointer<UInt8>
    let end: UnsafePointer<UInt8>
    /// Whether a line end follows; only the last line may lack it.
    let isTerminated: Bool
  }

  /// The longest line that is read, in bytes.
  static let lineLimit = 1 << 20

  private let file: String
  private var source: any ByteSource
  private let chunkSize: Int
  private let capacity: Int
  private let buffer: UnsafeMutablePointer<UInt8>
  private let progress: ((CSVProgress) -> Void)?
  private let isCancelled: (() -> Bool)?
  /// The unread bytes of the buffer.
  private var unread = 0..<0
  /// Where in the buffer the first NUL is; beyond all of it when there is none.
  private var firstNul = Int.max
  private var isAtEnd = false
  private var terminator = UInt8(ascii: "\n")
  /// Whether the source was compressed.
  private(set) var isCompressed = false
  /// The number of the last line, counted from 1; 0 before the first.
  private(set) var lineNumber = 0

  /// - Parameter chunkSize: Bytes read at once, at least 1; tests make it small.
  init(
    file: String, source: any ByteSource, chunkSize: Int = 1 << 18,
    progress: ((CSVProgress) -> Void)? = nil, isCancelled: (() -> Bool)? = nil
  ) throws(CSVError) {
    self.file = file
    self.source = source
    self.chunkSize = chunkSize
    self.progress = progress
    self.isCancelled = isCancelled
    capacity = chunkSize + Self.lineLimit + 1
    // One byte more than is ever filled, for the line end that an unterminated last line gets.
    buffer = .allocate(capacity: capacity + 1)
    try fill(atLeast: 2)
    if GzipSource.isGzip(unreadBytes) {
      isCompressed = true
      self.source = try GzipSource(file: file, source: source, beginning: unreadBytes)
      unread = 0..<0
      isAtEnd = false
      firstNul = .max
    }
    try fill(atLeast: 512)
    if let (kind, remedy) = FileSignature.refusal(of: unreadBytes) {
      throw .notText(file: file, kind: kind, remedy: remedy)
    }
    if unreadBytes.starts(with: [0xEF, 0xBB, 0xBF]) { unread = 3..<unread.upperBound }
  }

  deinit { buffer.deallocate() }

  /// The length of the text; `nil` when it is not known, as of a compressed file.
  var expectedBytes: Int? { isCompressed ? nil : source.bytesTotal }

  /// Bytes of the text in the lines read so far.
  var bytesConsumed: Int { source.bytesRead - unread.count }

  /// Reads the next line; `nil` behind the last.
  mutating func next() throws(CSVError) -> Line? {
    var searched = 0
    while true {
      let start = buffer + unread.lowerBound
      if let found = memchr(start + searched, Int32(terminator), unread.count - searched) {
        let end = found.assumingMemoryBound(to: UInt8.self)
        let index = end - buffer
        lineNumber += 1
        if firstNul < index { throw .nulByte(file: file, line: lineNumber) }
        if end - start > Self.lineLimit { throw tooLong(line: lineNumber) }
        unread = index + 1..<unread.upperBound
        let hasReturn = end > start && end[-1] == UInt8(ascii: "\r")
        return Line(start: start, end: hasReturn ? end - 1 : end, isTerminated: true)
      }
      if unread.count > Self.lineLimit { throw tooLong(line: lineNumber + 1) }
      if firstNul < unread.upperBound { throw .nulByte(file: file, line: lineNumber + 1) }
      if isAtEnd { return lastLine() }
      searched = unread.count
      try fill(atLeast: searched + 1)
    }
  }

  /// Copies of the next lines, which stay unread: `count` of them, or fewer when the file or a mebibyte is over before.
  mutating func peek(lines count: Int) throws(CSVError) -> [[UInt8]] {
    while !isAtEnd, unread.count <= Self.lineLimit, lineEnds < count { try fill(atLeast: unread.count + 1) }
    if !unreadBytes.contains(UInt8(ascii: "\n")), unreadBytes.contains(UInt8(ascii: "\r")) {
      terminator = UInt8(ascii: "\r")
    }
    if firstNul < unread.upperBound {
      let before = UnsafeBufferPointer(rebasing: unreadBytes[..<(firstNul - unread.lowerBound)])
      throw .nulByte(file: file, line: before.count { $0 == terminator } + 1)
    }
    let pieces = unreadBytes.split(separator: terminator, maxSplits: count, omittingEmptySubsequences: false)
    if let first = pieces.first, first.count > Self.lineLimit { throw tooLong(line: 1) }
    // The last piece is not a whole line unless the file ends with it.
    let whole = isAtEnd && pieces.count <= count ? pieces[...] : pieces.dropLast()
    return whole.map { $0.last == UInt8(ascii: "\r") ? Array($0.dropLast()) : Array($0) }
  }

  private var unreadBytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: buffer + unread.lowerBound, count: unread.count)
  }

  private var lineEnds: Int { unreadBytes.count { $0 == UInt8(ascii: "\n") } }

  private func tooLong(line: Int) -> CSVError { .lineTooLong(file: file, line: line, limit: Self.lineLimit) }

  private mutating func lastLine() -> Line? {
    if unread.isEmpty { return nil }
    lineNumber += 1
    let start = buffer + unread.lowerBound
    var end = buffer + unread.upperBound
    end.pointee = UInt8(ascii: "\n")
    unread = unread.upperBound..<unread.upperBound
    if end[-1] == UInt8(ascii: "\r") { end -= 1 }
    return Line(start: start, end: end, isTerminated: false)
  }

  /// Reads until so many bytes are unread, or the source ends.
  private mutating func fill(atLeast count: Int) throws(CSVError) {
    while unread.count < count, !isAtEnd {
      if capacity - unread.upperBound < chunkSize {
        memmove(buffer, buffer + unread.lowerBound, unread.count)
        if firstNul != .max { firstNul -= unread.lowerBound }
        unread = 0..<unread.count
      }
      if isCancelled?() == true { throw .cancelled(file: file) }
      let free = buffer + unread.upperBound
      let room = min(chunkSize, capacity - unread.upperBound)
      let added = try source.read(into: UnsafeMutableRawBufferPointer(start: free, count: room))
      isAtEnd = added == 0
      if firstNul == .max, let nul = memchr(free, 0, added) {
        firstNul = nul.assumingMemoryBound(to: UInt8.self) - buffer
      }
      unread = unread.lowerBound..<unread.upperBound + added
      progress?(CSVProgress(bytesDone: source.bytesRead, bytesTotal: source.bytesTotal))
    }
  }
}
