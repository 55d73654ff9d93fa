#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Cuts a stream of bytes into lines, one message each.
///
/// A line ends with a line feed; one carriage return before it is dropped; lines of white space only are passed over. The
/// bytes are cut before any decoding, so a character split over two reads does no harm.
///
///     let count = try framer.fill { try DescriptorIO.read(descriptor, into: $0) }
///     while let line = try framer.nextLine() { … }
///     if count == 0 { try framer.finish() }
public struct LineFramer: ~Copyable {
  private var buffer: InputBuffer
  private var splitter: LineSplitter

  /// Creates a framer that refuses lines of more than `maximumLineBytes` bytes, line end not counted.
  public init(maximumLineBytes: Int = JSONLimits.maximumMessageBytes, capacity: Int = 64 * 1024) {
    buffer = InputBuffer(capacity: capacity)
    splitter = LineSplitter(limit: maximumLineBytes)
  }

  /// Lets `read` place bytes directly behind those already there.
  ///
  /// - Parameters:
  ///   - space: the least room that `read` is given.
  ///   - read: fills the start of the memory and returns how many bytes it wrote.
  /// - Returns: what `read` returned.
  public mutating func fill<Failure>(
    atLeast space: Int = 4096, _ read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) -> Int {
    try buffer.add(atLeast: space, read)
  }

  /// Adds bytes that were read elsewhere.
  public mutating func append(_ bytes: UnsafeRawBufferPointer) {
    _ = buffer.add(atLeast: bytes.count) { room in
      room.copyMemory(from: bytes)
      return bytes.count
    }
  }

  /// The next complete line without its end, or `nil` when more bytes are needed.
  ///
  /// The line is valid until ``fill(atLeast:_:)`` or ``append(_:)`` is called.
  /// - Throws: ``FramingError/messageTooLong(limit:)``, once for each line too long; that line is passed over.
  public mutating func nextLine() throws(FramingError) -> UnsafeBufferPointer<UInt8>? {
    try splitter.next(&buffer)
  }

  /// Bytes of a line that has not ended yet; valid as long as a line.
  public var pending: UnsafeBufferPointer<UInt8> { buffer.bytes }

  /// Checks, at the end of the stream, that no line was cut off.
  ///
  /// - Throws: ``FramingError/endsInsideMessage(bytes:)``.
  public mutating func finish() throws(FramingError) {
    try splitter.finish(&buffer)
  }
}

/// Finds line ends in a buffer.
struct LineSplitter {
  let limit: Int
  /// Bytes at the front of the buffer that hold no line feed, so that none is looked at twice.
  private var scanned = 0
  /// Bytes of a line too long that have been dropped; 0 when no line is being dropped.
  private var dropped = 0

  init(limit: Int) {
    self.limit = limit
  }

  mutating func next(_ buffer: inout InputBuffer) throws(FramingError) -> UnsafeBufferPointer<UInt8>? {
    while true {
      let start = buffer.start
      guard let found = memchr(start + scanned, 0x0A, buffer.count - scanned) else {
        try keepUnfinished(&buffer)
        return nil
      }
      let lineFeed = UnsafePointer(found.assumingMemoryBound(to: UInt8.self))
      var count = lineFeed - start
      buffer.consume(count + 1)
      scanned = 0
      if dropped > 0 {
        dropped = 0
        continue
      }
      if count > 0, start[count - 1] == 0x0D { count -= 1 }
      if count > limit { throw FramingError.messageTooLong(limit: limit) }
      let line = UnsafeBufferPointer(start: start, count: count)
      if isBlank(line) { continue }
      return line
    }
  }

  /// Remembers what was searched, and drops a line as soon as it is too long, so that memory stays bounded.
  private mutating func keepUnfinished(_ buffer: inout InputBuffer) throws(FramingError) {
    scanned = buffer.count
    if dropped > 0 {
      drop(&buffer)
    } else if scanned > limit, scanned > limit + 1 || buffer.start[limit] != 0x0D {
      drop(&buffer)
      throw FramingError.messageTooLong(limit: limit)
    }
  }

  private mutating func drop(_ buffer: inout InputBuffer) {
    dropped += scanned
    buffer.consume(scanned)
    scanned = 0
  }

  mutating func finish(_ buffer: inout InputBuffer) throws(FramingError) {
    if dropped == 0, isBlank(buffer.bytes) { return }
    throw FramingError.endsInsideMessage(bytes: dropped + buffer.count)
  }

  private func isBlank(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    line.allSatisfy { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
  }
}
