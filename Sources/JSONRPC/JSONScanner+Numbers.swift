extension JSONScanner {
  /// Reads a number as the nearest double.
  ///
  /// - Throws: ``JSONScanError`` also for a number too large for a double; one too small becomes zero.
  public mutating func readDouble() throws(JSONScanError) -> Double {
    let number = try passNumber()
    return try number.double(self)
  }

  /// Reads an integer.
  ///
  /// A number written with a fraction or exponent is accepted when its value is integral (`3.0`, `1e3`), as JSON Schema
  /// does.
  public mutating func readInt64() throws(JSONScanError) -> Int64 {
    let number = try passNumber()
    if let value = number.integer { return value }
    if number.isPlainInteger { throw error(.expectedInteger, at: number.start) }
    let value = try number.double(self)
    // Above 2⁵³ a double no longer tells neighbouring integers apart.
    guard value.magnitude <= 9_007_199_254_740_992, let integer = Int64(exactly: value) else {
      throw error(.expectedInteger, at: number.start)
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
    let number = try passNumber()
    if let value = number.integer, !(value == 0 && number.isNegative) { return .int(value) }
    return .double(try number.double(self))
  }

  /// Passes a number, checking its grammar and taking its digits apart.
  @inline(__always)
  mutating func passNumber() throws(JSONScanError) -> JSONNumberSource {
    skipSpace()
    var place = next
    let first = next
    var isNegative = false
    if place < end, place.pointee == UInt8(ascii: "-") {
      isNegative = true
      place += 1
    }
    guard place < end, Self.isDigit(place.pointee) else { throw try notANumber(at: place) }
    var mantissa: UInt64 = 0
    if place.pointee == UInt8(ascii: "0") {
      place += 1
      if place < end, Self.isDigit(place.pointee) { throw error(.malformedNumber, at: place) }
    } else {
      repeat {
        // Wraps beyond 19 digits; `digitCount` then says so.
        mantissa = mantissa &* 10 &+ UInt64(place.pointee &- UInt8(ascii: "0"))
        place += 1
      } while place < end && Self.isDigit(place.pointee)
    }
    let wholeEnd = place
    var fractionCount = 0
    if place < end, place.pointee == UInt8(ascii: ".") {
      place += 1
      let fraction = place
      while place < end, Self.isDigit(place.pointee) {
        mantissa = mantissa &* 10 &+ UInt64(place.pointee &- UInt8(ascii: "0"))
        place += 1
      }
      fractionCount = place - fraction
      if fractionCount == 0 { throw place < end ? error(.malformedNumber, at: place) : endsEarly() }
    }
    var exponent = 0
    let digitsEnd = place
    if place < end, place.pointee | 0x20 == UInt8(ascii: "e") {
      place += 1
      exponent = try passExponent(&place)
    }
    next = place
    return JSONNumberSource(
      start: first, digitsEnd: digitsEnd, end: place, mantissa: mantissa, exponent: exponent - fractionCount,
      digitCount: digitsEnd - first, isNegative: isNegative, isPlainInteger: place == wholeEnd)
  }

  @inline(__always)
  static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

  /// Reads the sign and digits after an `e`. Beyond any length a message can have, the value no longer matters.
  @inline(never)
  private func passExponent(_ place: inout UnsafePointer<UInt8>) throws(JSONScanError) -> Int {
    var isNegative = false
    if place < end, place.pointee == UInt8(ascii: "+") || place.pointee == UInt8(ascii: "-") {
      isNegative = place.pointee == UInt8(ascii: "-")
      place += 1
    }
    guard place < end else { throw endsEarly() }
    guard Self.isDigit(place.pointee) else { throw error(.malformedNumber, at: place) }
    var value = 0
    while place < end, Self.isDigit(place.pointee) {
      if value < 1 << 50 { value = value * 10 + Int(place.pointee - UInt8(ascii: "0")) }
      place += 1
    }
    return isNegative ? -value : value
  }

  /// The error where a number should start or go on.
  @inline(never)
  private mutating func notANumber(at place: UnsafePointer<UInt8>) throws(JSONScanError) -> JSONScanError {
    let kind = try peekKind()
    // Only a minus sign makes a number that is none.
    if kind == .number { return place < end ? error(.malformedNumber, at: place) : endsEarly() }
    return error(.expectedType(.number))
  }
}
