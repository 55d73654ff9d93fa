extension JSONValue {
  /// The value at a JSON pointer (RFC 6901): `/bars/ACME/0`; an empty pointer is the whole value.
  ///
  /// - Returns: `nil` when nothing is there, or the text is no pointer (neither empty nor starting with `/`, or `~` without
  ///   0 or 1).
  public subscript(pointer pointer: String) -> JSONValue? {
    if pointer.isEmpty { return self }
    guard pointer.utf8.first == UInt8(ascii: "/") else { return nil }
    var value = self
    for part in pointer.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
      guard let token = Self.unescapePointer(part) else { return nil }
      let child: JSONValue?
      switch value {
      case .object: child = value[token]
      case .array: child = Self.arrayIndex(part).flatMap { value[$0] }
      default: child = nil
      }
      guard let child else { return nil }
      value = child
    }
    return value
  }

  /// Replaces `~1` by `/` and `~0` by `~`.
  private static func unescapePointer(_ part: Substring.UTF8View) -> String? {
    var bytes: [UInt8] = []
    var iterator = part.makeIterator()
    while let byte = iterator.next() {
      guard byte == UInt8(ascii: "~") else {
        bytes.append(byte)
        continue
      }
      switch iterator.next() {
      case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
      case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
      default: return nil
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// An index is digits without a leading zero.
  private static func arrayIndex(_ part: Substring.UTF8View) -> Int? {
    guard let first = part.first, part.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else {
      return nil
    }
    if first == UInt8(ascii: "0") && part.count > 1 { return nil }
    return Int(String(decoding: part, as: UTF8.self))
  }
}
