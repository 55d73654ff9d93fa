/// Reads JSON from bytes, value by value as its caller asks for them, and nothing else.
///
/// Nothing is built that the caller does not ask for, so memory is bounded by what the caller keeps; skipped values
/// are checked without recursion and to a limited depth. Strict, but for `NaN` and `Infinity` where a number may
/// stand, which Yahoo has sent.
struct JSONPullParser {
  /// What is wrong and where, counted in bytes from 0.
  struct Fault: Error, Equatable, CustomStringConvertible {
    let reason: String
    let offset: Int
    /// Whether the text just ends too early.
    var isCutShort = false
    var description: String { "\(reason) at byte \(offset)" }
  }

  enum Kind { case object, array, string, number, bool, null }

  /// Deepest nesting in a value that is skipped.
  static let depthLimit = 64
  /// Longest string, in bytes as written.
  static let stringLimit = 16_384

  private let bytes: [UInt8]
  private(set) var offset = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func fault(_ reason: String) -> Fault { Fault(reason: reason, offset: offset, isCutShort: offset >= bytes.count) }

  /// What the next value is.
  mutating func kind() throws(Fault) -> Kind {
    skipSpace()
    guard offset < bytes.count else { throw fault("the text ends where a value was expected") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "N"), UInt8(ascii: "I"):
      return .number
    default: throw fault("a value was expected")
    }
  }

  /// Visits each member of an object; `visit` must read or skip its value.
  mutating func object(_ visit: (inout JSONPullParser, String) throws(Fault) -> Void) throws(Fault) {
    try expect("{", "an object")
    if take("}") { return }
    repeat {
      let key = try string()
      try expect(":", "a colon")
      try visit(&self, key)
    } while take(",")
    try expect("}", "a comma or the end of the object")
  }

  /// Visits each element of an array with its index; `visit` must read or skip it.
  mutating func array(_ visit: (inout JSONPullParser, Int) throws(Fault) -> Void) throws(Fault) {
    try expect("[", "an array")
    if take("]") { return }
    var index = 0
    repeat {
      try visit(&self, index)
      index += 1
    } while take(",")
    try expect("]", "a comma or the end of the array")
  }

  /// Reads a null away when it is next.
  mutating func takeNull() throws(Fault) -> Bool {
    guard try kind() == .null else { return false }
    try word("null")
    return true
  }

  /// A number; `nil` for null. May be NaN or infinite.
  mutating func optionalNumber() throws(Fault) -> Double? {
    switch try kind() {
    case .number: return try number()
    case .null:
      try word("null")
      return nil
    default: throw fault("a number was expected")
    }
  }

  /// A string; `nil` for null.
  mutating func optionalString() throws(Fault) -> String? {
    switch try kind() {
    case .string: return try string()
    case .null:
      try word("null")
      return nil
    default: throw fault("a string was expected")
    }
  }

  /// Only space may follow the text's one value.
  mutating func end() throws(Fault) {
    skipSpace()
    if offset < bytes.count { throw fault("something follows the end of the text") }
  }

  /// Reads a value away, checking it.
  mutating func skip() throws(Fault) {
    var closers: [UInt8] = []
    repeat {
      var needsValue = true
      switch try kind() {
      case .object:
        offset += 1
        if take("}") { break }
        closers.append(UInt8(ascii: "}"))
        try memberName()
        needsValue = false
      case .array:
        offset += 1
        if take("]") { break }
        closers.append(UInt8(ascii: "]"))
        needsValue = false
      case .string: try skipString()
      case .number: _ = try number()
      case .bool: try word(bytes[offset] == UInt8(ascii: "t") ? "true" : "false")
      case .null: try word("null")
      }
      if closers.count > Self.depthLimit { throw fault("values are nested more than \(Self.depthLimit) deep") }
      if !needsValue { continue }
      // A value has ended: close what ends with it, up to the next value.
      while let closer = closers.last {
        if take(",") {
          if closer == UInt8(ascii: "}") { try memberName() }
          break
        }
        skipSpace()
        guard offset < bytes.count, bytes[offset] == closer else {
          throw fault("a comma or a closing bracket was expected")
        }
        offset += 1
        closers.removeLast()
      }
    } while !closers.isEmpty
  }

  private mutating func memberName() throws(Fault) {
    skipSpace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw fault("a name was expected") }
    try skipString()
    try expect(":", "a colon")
  }

  private mutating func skipSpace() {
    while offset < bytes.count, [32, 10, 13, 9].contains(bytes[offset]) { offset += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar, _ name: String) throws(Fault) {
    if take(character) { return }
    throw fault(offset < bytes.count ? "\(name) was expected" : "the text ends where \(name) was expected")
  }

  private mutating func word(_ text: StaticString) throws(Fault) {
    let end = offset + text.utf8CodeUnitCount
    guard end <= bytes.count, bytes[offset..<end].elementsEqual(text.withUTF8Buffer { Array($0) }) else {
      throw fault("a value was expected")
    }
    offset = end
  }
}

