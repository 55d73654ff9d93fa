import JSONRPC
import Testing

#if canImport(Darwin)
import Darwin
#else
import Glibc
#endif

@Suite struct JSONNumberTests {
  /// Writes a number and reads it back, by the scanner and by the C library.
  private func roundTrip(_ number: Double, _ writer: inout JSONWriter) throws {
    writer.reset()
    writer.value(number)
    try writer.withMessage { bytes in
      var scanner = try JSONScanner(bytes)
      let back = try scanner.readDouble()
      try scanner.finish()
      if back.bitPattern != number.bitPattern {
        Issue.record("\(number) was written as \(String(decoding: bytes, as: UTF8.self)), read back as \(back)")
      }
    }
  }

  private func text(_ number: Double) throws -> String {
    try written { $0.value(number) }
  }

  @Test(arguments: [
    (0.0, "0"), (-0.0, "-0.0"), (100.0, "100"), (-100.0, "-100"), (1.0, "1"), (0.1, "0.1"), (-0.1, "-0.1"),
    (0.0001, "0.0001"), (0.00011, "0.00011"), (101.25, "101.25"), (101.205, "101.205"), (101.2005, "101.2005"),
    (101.20005, "101.20005"), (101.02, "101.02"), (101.002, "101.002"), (10.5, "10.5"), (1234.5678, "1234.5678"),
    (1_250_300, "1250300"), (99_999_999_999.9999, "99999999999.9999"), (0.30000000000000004, "0.30000000000000004"),
    (9_007_199_254_740_992, "9007199254740992"), (-9_007_199_254_740_992, "-9007199254740992"),
    (9_007_199_254_740_991, "9007199254740991"), (999_999_999_999_999, "999999999999999"), (1e15, "1000000000000000"),
    (1e22, "1e+22"), (Double.leastNonzeroMagnitude, "5e-324"), (1e-5, "1e-05"), (1e16, "1e+16"),
    (1.7976931348623157e308, "1.7976931348623157e+308"), (-2.2250738585072014e-308, "-2.2250738585072014e-308"),
    (18_014_398_509_481_984, "1.8014398509481984e+16"), (1_704_758_400_000, "1704758400000"),
  ])
  func doublesHaveTheirShortestForm(number: Double, expected: String) throws {
    #expect(try text(number) == expected)
    var writer = JSONWriter()
    try roundTrip(number, &writer)
  }

  @Test func noFormIsLongerThanTheStandardLibrarys() throws {
    var random = SeededGenerator(seed: 4)
    for _ in 0..<200_000 {
      let scale = [1.0, 10, 100, 1000, 10_000, 100_000][Int.random(in: 0..<6, using: &random)]
      let number = (Double.random(in: -1e6...1e6, using: &random) * scale).rounded() / scale
      #expect(try text(number).utf8.count <= number.description.utf8.count)
    }
  }

  @Test func randomBitPatternsSurvive() throws {
    var writer = JSONWriter()
    var random = SeededGenerator(seed: 1)
    var tried = 0
    while tried < 1_000_000 {
      let number = Double(bitPattern: random.next())
      guard number.isFinite else { continue }
      tried += 1
      try roundTrip(number, &writer)
    }
  }

  @Test func pricesSurviveAndKeepTheirDecimals() throws {
    var writer = JSONWriter()
    var random = SeededGenerator(seed: 2)
    for _ in 0..<100_000 {
      let units = Int64.random(in: -99_999_999_999...99_999_999_999, using: &random)
      for (digits, divisor) in [(0, 1.0), (1, 10), (2, 100), (3, 1000), (4, 10_000), (6, 1e6)] {
        let price = Double(units) / divisor
        try roundTrip(price, &writer)
        writer.reset()
        writer.value(price)
        let decimals = try writer.withMessage { bytes in
          bytes.firstIndex(of: UInt8(ascii: ".")).map { bytes.count - 1 - $0 } ?? 0
        }
        if decimals > digits { Issue.record("\(units) / \(divisor) was written with \(decimals) decimals") }
      }
    }
  }

  @Test func neighboursOfPowersSurvive() throws {
    var writer = JSONWriter()
    for exponent in -1074...1023 {
      let power =
        exponent < -1022
        ? Double(bitPattern: 1 << UInt64(exponent + 1074)) : Double(sign: .plus, exponent: exponent, significand: 1)
      for number in [power, power.nextUp, power.nextDown] where number.isFinite {
        try roundTrip(number, &writer)
        try roundTrip(-number, &writer)
      }
    }
    for exponent in -323...308 {
      let power = try #require(Double("1e\(exponent)"))
      for number in [power, power.nextUp, power.nextDown] { try roundTrip(number, &writer) }
    }
  }

