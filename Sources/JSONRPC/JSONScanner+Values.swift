extension JSONScanner {
  /// Reads a number as the nearest double.
  ///
  /// - Throws: ``JSONScanError`` also for a number too large for a double; one too small becomes zero.
  public mutating func readDouble() throws(JSONScanError) -> Double {
    source.skipSpace(&next)
    let number = try source.passNumber(&next)
    return try number.double(source)
  }

  /// Reads a number if one comes next; `nil`, with nothing read, if something else does.
  public mutating func readDoubleIfNumber() throws(JSONScanError) -> Double? {
    let source = self.source
    var place = next
    source.skipSpace(&place)
    guard place < source.end, JSONSource.isDigit(place.pointee) || place.pointee == UInt8(ascii: "-") else {
      return nil
    }
    let number = try source.passNumber(&place)
    next = place
    return try number.double(source)
  }

  /// Reads an integer.
  ///
  /// A number written with a fraction or exponent is accepted when its value is integral (`3.0`, `1e3`), as JSON Schema
  /// does.
  public mutating func readInt64() throws(JSONScanError) -> Int64 {
    source.skipSpace(&next)
    let number = try source.passNumber(&next)
    if let value = number.integer { return value }
    if number.isPlainInteger { throw source.error(.expectedInteger, at: number.start) }
    let value = try number.double(source)
    // Above 2⁵³ a double no longer tells neighbouring integers apart.
    guard value.magnitude <= 9_007_199_254_740_992, let integer = Int64(exactly: value) else {
      throw source.error(.expectedInteger, at: number.start)
    }
    return integer
  }

  /// Reads an integer; see ``readInt64()``.
  public mutating func readInt() throws(JSONScanError) -> Int {
    Int(try readInt64())
  }

  /// Reads a number and keeps whether it was written as an integer.
  ///
  /// - Returns: ``JSONValue/int(_:)`` for digits alone that fit in 64 bits, else ``JSONValue/double(_:)``. The text `-0`
  ///   is a double, as an integer has no negative zero.
  public mutating func readNumber() throws(JSONScanError) -> JSONValue {
    source.skipSpace(&next)
    let number = try source.passNumber(&next)
    if let value = number.integer, !(value == 0 && number.isNegative) { return .int(value) }
    return .double(try number.double(source))
  }

  /// Reads a string.
  public mutating func readString() throws(JSONScanError) -> String {
    try readStringView().string
  }

  /// Reads a string without copying it.
  public mutating func readStringView() throws(JSONScanError) -> JSONStringView {
    let source = self.source
    var place = next
    source.skipSpace(&place)
    guard place < source.end, place.pointee == UInt8(ascii: "\"") else {
      throw try source.wrongType(.string, at: place)
    }
    let view = try source.passString(&place)
    next = place
    return view
  }

  /// Reads a string where it stands if one comes next; `nil`, with nothing read, if something else does.
  public mutating func readStringViewIfString() throws(JSONScanError) -> JSONStringView? {
    let source = self.source
    var place = next
    source.skipSpace(&place)
    guard place < source.end, place.pointee == UInt8(ascii: "\"") else { return nil }
    let view = try source.passString(&place)
    next = place
    return view
  }

  /// Reads `true` or `false`.
  public mutating func readBool() throws(JSONScanError) -> Bool {
    guard try peekKind() == .bool else { throw source.error(.expectedType(.bool), at: next) }
    let value = next.pointee == UInt8(ascii: "t")
    try source.passWord(value ? "true" : "false", &next)
    return value
  }

  /// Reads `null`.
  public mutating func readNull() throws(JSONScanError) {
    guard try readIfNull() else { throw source.error(.expectedType(.null), at: next) }
  }

  /// Passes a `null` if it is next.
  /// - Returns: whether it was.
  public mutating func readIfNull() throws(JSONScanError) -> Bool {
    guard try peekKind() == .null else { return false }
    try source.passWord("null", &next)
    return true
  }

  /// Passes one value of any type, checking it as if it were read.
  public mutating func skipValue() throws(JSONScanError) {
    try source.skipValue(&next, depth: depth)
  }

  /// Passes one value of any type and returns its text.
  public mutating func readSource() throws(JSONScanError) -> UnsafeBufferPointer<UInt8> {
    source.skipSpace(&next)
    let first = next
    try source.skipValue(&next, depth: depth)
    return UnsafeBufferPointer(start: first, count: next - first)
  }
}
