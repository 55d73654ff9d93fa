/// Writes numbers as JSON text into raw memory.
@usableFromInline
enum JSONNumberText {
  /// Room that always suffices for one number; the longest double is `-2.2250738585072014e-308` (24 bytes).
  @usableFromInline static var maximumLength: Int { 32 }

  /// Writes an integer in decimal; at most 20 bytes.
  /// - Returns: the number of bytes written.
  static func write(_ value: Int64, to out: UnsafeMutablePointer<UInt8>) -> Int {
    if value >= 0 { return write(UInt64(value), to: out) }
    out.pointee = UInt8(ascii: "-")
    return 1 + write(value.magnitude, to: out + 1)
  }

  /// Writes a finite number in the shortest form that reads back to the same double.
  /// - Returns: the number of bytes written, 0 for a NaN or an infinity.
  static func write(_ value: Double, to out: UnsafeMutablePointer<UInt8>) -> Int {
    // Prices and quantities have few decimals. If the value times 10⁴, rounded, divided by 10⁴ gives the value back,
    // the rounded integer holds its decimal digits. Below 10¹⁵ it has at most 15 of them, and no two decimals of at most
    // 15 digits share a double, so this is the shortest form too. Zero is left out, for its sign.
    let scaled = value * 10_000
    let magnitude = scaled.magnitude
    if magnitude < 1e15, magnitude >= 1 {
      let rounded = UInt64(magnitude + 0.5)
      if Double(rounded) / 10_000 == value.magnitude {
        return writeTenThousandths(rounded, isNegative: value < 0, to: out)
      }
    }
    return writeOther(value, to: out)
  }

  private static func writeTenThousandths(
    _ value: UInt64, isNegative: Bool, to out: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var length = 0
    if isNegative {
      out.pointee = UInt8(ascii: "-")
      length = 1
    }
    let (whole, fraction) = value.quotientAndRemainder(dividingBy: 10_000)
    length += write(whole, to: out + length)
    if fraction == 0 { return length }
    out[length] = UInt8(ascii: ".")
    let (high, low) = fraction.quotientAndRemainder(dividingBy: 100)
    writePair(high, to: out + (length + 1))
    if low == 0 { return length + (high % 10 == 0 ? 2 : 3) }
    writePair(low, to: out + (length + 3))
    return length + (low % 10 == 0 ? 4 : 5)
  }

  /// Writes what the fast path does not take: zero, many digits, very small and very large values.
  @inline(never)
  private static func writeOther(_ value: Double, to out: UnsafeMutablePointer<UInt8>) -> Int {
    if !value.isFinite { return 0 }
    if value == 0 {
      if value.sign == .plus {
        out.pointee = UInt8(ascii: "0")
        return 1
      }
      // The integer -0 would lose its sign in a reader that keeps integers apart.
      copy("-0.0", to: out)
      return 4
    }
    // Integers are exact up to 2⁵³.
    if value.magnitude <= 9_007_199_254_740_992, value.rounded(.towardZero) == value {
      return write(Int64(value), to: out)
    }
    // The standard library prints the shortest form, in lower case and always with a point or an exponent.
    var sink = ByteSink(start: out)
    value.write(to: &sink)
    if sink.count > 2, out[sink.count - 1] == UInt8(ascii: "0"), out[sink.count - 2] == UInt8(ascii: ".") {
      return sink.count - 2
    }
    return sink.count
  }

  private static func write(_ value: UInt64, to out: UnsafeMutablePointer<UInt8>) -> Int {
    let length = digitCount(value)
    var rest = value
    var position = length
    while rest >= 100 {
      let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
      position -= 2
      writePair(pair, to: out + position)
      rest = quotient
    }
    if rest >= 10 {
      writePair(rest, to: out)
    } else {
      out.pointee = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest)
    }
    return length
  }

  private static func digitCount(_ value: UInt64) -> Int {
    var count = 1
    var rest = value
    while rest >= 10_000 {
      rest /= 10_000
      count += 4
    }
    return count + (rest >= 1000 ? 3 : rest >= 100 ? 2 : rest >= 10 ? 1 : 0)
  }

  /// Writes a value below 100 as two digits.
  @inline(__always)
  private static func writePair(_ value: UInt64, to out: UnsafeMutablePointer<UInt8>) {
    let pair = digitPairs.utf8Start + Int(truncatingIfNeeded: value &* 2)
    out[0] = pair[0]
    out[1] = pair[1]
  }

  private static func copy(_ text: StaticString, to out: UnsafeMutablePointer<UInt8>) {
    out.update(from: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  /// A literal, and not an array, because it needs neither memory nor a check whether it was made yet.
  @inline(__always)
  private static var digitPairs: StaticString {
    """
    00010203040506070809101112131415161718192021222324252627282930313233343536373839404142434445464748495051525354555657585\
    960616263646566676869707172737475767778798081828384858687888990919293949596979899
    """
  }
}

/// Takes the text of a number without making a string of it.
private struct ByteSink: TextOutputStream {
  let start: UnsafeMutablePointer<UInt8>
  var count = 0

  init(start: UnsafeMutablePointer<UInt8>) {
    self.start = start
  }

  /// The standard library's own hook for text known to be ASCII. Should it disappear, `write(_:)` is called instead, with a
  /// string, and only speed is lost.
  mutating func _writeASCII(_ text: UnsafeBufferPointer<UInt8>) {
    for byte in text {
      start[count] = byte
      count += 1
    }
  }

  mutating func write(_ string: String) {
    for byte in string.utf8 {
      start[count] = byte
      count += 1
    }
  }
}
