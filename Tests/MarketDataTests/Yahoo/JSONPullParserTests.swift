import Foundation
import Testing

@testable import MarketData

@Suite("JSON pull parser")
struct JSONPullParserTests {
  /// Reads a text with every reader there is, like the chart parser would.
  private func read(_ text: String) throws -> [String] {
    var parser = JSONPullParser(Array(text.utf8))
    var seen: [String] = []
    func value(_ parser: inout JSONPullParser) throws(JSONPullParser.Fault) {
      switch try parser.kind() {
      case .object:
        seen.append("{")
        try parser.object { (parser, key) throws(JSONPullParser.Fault) in
          seen.append("\(key):")
          try value(&parser)
        }
        seen.append("}")
      case .array:
        seen.append("[")
        try parser.array { (parser, _) throws(JSONPullParser.Fault) in try value(&parser) }
        seen.append("]")
      case .string: seen.append("'\(try parser.optionalString() ?? "")'")
      case .number: seen.append("\(try parser.optionalNumber() ?? .nan)")
      case .bool:
        try parser.skip()
        seen.append("bool")
      case .null: seen.append(try parser.takeNull() ? "null" : "?")
      }
    }
    try value(&parser)
    try parser.end()
    return seen
  }

  private func isSkippable(_ text: String) -> Bool {
    var parser = JSONPullParser(Array(text.utf8))
    do {
      try parser.skip()
      try parser.end()
      return true
    } catch {
      return false
    }
  }

  @Test func valuesAreReadInOrder() throws {
    let seen = try read(" {\"a\" : [1, -2.5e3, true ,null, \"x\\n\\u00e9\\ud83d\\ude00\\/\"], \"b\":{} , \"c\":[]}\n")
    #expect(
      seen == ["{", "a:", "[", "1.0", "-2500.0", "bool", "null", "'x\né😀/'", "]", "b:", "{", "}", "c:", "[", "]", "}"])
  }

  @Test(arguments: [
    "0", "-0.0", "129.0399932861328", "118.31999969482422", "7.2912678718566895", "18565664997", "0.1", "1e-7",
    "5e-324", "1.7976931348623157e308", "123456789012345678901234567890", "0.30000000000000004", "9007199254740993",
    "1E+2", "225702700",
  ])
  func numbersAreReadToTheLastBit(text: String) throws {
    var parser = JSONPullParser(Array(text.utf8))
    #expect(try parser.optionalNumber() == Double(text))
  }

  @Test func numbersThatAreNoneMayStandForNone() throws {
    var parser = JSONPullParser(Array("[Infinity,-Infinity,NaN]".utf8))
    var values: [Double] = []
    try parser.array { (parser, _) throws(JSONPullParser.Fault) in values.append(try parser.optionalNumber() ?? 0) }
    #expect(values[0] == .infinity && values[1] == -.infinity && values[2].isNaN)
  }

  @Test(arguments: [
    "", "{", "[", "[1", "[1,", "[1,]", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}", "\"x", "\"\\", "\"\\u12",
    "tru", "nul", "nulx", "01", "-", "1.", "1e", "1 2", "[1}", "{\"a\":1]", "+1", ".5", "[,1]", "\"\\x\"",
  ])
  func faultyTextIsRefused(text: String) {
    #expect(throws: JSONPullParser.Fault.self) { try read(text) }
    // Escapes of skipped strings are not looked into.
    if !text.contains("\\") { #expect(!isSkippable(text)) }
  }

  @Test func deepNestingIsRefusedWithoutRecursion() {
    #expect(isSkippable(String(repeating: "[", count: 60) + String(repeating: "]", count: 60)))
    #expect(!isSkippable(String(repeating: "[", count: 1_000_000)))
    #expect(!isSkippable(String(repeating: "{\"a\":", count: 1_000_000)))
  }

  /// Against Foundation's parser, on random texts of few signs, so that many are nearly right.
  @Test func skippingAgreesWithFoundation() {
    var generator = SplitMix(state: 7)
    let signs = ["[", "]", "{", "}", ",", ":", "\"a\"", "1", "-2.5", "null", "true", " "]
    var accepted = 0
    for _ in 0..<20_000 {
      let text = (0..<Int.random(in: 1...9, using: &generator)).map { _ in signs.randomElement(using: &generator)! }
        .joined()
      // Foundation takes some commas before a closing bracket for nothing.
      if text.filter({ $0 != " " }).firstMatch(of: /,[\]}]/) != nil { continue }
      let isSound =
        (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
      if isSound { accepted += 1 }
      if isSkippable(text) != isSound || ((try? read(text)) != nil) != isSound { Issue.record("\(text)") }
    }
    #expect(accepted > 500)
  }
}

/// A small generator with a fixed seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
