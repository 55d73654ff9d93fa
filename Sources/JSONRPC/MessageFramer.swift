/// How messages are told apart in a stream of bytes.
public enum FrameStyle: Equatable, Sendable {
  /// One message a line.
  case lines
  /// A `Content-Length` header before each message.
  case contentLength

  /// Tells the style from the first bytes of a stream.
  ///
  /// - Returns: ``contentLength`` when the first byte that is no white space is the `C` of `Content-Length` (in either
  ///   case), ``lines`` when it is any other, and `nil` as long as there is none.
  public static func detect(_ bytes: UnsafeBufferPointer<UInt8>) -> FrameStyle? {
    guard let first = bytes.first(where: { !isSpace($0) }) else { return nil }
    return first | 0x20 == UInt8(ascii: "c") ? .contentLength : .lines
  }

  static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }
}

/// Cuts a stream of bytes into messages, by lines or by `Content-Length`, whichever the peer begins with.
public struct MessageFramer: ~Copyable {
  /// The peer's style; `nil` before its first message has begun. Answers are to be framed in the same way.
  public private(set) var style: FrameStyle?

  private var buffer: InputBuffer
  private var lines: LineSplitter
  private var headers: HeaderSplitter

  /// Creates a framer that refuses messages of more than `maximumMessageBytes` bytes.
  public init(
    maximumMessageBytes: Int = JSONLimits.maximumMessageBytes, style: FrameStyle? = nil, capacity: Int = 64 * 1024
  ) {
    self.style = style
    buffer = InputBuffer(capacity: capacity)
    lines = LineSplitter(limit: maximumMessageBytes)
    headers = HeaderSplitter(limit: maximumMessageBytes)
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
  /// - Throws: ``FramingError``; see ``FramingError/isRecoverable``.
  public mutating func nextMessage() throws(FramingError) -> UnsafeBufferPointer<UInt8>? {
    if style == nil {
      // White space before the first message means nothing. Dropping it in any case, the same messages come out however
      // the bytes are cut into reads.
      buffer.consume(buffer.bytes.prefix(while: FrameStyle.isSpace).count)
      style = FrameStyle.detect(buffer.bytes)
    }
    switch style {
    case nil: return nil
    case .lines: return try lines.next(&buffer)
    case .contentLength: return try headers.next(&buffer)
    }
  }

  /// Checks, at the end of the stream, that no message was cut off.
  ///
  /// - Throws: ``FramingError/endsInsideMessage(bytes:)``.
  public mutating func finish() throws(FramingError) {
    switch style {
    case nil: return
    case .lines: try lines.finish(&buffer)
    case .contentLength: try headers.finish(&buffer)
    }
  }
}
