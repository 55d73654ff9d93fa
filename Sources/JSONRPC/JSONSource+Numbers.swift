extension JSONSource {
  /// Passes a number, checking its grammar and taking its digits apart.
  @inline(__always)
  func passNumber(_ next: inout UnsafePointer<UInt8>) throws(JSONScanError) -> JSONNumberParts {
    let first = next
    var place = next
    var isNegative = false
    if place < end, place.pointee == UInt8(ascii: "-") {
      isNegative = true
      place += 1
    }
    guard place < end, Self.isDigit(place.pointee) else { throw try notANumber(first, at: place) }
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
    return JSONNumberParts(
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
  private func notANumber(
    _ first: UnsafePointer<UInt8>, at place: UnsafePointer<UInt8>
  ) throws(JSONScanError) -> JSONScanError {
    // Only a minus sign makes a number that is none.
    if try kind(at: first) != .number { return error(.expectedType(.number), at: first) }
    return place < end ? error(.malformedNumber, at: place) : endsEarly()
  }
}
