/// Reads `application/x-www-form-urlencoded`, the form of query strings and plain HTML forms.
enum URLEncodedForm {
  /// The fields in their order.
  ///
  /// A percent sign that begins no escape stands for itself, as browsers and Django have it.
  ///
  /// - Throws: ``BodyError/malformed(_:)`` when a name or value is not UTF-8 once decoded.
  static func fields(_ bytes: [UInt8]) throws(BodyError) -> [(name: String, value: BodyFields.Value)] {
    try pairs(bytes[...]).map { ($0.name, .text($0.value)) }
  }

  /// The fields of a query string.
  static func pairs(_ bytes: ArraySlice<UInt8>) throws(BodyError) -> [(name: String, value: String)] {
    var pairs: [(name: String, value: String)] = []
    for part in bytes.split(separator: UInt8(ascii: "&")) {
      let equals = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
      pairs.append((try decode(part[..<equals]), try decode(part[equals...].dropFirst())))
      if pairs.count > BodyFields.maximumCount { break }
    }
    return pairs
  }

  private static func decode(_ bytes: ArraySlice<UInt8>) throws(BodyError) -> String {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if byte == UInt8(ascii: "%"), index + 2 < bytes.endIndex, let high = hexDigit(bytes[index + 1]),
        let low = hexDigit(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
        index += 1
      }
    }
    guard let text = String(validating: decoded, as: UTF8.self) else {
      throw .malformed("Form parse error - a field is not valid UTF-8.")
    }
    return text
  }

  private static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
