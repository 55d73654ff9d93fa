#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

/// Cuts a stream of bytes into messages that each follow a header with their length, as in the Language Server Protocol.
///
///     Content-Length: 17\r\n
///     \r\n
///     {"jsonrpc":"2.0"}
///
/// Names are compared without regard to case, other headers are passed over, and a bare line feed ends a header line too.
public struct ContentLengthFramer: ~Copyable {
  private var buffer: InputBuffer
  private var splitter: HeaderSplitter

  /// Creates a framer that refuses messages of more than `maximumMessageBytes` bytes, header not counted.
  public init(maximumMessageBytes: Int = JSONLimits.maximumMessageBytes, capacity: Int = 64 * 1024) {
    buffer = InputBuffer(capacity: capacity)
    splitter = HeaderSplitter(limit: maximumMessageBytes)
  }

  /// Lets `read` place bytes directly behind those already there; see ``LineFramer/fill(atLeast:_:)``.
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

  /// The next complete message, or `nil` when more bytes are needed; valid until bytes are added.
  ///
  /// - Throws: ``FramingError``. After any but ``FramingError/messageTooLong(limit:)`` the place of the next message is
  ///   unknown, and each further call throws the same error.
  public mutating func nextMessage() throws(FramingError) -> UnsafeBufferPointer<UInt8>? {
    try splitter.next(&buffer)
  }

  /// Checks, at the end of the stream, that no message was cut off.
  ///
  /// - Throws: ``FramingError/endsInsideMessage(bytes:)``.
  public mutating func finish() throws(FramingError) {
    try splitter.finish(&buffer)
  }
}

/// Finds headers and the messages behind them in a buffer.
struct HeaderSplitter {
  /// A header has one or two short lines.
  static let headerLimit = 4096

  let limit: Int
  private var failure: FramingError?
  /// Bytes of the present header that were consumed; 0 before its first line.
  private var headerBytes = 0
  /// Bytes at the front of the buffer that hold no line feed.
  private var scanned = 0
  private var length: Int?
  /// The length of the message whose header has ended.
  private var bodyLength: Int?
  /// Bytes still to be dropped of a message too long.
  private var toDrop = 0

  init(limit: Int) {
    self.limit = limit
  }

  mutating func next(_ buffer: inout InputBuffer) throws(FramingError) -> UnsafeBufferPointer<UInt8>? {
    if let failure { throw failure }
    do {
      while true {
        if toDrop > 0 {
          let dropped = min(toDrop, buffer.count)
          buffer.consume(dropped)
          toDrop -= dropped
          if toDrop > 0 { return nil }
        }
        if let bodyLength {
          if buffer.count < bodyLength { return nil }
          self.bodyLength = nil
          let message = UnsafeBufferPointer(start: buffer.start, count: bodyLength)
          buffer.consume(bodyLength)
          return message
        }
        if try !passHeader(&buffer) { return nil }
      }
    } catch {
      if !error.isRecoverable { failure = error }
      throw error
    }
  }

  mutating func finish(_ buffer: inout InputBuffer) throws(FramingError) {
    let pending = headerBytes + buffer.count
    if pending > 0 || bodyLength != nil || toDrop > 0 { throw FramingError.endsInsideMessage(bytes: pending) }
  }

  /// Consumes header lines up to the empty one.
  /// - Returns: false when more bytes are needed.
  private mutating func passHeader(_ buffer: inout InputBuffer) throws(FramingError) -> Bool {
    while true {
      let start = buffer.start
      guard let found = memchr(start + scanned, 0x0A, buffer.count - scanned) else {
        scanned = buffer.count
        if headerBytes + scanned > Self.headerLimit { throw FramingError.headerTooLong(limit: Self.headerLimit) }
        return false
      }
      var count = UnsafePointer(found.assumingMemoryBound(to: UInt8.self)) - start
      buffer.consume(count + 1)
      scanned = 0
      let consumed = count + 1
      if headerBytes + consumed > Self.headerLimit { throw FramingError.headerTooLong(limit: Self.headerLimit) }
      if count > 0, start[count - 1] == 0x0D { count -= 1 }
      if count > 0 {
        headerBytes += consumed
        try passLine(UnsafeBufferPointer(start: start, count: count))
      } else if headerBytes > 0 {
        headerBytes = 0
        guard let length else { throw FramingError.missingLength }
        self.length = nil
        if length > limit {
          toDrop = length
          throw FramingError.messageTooLong(limit: limit)
        }
        bodyLength = length
        return true
      }
      // An empty line before a header is passed over.
    }
  }

  private mutating func passLine(_ line: UnsafeBufferPointer<UInt8>) throws(FramingError) {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > 0 else {
      throw FramingError.malformedHeader(Self.excerpt(line[...]))
    }
    let name: StaticString = "content-length"
    guard colon == name.utf8CodeUnitCount else { return }
    for index in 0..<colon {
      let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(line[index])
      if line[index] | (isUpper ? 0x20 : 0) != name.utf8Start[index] { return }
    }
    let value = Self.trim(line[(colon + 1)...])
    // 15 digits cannot overflow, and no message is that long.
    let isNumber = (1...15).contains(value.count) && value.allSatisfy(JSONSource.isDigit)
    guard isNumber, length == nil else { throw FramingError.malformedLength(Self.excerpt(value)) }
    length = value.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
  }

  private static func trim(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> Slice<UnsafeBufferPointer<UInt8>> {
    var text = text
    while let byte = text.first, byte == 0x20 || byte == 0x09 { text.removeFirst() }
    while let byte = text.last, byte == 0x20 || byte == 0x09 { text.removeLast() }
    return text
  }

  private static func excerpt(_ text: Slice<UnsafeBufferPointer<UInt8>>) -> String {
    String(decoding: text.prefix(80), as: UTF8.self)
  }
}
