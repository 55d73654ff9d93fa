extension JSONWriter {
  /// Hands out the finished message.
  ///
  /// - Parameter body: receives the bytes; they are valid only during the call.
  /// - Throws: ``JSONWriteError`` if anything went wrong since ``reset()`` or the message is not complete, else what
  ///   `body` throws.
  public mutating func withMessage<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result {
    try checkFinished()
    return try body(UnsafeBufferPointer(start: start, count: used))
  }

  /// Hands out the finished message followed by a line feed, ready for one write(2).
  ///
  /// The writer itself still holds the message without the line feed.
  public mutating func withLine<Result>(_ body: (UnsafeBufferPointer<UInt8>) throws -> Result) throws -> Result {
    try checkFinished()
    reserve(1)
    start[used] = 0x0A
    return try body(UnsafeBufferPointer(start: start, count: used + 1))
  }

  /// Hands out the finished message in one piece with what frames it: a line feed behind it, or a header with its length
  /// before it.
  ///
  /// The writer itself still holds the message alone.
  public mutating func withFrame<Result>(
    _ style: FrameStyle, _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
  ) throws -> Result {
    if style == .lines { return try withLine(body) }
    try checkFinished()
    let header = Array("Content-Length: \(used)\r\n\r\n".utf8)
    reserve(header.count)
    // Overlapping memory is allowed here. One more copy of a message does not matter to the peers that use this style.
    (start + header.count).update(from: start, count: used)
    start.update(from: header, count: header.count)
    defer { start.update(from: start + header.count, count: used) }
    return try body(UnsafeBufferPointer(start: start, count: header.count + used))
  }

  /// Hands out what was written so far and forgets it, so that an output of any length needs a small buffer only.
  ///
  /// Structure is kept: the next bytes continue the message. Call it again after the last bracket for the rest; with
  /// `finished` it then also checks that the message is complete.
  /// - Throws: ``JSONWriteError`` if anything went wrong since ``reset()``, else what `body` throws.
  public mutating func drain(finished: Bool = false, _ body: (UnsafeBufferPointer<UInt8>) throws -> Void) throws {
    if finished { try checkFinished() }
    if let failure { throw failure }
    try body(UnsafeBufferPointer(start: start, count: used))
    drained += used
    used = 0
  }

  /// Copies the finished message into an array.
  /// - Throws: ``JSONWriteError`` if anything went wrong since ``reset()`` or the message is not complete.
  public mutating func bytes() throws(JSONWriteError) -> [UInt8] {
    try checkFinished()
    return Array(UnsafeBufferPointer(start: start, count: used))
  }

  private func checkFinished() throws(JSONWriteError) {
    if let failure { throw failure }
    if depth != 0 || place != .next { throw JSONWriteError(kind: .unfinished, offset: count) }
  }
}
