import Foundation
import JSONRPC
import Testing

/// Compares what is accepted with Foundation's parser, whose differences are known and listed in ``difference(_:_:)``.
@Suite struct FoundationAgreementTests {
  private func foundationAccepts(_ bytes: [UInt8]) -> Bool {
    (try? JSONSerialization.jsonObject(with: Data(bytes), options: [.fragmentsAllowed])) != nil
  }

  /// Why Foundation may accept what the scanner rejects; `nil` when it may not.
  private func difference(_ bytes: [UInt8], _ error: JSONScanError) -> String? {
    switch error.kind {
    case .byteOrderMark: return "Foundation drops a byte order mark"
    case .tooDeep: return "Foundation allows 512 levels"
    default: break
    }
    // Foundation takes bytes with zeros, or a UTF-16 or UTF-32 mark, for UTF-16 or UTF-32.
    if bytes.prefix(4).contains(0) || bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
      return "Foundation detects other encodings"
    }
    if error.found == UInt8(ascii: "]") || error.found == UInt8(ascii: "}") {
      let before = bytes.prefix(error.offset).last { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
      if before == UInt8(ascii: ",") { return "Foundation on Linux allows a trailing comma" }
    }
    return nil
  }

  /// Checks one input in every way; returns whether it was accepted.
  private func check(_ bytes: [UInt8]) -> Bool {
    let error = parseError(bytes)
    if skipError(bytes) != error { Issue.record("skipping \(bytes) differs from reading them") }
    let foundation = foundationAccepts(bytes)
    if let error {
      if foundation, difference(bytes, error) == nil {
        // A trailing comma before the error at hand cannot be: the scanner stops at the first one.
        Issue.record("Foundation accepts \(bytes) = \(String(decoding: bytes, as: UTF8.self)): \(error)")
      }
    } else if !foundation {
      Issue.record("Foundation rejects \(bytes) = \(String(decoding: bytes, as: UTF8.self))")
    } else {
      checkRewriting(bytes)
    }
    return error == nil
  }

  /// Checks that what was parsed is written so that it parses to the same, twice to the same bytes.
  private func checkRewriting(_ bytes: [UInt8]) {
    do {
      let value = try JSONValue(parsing: bytes)
      let text = try value.serialized()
      let again = try JSONValue(parsing: text)
      if again != value { Issue.record("\(value) became \(again)") }
      if try again.serialized() != text { Issue.record("the text of \(value) changed when written again") }
    } catch {
      Issue.record("\(bytes) was accepted but could not be rewritten: \(error)")
    }
  }

  @Test(arguments: [
    "1", "-0", "0", "1e5", "1E+5", "1e-999", "0e999999999999999999999", "123456789012345678901234567890", "true",
    "false",
    "null", "\"\"", "\"\\u0000\"", "\"\\ud800\\udc00\"", "\"\\uD834\\uDD1E\"", "\"a\u{7f}b\"", "\"\\/\"",
    "\"\u{2028}\"", "[]",
    "{}", "[[]]", "{\"\":0}", "{\"a\":1,\"a\":2}", " [ 1 , 2 ] ", "\t{\r\n}\n", "9223372036854775808",
    "18446744073709551616",
    "[1,[2,{\"a\":[]}]]", "\"\\\"\\\\\\b\\f\\n\\r\\t\"", "1.5", "-1.5e-5", "[null,true,false]",
  ])
  func bothAccept(text: String) {
    #expect(check(Array(text.utf8)))
    #expect(foundationAccepts(Array(text.utf8)))
  }