  @Test func integersSurvive() throws {
    var random = SeededGenerator(seed: 3)
    var cases: [Int64] = [0, 1, -1, .min, .max, .min + 1]
    var power: Int64 = 1
    for _ in 0..<18 {
      power *= 10
      cases += [power, power - 1, -power, 1 - power]
    }
    for _ in 0..<100_000 { cases.append(Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)) }
    for number in cases {
      let text = try written { $0.value(number) }
      if text != String(number) { Issue.record("\(number) was written as \(text)") }
      if try scan(text, { try $0.readInt64() }) != number { Issue.record("\(number) was not read back") }
    }
  }

  /// Halfway between two subnormal numbers, but for its last digits.
  private static let longHalfway = [
    "3.2378839133029012895883524125015321748630376694231080599012970495523019706706765657868357",
    "425877995578606157765598382834355143910841531692526891905643964595773946180389283653051434",
    "639551003566966656292020173313440317300443693602052583459034e-318",
  ].joined()

  /// Texts that are hard to round: halfway between two doubles or near it, at the edges of the range, very long.
  @Test(arguments: [
    "9007199254740993", "9007199254740992.999999999999999999999", "9007199254740993.0000000000000000000000001",
    "2.2250738585072011e-308", "2.2250738585072012e-308", "1.7976931348623157e308", "1.7976931348623158e308",
    "0.500000000000000166533453693773481063544750213623046875", "1e23", "8.442911973260991817129021e-309",
    "4.9406564584124654e-324", "2.4703282292062328e-324", "2.4703282292062327e-324", "1e-400", "123456789012345678e-10",
    JSONNumberTests.longHalfway,
    "1.0000000000000001110223024625156540423631668090820312500000000000000000000000000000000000000000000000000000000000001",
    "1.00000000000000011102230246251565404236316680908203125", "179769313486231580793728971405301e276",
    "0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000001e87",
    "18446744073709551615",
    "18446744073709551616", "99999999999999999999", "1234567890123456789012345678901234567890e-30",
    "0e999999999999999999999",
    "1e00000000000000000000000000000005", "0.0e-5", "-0", "-0.0", "-0e5", "1E5", "1e+5", "7.2057594037927933e16",
    "6.631236846766476e-316", "89255e-22", "104110013277974872254e-225",
    "5708990770823839207320493820740630171355185e-318",
  ])
  func hardNumbersAreRoundedAsByTheCLibrary(text: String) throws {
    let number = try scan(text) { scanner in
      let number = try scanner.readDouble()
      try scanner.finish()
      return number
    }
    #expect(number.bitPattern == strtod(text, nil).bitPattern)
  }

  @Test func randomDecimalsAreRoundedAsByTheCLibrary() throws {
    var random = SeededGenerator(seed: 5)
    for _ in 0..<300_000 {
      var text = Bool.random(using: &random) ? "-" : ""
      let whole = Int.random(in: 0...22, using: &random)
      text += whole == 0 ? "0" : "\(Int.random(in: 1...9, using: &random))"
      if whole > 1 { for _ in 1..<whole { text += "\(Int.random(in: 0...9, using: &random))" } }
      if Bool.random(using: &random) {
        text += "."
        for _ in 0..<Int.random(in: 1...25, using: &random) { text += "\(Int.random(in: 0...9, using: &random))" }
      }
      if Bool.random(using: &random) { text += "e\(Int.random(in: -340...285, using: &random))" }
      let number = try scan(text) { try $0.readDouble() }
      if number.bitPattern != strtod(text, nil).bitPattern { Issue.record("\(text) was read as \(number)") }
    }
  }

  @Test func digitsBeyondAllNeedStillDecide() throws {
    // Exactly halfway between 1 and the next double; a single digit far behind makes it larger.
    let halfway = "1.00000000000000011102230246251565404236316680908203125"
    let zeros = String(repeating: "0", count: 5000)
    #expect(try scan(halfway + zeros) { try $0.readDouble() } == 1)
    #expect(try scan(halfway + zeros + "1") { try $0.readDouble() } == 1.0.nextUp)
    #expect(try scan("1" + zeros + "e-5000") { try $0.readDouble() } == 1)
    #expect(try scan("0." + zeros + "1e5001") { try $0.readDouble() } == 1)
    #expect(try scan(String(repeating: "9", count: 100_000) + "e-99999") { try $0.readDouble() } == 10)
    #expect(try scan("-0." + String(repeating: "0", count: 100_000) + "1") { try $0.readDouble().sign } == .minus)
  }

  @Test(arguments: [
    "1e309", "-1e309", "1e999999999999999999999999", "1.7976931348623159e308", "1.797693134862315808e308", "10e308",
    "123456789e301",
  ])
  func numbersBeyondTheRangeAreRejected(text: String) {
    #expect(parseError(text) == JSONScanError(kind: .numberOutOfRange, offset: 0, found: text.utf8.first))
    #expect(skipError(Array(text.utf8))?.kind == .numberOutOfRange)
    #expect(parseError("[0, \(text)]")?.offset == 4)
  }

  @Test func aHugeIntegerBeyondTheRangeIsRejectedWhenReadOrSkipped() {
    let text = "1" + String(repeating: "0", count: 400)
    #expect(parseError(text)?.kind == .numberOutOfRange)
    #expect(skipError(Array(text.utf8))?.kind == .numberOutOfRange)
    let inRange = "1" + String(repeating: "0", count: 308)
    #expect(parseError(inRange) == nil)
    #expect(skipError(Array(inRange.utf8)) == nil)
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("7", 7), ("-7", -7), ("9223372036854775807", .max), ("-9223372036854775808", .min),
    ("3.0", 3),
    ("1e3", 1000), ("12.50e1", 125), ("-4.000", -4), ("9007199254740992.0", 9_007_199_254_740_992),
  ])
  func integersAreRead(text: String, value: Int64) throws {
    #expect(try scan(text) { try $0.readInt64() } == value)
    #expect(try scan(text) { try $0.readInt() } == Int(value))
  }

  @Test(arguments: [
    "0.5", "1e-1", "9223372036854775808", "-9223372036854775809", "18446744073709551616", "99999999999999999999999",
    "1e19",
    "9007199254740994.0",
  ])
  func otherNumbersAreNoIntegers(text: String) {
    #expect { try scan(text) { try $0.readInt64() } } throws: { ($0 as? JSONScanError)?.kind == .expectedInteger }
  }
}