// MARK: - Strings

extension JSONPullParser {
  private mutating func skipString() throws(Fault) {
    let start = offset
    offset += 1
    while offset < bytes.count {
      switch bytes[offset] {
      case UInt8(ascii: "\""):
        offset += 1
        return
      case UInt8(ascii: "\\"): offset += 2
      case 0..<32: throw fault("a control character stands in a string")
      default: offset += 1
      }
      if offset - start > Self.stringLimit { throw fault("a string is longer than \(Self.stringLimit) bytes") }
    }
    offset = bytes.count
    throw fault("the text ends inside a string")
  }

  fileprivate mutating func string() throws(Fault) -> String {
    skipSpace()
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw fault("a string was expected") }
    let start = offset + 1
    try skipString()
    let content = bytes[start..<offset - 1]
    if !content.contains(UInt8(ascii: "\\")) { return String(decoding: content, as: UTF8.self) }
    return try unescaped(content)
  }

  private func unescaped(_ content: ArraySlice<UInt8>) throws(Fault) -> String {
    var units: [UInt8] = []
    var index = content.startIndex
    while index < content.endIndex {
      let byte = content[index]
      index += 1
      guard byte == UInt8(ascii: "\\") else {
        units.append(byte)
        continue
      }
      let escape = content[index]
      index += 1
      switch escape {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): units.append(escape)
      case UInt8(ascii: "b"): units.append(8)
      case UInt8(ascii: "f"): units.append(12)
      case UInt8(ascii: "n"): units.append(10)
      case UInt8(ascii: "r"): units.append(13)
      case UInt8(ascii: "t"): units.append(9)
      case UInt8(ascii: "u"):
        var code = try hexadecimal(content, &index)
        if (0xD800..<0xDC00).contains(code), content[index...].starts(with: Array("\\u".utf8)) {
          var ahead = index + 2
          let low = try hexadecimal(content, &ahead)
          if (0xDC00..<0xE000).contains(low) {
            code = 0x10000 + (code - 0xD800) << 10 + (low - 0xDC00)
            index = ahead
          }
        }
        units.append(contentsOf: String(Unicode.Scalar(code) ?? "\u{FFFD}").utf8)
      default: throw fault("a string holds an unknown escape")
      }
    }
    return String(decoding: units, as: UTF8.self)
  }

  private func hexadecimal(_ content: ArraySlice<UInt8>, _ index: inout Int) throws(Fault) -> UInt32 {
    guard index + 4 <= content.endIndex,
      let code = UInt32(String(decoding: content[index..<index + 4], as: UTF8.self), radix: 16)
    else { throw fault("a string holds an unfinished escape") }
    index += 4
    return code
  }
}

// MARK: - Numbers

extension JSONPullParser {
  private static let powers: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]

  fileprivate mutating func number() throws(Fault) -> Double {
    let start = offset
    let isNegative = bytes[offset] == UInt8(ascii: "-")
    if isNegative { offset += 1 }
    guard offset < bytes.count else { throw fault("the text ends inside a number") }
    if bytes[offset] == UInt8(ascii: "I") {
      try word("Infinity")
      return isNegative ? -.infinity : .infinity
    }
    if bytes[offset] == UInt8(ascii: "N") {
      try word("NaN")
      return .nan
    }
    var mantissa: UInt64 = 0
    let whole = try digits(&mantissa)
    if whole > 1, bytes[offset - whole] == UInt8(ascii: "0") { throw fault("a number has a leading zero") }
    var decimals = 0
    if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
      offset += 1
      decimals = try digits(&mantissa)
    }
    var isPlain = true
    if offset < bytes.count, bytes[offset] | 32 == UInt8(ascii: "e") {
      isPlain = false
      offset += 1
      if offset < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[offset]) { offset += 1 }
      var exponent: UInt64 = 0
      _ = try digits(&exponent)
    }
    // Exact in double arithmetic: an integer below 2^53 over a power of ten that is a double.
    if isPlain, whole + decimals <= 18, mantissa < 1 << 53, decimals < Self.powers.count {
      let value = Double(mantissa) / Self.powers[decimals]
      return isNegative ? -value : value
    }
    if offset - start > 400 { throw fault("a number is longer than 400 digits") }
    guard let value = Double(String(decoding: bytes[start..<offset], as: UTF8.self)) else {
      throw fault("a number was expected")
    }
    return value
  }

  /// Reads digits; their number.
  private mutating func digits(_ value: inout UInt64) throws(Fault) -> Int {
    let start = offset
    while offset < bytes.count, case let digit = bytes[offset] &- UInt8(ascii: "0"), digit < 10 {
      value = value &* 10 &+ UInt64(digit)
      offset += 1
    }
    if offset == start { throw fault(offset < bytes.count ? "a digit was expected" : "the text ends inside a number") }
    return offset - start
  }
}
