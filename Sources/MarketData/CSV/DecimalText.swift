/// Reads decimal numbers from bytes, correctly rounded: the double is the one that Python's `float` gives.
package enum DecimalText {
  /// Reads the number that starts at `start`: sign, digits, a point and an exponent as far as they are there.
  ///
  /// No bound is passed: the byte behind the text must be there and must not continue a number (a delimiter, a line
  /// end, a NUL).
  /// - Parameter value: Receives the number; infinite when the text is beyond the range of a double.
  /// - Returns: the first byte behind the number, `nil` when there is none at `start`.
  @inline(__always)
  package static func scan(_ start: UnsafePointer<UInt8>, into value: inout Double) -> UnsafePointer<UInt8>? {
    var position = start
    let isNegative = position.pointee == UInt8(ascii: "-")
    if isNegative || position.pointee == UInt8(ascii: "+") { position += 1 }
    var mantissa: UInt64 = 0
    let whole = position
    accumulateDigits(&position, &mantissa)
    var digits = UnsafeRawPointer(position) - UnsafeRawPointer(whole)
    var decimals = 0
    if position.pointee == UInt8(ascii: ".") {
      position += 1
      let fraction = position
      accumulateDigits(&position, &mantissa)
      decimals = UnsafeRawPointer(position) - UnsafeRawPointer(fraction)
      digits &+= decimals
    }
    if digits == 0 { return nil }
    // Nineteen digits always fit 64 bits; more are told apart by the slow path.
    if digits > 19 || position.pointee | 0x20 == UInt8(ascii: "e") {
      return scanSlowly(start, into: &value)
    }
    let magnitude: Double
    if mantissa <= 1 << 53 {
      // Clinger: both operands are exact, so the division rounds once. 10¹⁹ < 10²², the largest exact power.
      magnitude = Double(mantissa) / powersOfTen[decimals]
    } else if decimals == 0 {
      magnitude = Double(mantissa)
    } else {
      magnitude = quotient(mantissa, integerPowersOfTen[decimals])
    }
    value = isNegative ? -magnitude : magnitude
    return position
  }

  @inline(__always)
  private static func accumulateDigits(_ position: inout UnsafePointer<UInt8>, _ value: inout UInt64) {
    while true {
      let digit = position.pointee &- UInt8(ascii: "0")
      if digit > 9 { return }
      value = value &* 10 &+ UInt64(digit)
      position += 1
    }
  }

  /// `dividend / divisor`, both above 0, rounded once to the nearest double, ties to even.
  ///
  /// Both are shifted until their top bits are set; a 128 by 64 bit division then gives 64 bits of the quotient, and
  /// the remainder tells whether what follows them is exactly nothing.
  @inline(never)
  private static func quotient(_ dividend: UInt64, _ divisor: UInt64) -> Double {
    let dividendShift = dividend.leadingZeroBitCount
    let divisorShift = divisor.leadingZeroBitCount
    let numerator = dividend << dividendShift
    let denominator = divisor << divisorShift
    var exponent = divisorShift - dividendShift - 64
    var wide: (high: UInt64, low: UInt64) = (numerator, 0)
    if numerator >= denominator {
      wide = (numerator >> 1, numerator << 63)
      exponent += 1
    }
    let (bits, remainder) = denominator.dividingFullWidth(wide)
    var significand = bits >> 11
    let dropped = bits & 0x7FF
    if dropped > 0x400 || (dropped == 0x400 && (remainder != 0 || significand & 1 == 1)) { significand += 1 }
    // Quotients lie between 10⁻¹⁹ and 10¹⁹, far from the ends of the exponent range.
    return Double(significand) * Double(bitPattern: UInt64(1023 + exponent + 11) << 52)
  }

  /// Takes what the fast path leaves: exponents and more than nineteen digits.
  @inline(never)
  private static func scanSlowly(_ start: UnsafePointer<UInt8>, into value: inout Double) -> UnsafePointer<UInt8>? {
    var end = start
    func skipDigits() {
      while end.pointee &- UInt8(ascii: "0") <= 9 { end += 1 }
    }
    if end.pointee == UInt8(ascii: "-") || end.pointee == UInt8(ascii: "+") { end += 1 }
    skipDigits()
    if end.pointee == UInt8(ascii: ".") {
      end += 1
      skipDigits()
    }
    if end.pointee | 0x20 == UInt8(ascii: "e") {
      let beforeExponent = end
      end += 1
      if end.pointee == UInt8(ascii: "-") || end.pointee == UInt8(ascii: "+") { end += 1 }
      let exponent = end
      skipDigits()
      if end == exponent { end = beforeExponent }
    }
    guard let number = Double(String(decoding: UnsafeBufferPointer(start: start, count: end - start), as: UTF8.self))
    else { return nil }
    value = number
    return end
  }

  private static let powersOfTen: [Double] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
  ]

  private static let integerPowersOfTen: [UInt64] = [
    1, 10, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000,
    100_000_000_000, 1_000_000_000_000, 10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000,
    10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000, 10_000_000_000_000_000_000,
  ]
}