  @Test(arguments: [
    "", " ", "01", "-", "+1", "1.", ".5", "1e", "1e999", "-1e999", "NaN", "Infinity", "-Infinity", "nul", "nulll",
    "[,1]",
    "{\"a\":1 \"b\":2}", "{a:1}", "\"\\ud800\"", "\"\\udc00\"", "\"\\ud800x\"", "\"\\ud800\\u0041\"", "\"\\x\"",
    "\"\\u12G4\"",
    "\"\\u12\"", "\"a\tb\"", "\"a\nb\"", "[1] x", "//c\n1", "'a'", "[1 2]", "\"abc", "[", "[[]", "{\"a\"", "{\"a\":",
    "\u{0C}1",
    "1\u{0B}", "\u{A0}1", "\"\\'\"", "0x10", "1_0", "--1", "1.0e+", "1.7976931348623159e308", "1e309", "-01", "[-]",
    "\"\\",
    "1.5.5", "2e5.5", "tru", "fals", "f", "[1,2", "{\"a\":1", "{1:2}", "\"\\u\"", "\\u0020", "]", "}", ",", ":", "[1}",
    "{]",
    "{\"a\"}", "{\"a\":}", "{,}", "[1]]",
  ])
  func bothReject(text: String) {
    #expect(!check(Array(text.utf8)))
    #expect(!foundationAccepts(Array(text.utf8)))
  }

  @Test(
    arguments: [
      [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22], [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22],
      [0x22, 0xFF, 0x22],
      [0x22, 0xE2, 0x82, 0x22], [0xFF], [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D],
    ] as [[UInt8]])
  func bothRejectInvalidUTF8(bytes: [UInt8]) {
    #expect(!check(bytes))
    #expect(!foundationAccepts(bytes))
  }

  /// The whole list of differences. What Foundation does is not asserted where its Darwin version may be stricter.
  @Test(
    arguments: [
      Array("\u{FEFF}{}".utf8), Array("[1,]".utf8), Array("{\"a\":1 , }".utf8), [0x5B, 0, 0x31, 0, 0x5D, 0],
      [0, 0x5B, 0, 0x31, 0, 0x5D], [0xFF, 0xFE, 0x5B, 0, 0x5D, 0],
      Array((String(repeating: "[", count: 65) + String(repeating: "]", count: 65)).utf8),
    ] as [[UInt8]])
  func onlyTheScannerRejects(bytes: [UInt8]) throws {
    let error = try #require(parseError(bytes))
    #expect(skipError(bytes) == error)
    #expect(difference(bytes, error) != nil)
  }

  private static let seeds = [
    #"{"jsonrpc":"2.0","id":53,"result":{"actions":[{"do":"order","symbol":"ACME","side":"buy","quantity":100.5}]}}"#,
    #"{"jsonrpc":"2.0","id":"n-5","error":{"code":-32602,"message":"bad \"n1\"","data":{"pointer":"/a~1b"}}}"#,
    #"[1,-2.5,1e10,-0.0,0.1E-3,true,false,null,"",{},[],[[{"a":{"b":[1]}}]]]"#,
    #"{"é€𝄞":"\ud834\udd1e\u00e9\n\t\\\/\b\f\r","k":[12345678901234567890,1.7976931348623157e308,5e-324]}"#,
    #" { "a" : [ 1 , 2 ] , "b" : { "c" : null } } "#,
  ].map { Array($0.utf8) }

  /// Bytes that matter to a parser, more likely to be put in than others.
  private static let salt =
    Array("{}[],:\"\\/bfnrtu0123456789.eE+-truefalsn \t\n\r".utf8) + [0, 0x1F, 0x7F, 0x80, 0xC2, 0xED, 0xFF]

  @Test func randomMutationsAreJudgedAlike() {
    var random = SeededGenerator(seed: 20_260_101)
    var accepted = 0
    for round in 0..<100_000 {
      var bytes = Self.seeds[round % Self.seeds.count]
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let byte = Self.salt.randomElement(using: &random) ?? 0
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes.insert(byte, at: place)
        case 1 where place < bytes.count: bytes[place] = byte
        case 2 where place < bytes.count: bytes.remove(at: place)
        case 3: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 1...12, using: &random)))
        default:
          let from = Int.random(in: 0...bytes.count, using: &random)
          let piece = bytes[from..<min(bytes.count, from + Int.random(in: 1...12, using: &random))]
          bytes.insert(contentsOf: Array(piece), at: place)
        }
      }
      if check(bytes) { accepted += 1 }
    }
    // Both sides must be met often, or the comparison says little.
    #expect(accepted > 5000)
    #expect(accepted < 95_000)
  }
}
