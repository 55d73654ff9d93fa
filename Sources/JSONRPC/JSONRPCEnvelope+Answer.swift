extension JSONRPCEnvelope {
  /// Reads the answer to a known call in one pass, for loops that wait for exactly that answer.
  ///
  /// - Parameters:
  ///   - id: the call's identifier.
  ///   - bytes: one message.
  ///   - read: reads or skips exactly one value, the result. What it stores counts only if true is returned.
  /// - Returns: whether this was the answer: `"jsonrpc": "2.0"`, the identifier as a number, one result, and no other member
  ///   that JSON-RPC knows. On false the message is something else, or an answer sent differently (such as with the
  ///   identifier as a string): make an envelope of it to see what.
  /// - Throws: ``JSONScanError``, with its place in the message, when it is no JSON as far as it was scanned, and what `read`
  ///   throws.
  @inlinable
  public static func readResult(
    of id: Int, in bytes: UnsafeBufferPointer<UInt8>, maximumBytes: Int = JSONLimits.maximumMessageBytes,
    _ read: (inout JSONScanner) throws(JSONScanError) -> Void
  ) throws(JSONScanError) -> Bool {
    var scanner = try JSONScanner(bytes, maximumBytes: maximumBytes)
    guard try scanner.peekKind() == .object else { return false }
    var hasVersion = false
    var hasID = false
    var hasResult = false
    try scanner.beginObject()
    while try scanner.nextKey() {
      switch scanner.key {
      case "jsonrpc":
        guard try scanner.peekKind() == .string, try scanner.readStringView() == "2.0" else { return false }
        hasVersion = true
      case "id":
        guard try scanner.peekKind() == .number, try scanner.readNumber() == .int(Int64(id)) else { return false }
        hasID = true
      case "result":
        // A second result would replace the first, which has been stored already.
        if hasResult { return false }
        hasResult = true
        try read(&scanner)
      case "method", "params", "error":
        return false
      default:
        try scanner.skipValue()
      }
    }
    try scanner.finish()
    return hasVersion && hasID && hasResult
  }
}
