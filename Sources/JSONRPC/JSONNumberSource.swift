/// A number taken apart by the scanner: ± mantissa × 10^exponent, and where it stands.
struct JSONNumberSource {
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
  func double(_ scanner: borrowing JSONScanner) throws(JSONScanError) -> Double {
    // Clinger's fast path: an integer up to 2⁵³ and a power of ten up to 10²² are exact, so one operation rounds once.
    if digitCount <= 19, mantissa <= 1 << 53, exponent <= 0, exponent >= -22 {
      let value = exponent == 0 ? Double(mantissa) : Double(mantissa) / powersOfTen[-exponent]
      return isNegative ? -value : value
    }
    guard let value = carefully() else { throw scanner.error(.numberOutOfRange, at: start) }
    return value
  }

  /// The nearest double for any number of digits and any exponent; `nil` when it is too large.
  @inline(never)
  func carefully() -> Double? {
    if digitCount <= 19, mantissa <= 1 << 53, exponent > 0, exponent <= 22 {
      let value = Double(mantissa) * powersOfTen[exponent]
      return isNegative ? -value : value
    }
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
      guard JSONScanner.isDigit(byte), kept > 0 || byte != UInt8(ascii: "0") else { continue }
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
