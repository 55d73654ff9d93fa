import JSONRPC
import Testing

@Suite struct JSONScannerTests {
  @Test func membersAreReadInOrderAndOthersSkipped() throws {
    let text = """
       { "id" : 53 , "unknown" : {"a":[1,{"b":null}],"c":"}"} , "result":{"actions":[
        {"do":"order","side":"buy","quantity":100,"limit_price":105.25,"tag":null,"reduce_only":true},
        {"do":"cancel","client_order_id":"a\\u0031"} ]}, "jsonrpc":"2.0"}\t\r\n
      """
    var seen: [String] = []
    try scan(text) { scanner in
      try scanner.beginObject()
      while try scanner.nextKey() {
        switch scanner.key {
        case "id": seen.append("id \(try scanner.readInt())")
        case "jsonrpc": #expect(try scanner.readStringView() == "2.0")
        case "result":
          try scanner.beginObject()
          while try scanner.nextKey() {
            #expect(scanner.key == "actions")
            try scanner.beginArray()
            while try scanner.nextElement() {
              try scanner.beginObject()
              while try scanner.nextKey() {
                switch scanner.key {
                case "do", "side", "client_order_id": seen.append(try scanner.readString())
                case "quantity", "limit_price": seen.append("\(try scanner.readDouble())")
                case "tag": seen.append("null \(try scanner.readIfNull())")
                case "reduce_only": seen.append("\(try scanner.readBool())")
                default: Issue.record("unexpected key \(scanner.key.string)")
                }
              }
            }
          }
        default:
          seen.append("skipped \(scanner.key.string)")
          try scanner.skipValue()
        }
      }
      try scanner.finish()
    }
    #expect(
      seen == ["id 53", "skipped unknown", "order", "buy", "100.0", "105.25", "null true", "true", "cancel", "a1"])
  }

  @Test func kindsAreSeenWithoutPassing() throws {
    for (text, kind) in [
      (" {}", JSONKind.object), ("[]", .array), ("\"\"", .string), ("-1", .number), ("0", .number), ("true", .bool),
      ("false", .bool), ("null", .null),
    ] {
      try scan(text) { scanner in
        #expect(try scanner.peekKind() == kind)
        #expect(try scanner.peekKind() == kind)
        try scanner.skipValue()
        try scanner.finish()
      }
    }
  }

  @Test func valuesOfAnotherKindAreLeftWhereTheyStand() throws {
    for (text, number, string) in [
      (" 1.5", 1.5, nil), ("-2e1", -20, nil), (" \"a\"", nil, "a"), ("null", nil, nil), ("true", nil, nil),
      ("[1]", nil, nil), ("{}", nil, nil),
    ] as [(String, Double?, String?)] {
      try scan(text) { scanner in
        #expect(try scanner.readDoubleIfNumber() == number)
        if number == nil { #expect(try scanner.readStringViewIfString()?.string == string) }
        if number == nil, string == nil { try scanner.skipValue() }
        try scanner.finish()
      }
    }
    for text in ["-", "-x", "1.", "\"a", "\"\\q\""] {
      #expect(throws: JSONScanError.self) {
        try scan(text) { scanner in
          _ = try scanner.readDoubleIfNumber()
          _ = try scanner.readStringViewIfString()
        }
      }
    }
  }

  @Test func wrongTypesSayWhatWasWantedAndWhere() throws {
    let reads: [(JSONScanError.Kind, (inout JSONScanner) throws -> Void)] = [
      (.expectedType(.object), { try $0.beginObject() }), (.expectedType(.array), { try $0.beginArray() }),
      (.expectedType(.string), { _ = try $0.readString() }), (.expectedType(.number), { _ = try $0.readDouble() }),
      (.expectedType(.number), { _ = try $0.readInt() }), (.expectedType(.bool), { _ = try $0.readBool() }),
      (.expectedType(.null), { try $0.readNull() }),
    ]
    let kinds: [(String, JSONKind)] = [
      ("{}", .object), ("[]", .array), ("\"x\"", .string), ("1", .number), ("true", .bool), ("null", .null),
    ]
    for (expected, read) in reads {
      for (text, kind) in kinds where expected != .expectedType(kind) {
        let error = #expect(throws: JSONScanError.self) { try scan("  " + text) { try read(&$0) } }
        #expect(error?.kind == expected)
        #expect(error?.offset == 2)
        #expect(error?.isTypeMismatch == true)
      }
      let error = #expect(throws: JSONScanError.self) { try scan(" ?") { try read(&$0) } }
      #expect(error?.kind == .expectedValue)
      #expect(error?.isTypeMismatch == false)
    }
  }

  @Test func keysWithEscapesCompareByTheirMeaning() throws {
    try scan(#"{"\u0061ctions":1,"actions":2,"action\u0073x":3,"\ud834\udd1e":4,"a\/b\n":5,"actio":6}"#) { scanner in
      try scanner.beginObject()
      var matches: [Bool] = []
      var names: [String] = []
      while try scanner.nextKey() {
        matches.append(scanner.key == "actions")
        names.append(scanner.key.string)
        #expect(scanner.key.equals(scanner.key.string))
        #expect(!scanner.key.equals(scanner.key.string + "x"))
        #expect(!scanner.key.equals(String(scanner.key.string.dropLast())))
        #expect((scanner.key != "actions") == !(scanner.key == "actions"))
        try scanner.skipValue()
      }
      #expect(matches == [true, true, false, false, false, false])
      #expect(names == ["actions", "actions", "actionsx", "𝄞", "a/b\n", "actio"])
    }
  }

  @Test func emptyStringsCompare() throws {
    try scan("\"\"") { scanner in
      let view = try scanner.readStringView()
      #expect(view == "")
      #expect(view.equals(""))
      #expect(view.equals(UnsafeBufferPointer(start: nil, count: 0)))
      #expect(!view.equals("a"))
      #expect(view.source.isEmpty)
    }
  }

  @Test func sourceIsTheTextOfTheValue() throws {
    try scan(#"{"a": [1, {"b":"]"}] ,"c": -1.5e3}"#) { scanner in
      try scanner.beginObject()
      var sources: [String] = []
      while try scanner.nextKey() { sources.append(String(decoding: try scanner.readSource(), as: UTF8.self)) }
      #expect(sources == [#"[1, {"b":"]"}]"#, "-1.5e3"])
    }
  }

  @Test(arguments: [
    ("", JSONScanError.Kind.empty, 0), (" \n", .empty, 2), ("[1,]", .expectedValue, 3), ("{\"a\":1,}", .expectedKey, 7),
    ("{\"a\" 1}", .expectedColon, 5), ("{\"a\":1 \"b\":2}", .expectedCommaOrBrace, 7),
    ("[1 2]", .expectedCommaOrBracket, 3),
    ("{a:1}", .expectedKey, 1), ("{1:2}", .expectedKey, 1), ("[1] x", .trailingText, 4), ("{} {}", .trailingText, 3),
    ("NaN", .nonFiniteLiteral, 0), ("[-Infinity]", .nonFiniteLiteral, 1), ("Infinity", .nonFiniteLiteral, 0),
    ("nul", .endsEarly, 3), ("nulx", .expectedValue, 0), ("tru", .endsEarly, 3), ("01", .malformedNumber, 1),
    ("-", .endsEarly, 1), ("-x", .malformedNumber, 1), ("1.", .endsEarly, 2), ("1.x", .malformedNumber, 2),
    ("1e", .endsEarly, 2), ("1e+", .endsEarly, 3), ("1ex", .malformedNumber, 2), ("+1", .expectedValue, 0),
    (".5", .expectedValue, 0), ("\"a\tb\"", .controlCharacter, 2), ("\"a", .endsEarly, 2),
    ("\"\\x\"", .malformedEscape, 1),
    ("\"\\u12G4\"", .malformedEscape, 1), ("\"\\u12", .endsEarly, 5), ("\"\\ud800\"", .loneSurrogate, 1),
    ("\"\\udc00\"", .loneSurrogate, 1), ("\"\\ud800\\u0041\"", .loneSurrogate, 1),
    ("\"\\ud800\\n\"", .loneSurrogate, 1),
    ("\"\\ud800\\", .endsEarly, 8), ("\"\\ud800", .endsEarly, 7), ("\"\\", .endsEarly, 2), ("[", .endsEarly, 1),
    ("{", .endsEarly, 1), ("{\"a\"", .endsEarly, 4), ("{\"a\":", .endsEarly, 5), ("[1,", .endsEarly, 3),
    ("{\"a\":1,", .endsEarly, 7), ("'a'", .expectedValue, 0), ("\u{FEFF}1", .byteOrderMark, 0),
    ("// x", .expectedValue, 0),
    ("[}", .expectedValue, 1), ("{]", .expectedKey, 1), ("[1}", .expectedCommaOrBracket, 2),
    ("{\"a\":1]", .expectedCommaOrBrace, 6), ("]", .expectedValue, 0), ("\u{B}1", .expectedValue, 0),
    ("1\u{0}", .trailingText, 1), ("\u{A0}1", .expectedValue, 0),
  ])
  func errorsNameTheReasonAndThePlace(text: String, kind: JSONScanError.Kind, offset: Int) {
    let bytes = Array(text.utf8)
    let found = offset < bytes.count ? bytes[offset] : nil
    #expect(parseError(text) == JSONScanError(kind: kind, offset: offset, found: found))
    #expect(skipError(bytes) == parseError(text))
    let sentence = parseError(text)?.description ?? ""
    #expect(sentence.hasSuffix("."))
    #expect(sentence.first?.isUppercase == true)
    #expect(!sentence.utf8.contains { $0 < 0x20 || $0 > 0x7E })
  }

  @Test func messagesReadWell() {
    #expect(parseError("{\"a\":1 x")?.description == "Found 'x' at byte 7, expected ',' or '}'.")
    #expect(parseError("[\u{1}")?.description == "Found byte 0x01 at byte 1, expected a JSON value.")
    #expect(parseError("['")?.description == "Found \"'\" at byte 1, expected a JSON value.")
    #expect(
      parseError("[NaN]")?.description
        == "NaN or Infinity at byte 1 is not JSON; send null for a missing number.")
    let error = #expect(throws: JSONScanError.self) { try scan("[1]") { try $0.beginObject() } }
    #expect(error?.description == "Found '[' at byte 0, expected an object.")
  }

  @Test func sizeIsLimited() throws {
    let text = Array("[1,2]".utf8)
    text.withUnsafeBufferPointer { bytes in
      #expect(throws: Never.self) { try JSONScanner(bytes, maximumBytes: 5) }
      #expect { try JSONScanner(bytes, maximumBytes: 4) } throws: {
        ($0 as? JSONScanError)?.kind == .tooLarge(limit: 4)
      }
    }
    #expect(throws: JSONScanError.self) { try JSONValue(parsing: text, maximumBytes: 4) }
  }

  @Test func depthIsLimitedWhereverItIsReached() {
    for (open, close) in [("[", "]"), ("{\"k\":", "}")] {
      let fits = String(repeating: open, count: 64) + "1" + String(repeating: close, count: 64)
      #expect(parseError(fits) == nil)
      #expect(skipError(Array(fits.utf8)) == nil)
      let deep = String(repeating: open, count: 65) + "1" + String(repeating: close, count: 65)
      #expect(parseError(deep)?.kind == .tooDeep)
      #expect(skipError(Array(deep.utf8))?.kind == .tooDeep)
      #expect(parseError(deep)?.offset == open.utf8.count * 64)
      let bomb = String(repeating: open, count: 1_000_000)
      #expect(parseError(bomb)?.kind == .tooDeep)
      #expect(skipError(Array(bomb.utf8))?.kind == .tooDeep)
    }
    // Many brackets beside each other are no depth.
    let wide = "[" + String(repeating: "[],{},", count: 10_000) + "0]"
    #expect(parseError(wide) == nil)
    #expect(skipError(Array(wide.utf8)) == nil)
  }

  @Test func skippingInsideAnOpenObjectStopsAtItsValue() throws {
    try scan(#"{"a":{"b":[{},[]]},"c":[[[]]],"d":1}"#) { scanner in
      try scanner.beginObject()
      var keys: [String] = []
      while try scanner.nextKey() {
        keys.append(scanner.key.string)
        try scanner.skipValue()
      }
      try scanner.finish()
      #expect(keys == ["a", "c", "d"])
    }
  }

  @Test func unfinishedReadingIsSeen() throws {
    #expect(throws: JSONScanError.self) {
      try scan("[1,2]") { scanner in
        try scanner.beginArray()
        _ = try scanner.nextElement()
        _ = try scanner.readInt()
        try scanner.finish()
      }
    }
    // A value not read after its key.
    #expect(throws: JSONScanError.self) {
      try scan(#"{"a":1,"b":2}"#) { scanner in
        try scanner.beginObject()
        _ = try scanner.nextKey()
        _ = try scanner.nextKey()
      }
    }
  }
}
