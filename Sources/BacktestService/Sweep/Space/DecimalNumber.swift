/// A number as it is typed, exact: `digits` times ten to the power of minus `decimals`.
///
/// Ranges are stepped through in it, so that 0.1:0.9:0.1 meets 0.3 as a user types it and not 0.30000000000000004.
struct DecimalNumber: Equatable {
  var digits: Int
  /// Digits behind the point, 0 or more.
  var decimals: Int

  init(digits: Int, decimals: Int) {
    self.digits = digits
    self.decimals = decimals
  }

  /// Reads `-12`, `0.05`, `.5`, `1e-3`; `nil` for anything else, and for more digits than 64 bits hold.
  init?(_ text: some StringProtocol) {
    var bytes = Array(text.utf8)[...]
    let isNegative = bytes.first == UInt8(ascii: "-")
    if isNegative || bytes.first == UInt8(ascii: "+") { bytes = bytes.dropFirst() }
    var digits = 0
    var decimals = 0
    var count = 0
    var hasPoint = false
    while let byte = bytes.first, byte != UInt8(ascii: "e"), byte != UInt8(ascii: "E") {
      bytes = bytes.dropFirst()
      if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      guard let next = Self.multiplied(digits, by: 10, adding: Int(byte - UInt8(ascii: "0"))) else { return nil }
      digits = next
      count += 1
      if hasPoint { decimals += 1 }
    }
    guard count > 0 else { return nil }
    if !bytes.isEmpty {
      guard let exponent = Int(String(decoding: bytes.dropFirst(), as: UTF8.self)), abs(exponent) <= 18 else {
        return nil
      }
      decimals -= exponent
    }
    self.init(digits: isNegative ? -digits : digits, decimals: max(0, decimals))
    if decimals < 0 {
      guard let scaled = Self.scaled(digits: self.digits, by: -decimals) else { return nil }
      self.digits = scaled
    }
    if self.decimals > 36 { return nil }
  }

  /// The digits of the same number with more decimals; `nil` when 64 bits do not hold them.
  func digits(withDecimals wanted: Int) -> Int? { Self.scaled(digits: digits, by: wanted - decimals) }

  /// The number in plain notation: `-0.05`.
  var text: String {
    if decimals == 0 { return String(digits) }
    let magnitude = String(digits.magnitude)
    let padded = String(repeating: "0", count: max(0, decimals + 1 - magnitude.count)) + magnitude
    return (digits < 0 ? "-" : "") + padded.dropLast(decimals) + "." + padded.suffix(decimals)
  }

  private static func scaled(digits: Int, by power: Int) -> Int? {
    var digits = digits
    for _ in 0..<power {
      guard let next = multiplied(digits, by: 10, adding: 0) else { return nil }
      digits = next
    }
    return digits
  }

  private static func multiplied(_ value: Int, by factor: Int, adding summand: Int) -> Int? {
    let (product, overflows) = value.multipliedReportingOverflow(by: factor)
    let (sum, overflowsToo) = product.addingReportingOverflow(summand)
    return overflows || overflowsToo ? nil : sum
  }
}
