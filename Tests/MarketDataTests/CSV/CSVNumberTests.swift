import MarketData
import Testing
import TradingModel

@Suite struct CSVNumberTests {
  /// The number that the importer's scanner reads from a whole text; `nil` when it stops before the end.
  private func scanned(_ text: String) -> Double? {
    var bytes = Array(text.utf8)
    bytes.append(0)
    return bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return nil }
      var value = Double.nan
      guard let end = DecimalText.scan(base, into: &value), end - base == bytes.count - 1 else { return nil }
      return value
    }
  }

  @Test func millionRandomDecimalsEqualTheStandardLibrarys() {
    var generator = SeededGenerator(seed: 2020)
    var text: [UInt8] = []
    text.reserveCapacity(64)
    var wrong: [String] = []
    for round in 0..<1_000_000 {
      text.removeAll(keepingCapacity: true)
      let random = generator.next()
      let digits = Int(random % 22) + 1
      let point = Int(random >> 8 % 24)
      if random >> 16 % 8 == 0 { text.append(UInt8(ascii: "-")) }
      var source = generator.next()
      for digit in 0..<digits {
        if digit == point { text.append(UInt8(ascii: ".")) }
        text.append(UInt8(ascii: "0") + UInt8(source % 10))
        source /= 10
        if source == 0 { source = generator.next() }
      }
      if round % 16 == 0 {
        text.append(UInt8(ascii: round % 32 == 0 ? "e" : "E"))
        if random >> 20 & 1 == 0 { text.append(UInt8(ascii: "-")) }
        text += Array(String(random >> 24 % 330).utf8)
      }
      let string = String(decoding: text, as: UTF8.self)
      if scanned(string)?.bitPattern != Double(string)?.bitPattern { wrong.append(string) }
    }
    #expect(wrong == [])
  }

  @Test func hardCasesAreRoundedCorrectly() {
    // Ties and near-ties between doubles, the ends of the fast path, and prices of pandas with 17 digits.
    let texts = [
      "9007199254740993", "9007199254740992.5", "9007199254740993.5", "0.1", "0.3", "1e23", "8.41e21", "9.5e-323",
      "2.2250738585072014e-308", "50.220219519999997", "100.01999999999999", "1.7976931348623157e308", "5e-324",
      "1844674407370955161.5", "18446744073709551615", "9999999999999999999", "0.0000000000000000001",
      "0.9999999999999999999", "4503599627370496.5", "4503599627370497.5", "1000000000000000000.5",
      "00000000000000000001.5",
      "1.", ".5", "+1.5", "-0", "-0.0", "0e0", "123456789012345678901234567890",
    ]
    for text in texts { #expect(scanned(text)?.bitPattern == Double(text)?.bitPattern, "\(text)") }
  }

  @Test func textThatIsNoNumberIsNotRead() {
    for text in ["", ".", "-", "+", "e5", "-.e5", "1e", "1e+", "1.2.3", "1 2", "0x10", "nan", "inf", "1_000", "--1"] {
      #expect(scanned(text) == nil, "\(text)")
    }
  }

  @Test(arguments: [
    ("120.5M", 120_500_000.0), ("1.1B", 1_100_000_000), ("2k", 2000), ("3T", 3e12), ("0.1K", 100),
    ("1,234.5K", 1_234_500),
    ("\"1,234,567\"", 1_234_567), ("1e3", 1000), ("  7 ", 7),
  ])
  func volumesAreReadAsWritten(text: String, value: Double) throws {
    let cell = text.contains(",") && !text.hasPrefix("\"") ? "\"\(text)\"" : text
    #expect(try imported("Date,Open,High,Low,Close,Volume\n2020-01-02,1,3,0.5,2,\(cell)\n").series.volume == [value])
  }

  @Test(arguments: ["", "-", "--", ".", "null", "NULL", "NaN", "nan", "N/A", "n/a", "#N/A", "NA", "None", "\"\"", " "])
  func missingVolumesAreNaN(text: String) throws {
    let volume = try imported("Date,Open,High,Low,Close,Volume\n2020-01-02,1,3,0.5,2,\(text)\n").series.volume
    #expect(volume.count == 1 && volume[0].isNaN)
  }

  @Test(arguments: ["$2", "2 €", "€2.0", "£ 2", "\"¥2\"", "+2", "$+2", "2.000", "2e0", "20e-1", "₹2"])
  func pricesAreReadAsWritten(text: String) throws {
    #expect(try imported("Date,Open,High,Low,Close\n2020-01-02,1,3,0.5,\(text)\n").series.close == [2])
  }

  @Test(arguments: ["2K", "2 2", "two", "2%", "0x2", "$", "2..0", "\"2,00\"", "(2)", "\"\"\"2\"\"\"", "∞", "２"])
  func otherPricesAreRefused(text: String) {
    let message = refusal("Date,Open,High,Low,Close\n2020-01-02,1.5,3,0.5,\(text)\n")
    #expect(message.hasPrefix("bars.csv, line 2, column Close: "), "\(message)")
    #expect(message.hasSuffix(" is not a number; correct or remove the line."), "\(message)")
  }
}
