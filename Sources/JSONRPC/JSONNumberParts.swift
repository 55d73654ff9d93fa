/// A number taken apart by the scanner: ± mantissa × 10^exponent, and where it stands.
struct JSONNumberParts {
  let start: UnsafePointer<UInt8>
  /// Where the exponent, or else what follows the number, starts.
  let digitsEnd: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  /// All digits as one integer; only right if ``digitCount`` is at most 19.
  let mantissa: UInt64
  let exponent: Int
  /// An upper bound of the number of digits: sign, point and leading zeros count too.
  let digitCount: Int
  let isNegative: Bool
  /// Whether there was neither fraction nor exponent.
  let isPlainInteger: Bool

  /// The value if it was written as digits alone and fits.
  @inline(__always)
  var integer: Int64? {
    guard isPlainInteger else { return nil }
    // 19 digits fit an unsigned 64-bit integer, 20 with the sign.
    guard digitCount - (isNegative ? 1 : 0) <= 19 else { return nil }
    if isNegative {
      return mantissa <= 1 << 63 ? Int64(truncatingIfNeeded: 0 &- mantissa) : nil
    }
    return Int64(exactly: mantissa)
  }

  /// The nearest double.
  @inline(__always)
  func double(_ source: JSONSource) throws(JSONScanError) -> Double {
    // Clinger's fast path: an integer up to 2⁵³ and a power of ten up to 10²² are exact, so one operation rounds once.
    if digitCount <= 19, mantissa <= 1 << 53, exponent <= 0, exponent >= -22 {
      let value = exponent == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[-exponent]
      return isNegative ? -value : value
    }
    guard let value = carefully() else { throw source.error(.numberOutOfRange, at: start) }
    return value
  }

  /// The nearest double, for what the fast path leaves; `nil` when it is too large.
  @inline(never)
  func carefully() -> Double? {
    if significantDigits <= 19, let value = magnitude { return isNegative ? -value : value }
    return parsed()
  }

  /// The digits that count, or more: zeros in front do not.
  private var significantDigits: Int {
    if digitCount <= 19 { return digitCount }
    var place = start
    while place < digitsEnd, !(UInt8(ascii: "1")...UInt8(ascii: "9")).contains(place.pointee) { place += 1 }
    return digitsEnd - place
  }

  /// The nearest double to the mantissa, which must be right, times 10^exponent; `nil` for exponents not dealt with here.
  private var magnitude: Double? {
    // One conversion, rounded once.
    if exponent == 0 { return Double(mantissa) }
    if mantissa <= 1 << 53, exponent.magnitude <= 22 {
      return exponent < 0 ? Double(mantissa) / powersOfTen[-exponent] : Double(mantissa) * powersOfTen[exponent]
    }
    guard mantissa > 0, exponent < 0, exponent >= -27 else { return nil }
    // Numbers computed by a program have 16 or 17 digits, too many for the above. Their value is m / 5ⁿ × 2⁻ⁿ. With m and 5ⁿ
    // shifted until their highest bits are set, the quotient of the integers has at least 63 bits, ten more than a double
    // holds. Of a remainder it only matters that there is one, so it is put in the lowest bit; the conversion then rounds
    // correctly, and the last multiplication, by a power of two, is exact.
    let divisor = powersOfFive[-exponent]
    let mantissaShift = mantissa.leadingZeroBitCount
    let divisorShift = divisor.leadingZeroBitCount
    let dividend = mantissa << UInt64(mantissaShift)
    let (quotient, remainder) = (divisor << UInt64(divisorShift)).dividingFullWidth((dividend >> 1, dividend << 63))
    let power = divisorShift - mantissaShift - 63 + exponent
    return Double(quotient | (remainder == 0 ? 0 : 1)) * Double(bitPattern: UInt64(1023 + power) << 52)
  }

  /// The nearest double, from a copy of the digits and by the standard library.
  private func parsed() -> Double? {
    // The digits are copied in a normal form of bounded length: no double needs more than 767 significant digits to be
    // rounded; of those beyond, it only matters whether one is not zero.
    let limit = 800
    var text: [UInt8] = []
    text.reserveCapacity(min(digitCount, limit) + 16)
    if isNegative { text.append(UInt8(ascii: "-")) }
    var kept = 0
    var dropped = 0
    var droppedNonZero = false
    var place = start
    while place < digitsEnd {
      let byte = place.pointee
      place += 1
      guard JSONSource.isDigit(byte), kept > 0 || byte != UInt8(ascii: "0") else { continue }
      if kept < limit {
        text.append(byte)
        kept += 1
      } else {
        dropped += 1
        if byte != UInt8(ascii: "0") { droppedNonZero = true }
      }
    }
    if kept == 0 { return isNegative ? -0.0 : 0 }
    var scale = exponent + dropped
    if droppedNonZero {
      text.append(UInt8(ascii: "1"))
      kept += 1
      scale -= 1
    }
    // The value lies between 10^(size - 1) and 10^size.
    let size = kept + scale
    if size > 310 { return nil }
    if size < -330 { return isNegative ? -0.0 : 0 }
    text.append(UInt8(ascii: "e"))
    text.append(contentsOf: String(scale).utf8)
    // Not strtod(3): it obeys the locale, which some library may set.
    guard let value = Double(String(decoding: text, as: UTF8.self)), value.isFinite else { return nil }
    return value
  }
}

/// 10⁰ to 10²², which are exact.
private let powersOfTen: [Double] = [
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
  1e21,
  1e22,
]

/// 5⁰ to 5²⁷, the powers that fit in 64 bits.
private let powersOfFive: [UInt64] = [
  1, 5, 25, 125, 625, 3_125, 15_625, 78_125, 390_625, 1_953_125, 9_765_625, 48_828_125, 244_140_625, 1_220_703_125,
  6_103_515_625, 30_517_578_125, 152_587_890_625, 762_939_453_125, 3_814_697_265_625, 19_073_486_328_125,
  95_367_431_640_625, 476_837_158_203_125, 2_384_185_791_015_625, 11_920_928_955_078_125, 59_604_644_775_390_625,
  298_023_223_876_953_125, 1_490_116_119_384_765_625, 7_450_580_596_923_828_125,
]
