import JSONRPC
import Testing

@Suite struct JSONWriterTests {
  @Test func commasAndColonsArePutIn() throws {
    let text = try written { writer in
      writer.beginObject()
      writer.field("jsonrpc", "2.0" as StaticString)
      writer.field("id", 7)
      writer.key("params")
      writer.beginObject()
      writer.key("bars")
      writer.beginObject()
      writer.key("ACME")
      writer.beginArray()
      for price in [101.2, 103, 100.9, 102.4, 1_250_300] { writer.value(price) }
      writer.endArray()
      writer.key("NONE")
      writer.null()
      writer.endObject()
      writer.key("events")
      writer.beginArray()
      writer.endArray()
      writer.field("warmup", true)
      writer.field("last", false)
      writer.endObject()
      writer.endObject()
    }
    #expect(
      text == """
        {"jsonrpc":"2.0","id":7,"params":{"bars":{"ACME":[101.2,103,100.9,102.4,1250300],"NONE":null},\
        "events":[],"warmup":true,"last":false}}
        """)
  }

  @Test func everyFieldOverloadWritesItsType() throws {
    let text = try written { writer in
      writer.beginObject()
      writer.field("int", -3)
      writer.field("int64", Int64.min)
      writer.field("double", 0.25)
      writer.field("none", nil as Double?)
      writer.field("some", 2.5 as Double?)
      writer.field("string", "a\"b" as String)
      writer.field("static", "plain" as StaticString)
      writer.field("tree", ["x", 1, nil] as JSONValue)
      writer.field("absent", ifPresent: nil as String?)
      writer.field("absent", ifPresent: nil as Double?)
      writer.field("absent", ifPresent: nil as Int?)
      writer.field("present", ifPresent: "s")
      writer.field("present2", ifPresent: 1.5)
      writer.field("present3", ifPresent: 9)
      writer.endObject()
    }
    #expect(
      text == """
        {"int":-3,"int64":-9223372036854775808,"double":0.25,"none":null,"some":2.5,"string":"a\\"b",\
        "static":"plain","tree":["x",1,null],"present":"s","present2":1.5,"present3":9}
        """)
  }

  @Test(arguments: [
    ("", #""""#), ("plain", #""plain""#), ("a\"b\\c/d", #""a\"b\\c/d""#),
    ("\u{8}\u{9}\u{A}\u{C}\u{D}", #""\b\t\n\f\r""#), ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""),
    ("é€𝄞\u{2028}", "\"é€𝄞\u{2028}\""), ("1234567\"", #""1234567\"""#), ("12345678\n9", #""12345678\n9""#),
    ("ééé\"ééé\\", #""ééé\"ééé\\""#),
  ])
  func stringsAreEscaped(text: String, json: String) throws {
    #expect(try written { $0.value(text) } == json)
    #expect(try scan(json) { try $0.readString() } == text)
    let asKey = try written { writer in
      writer.beginObject()
      writer.key(text)
      writer.value(1)
      writer.endObject()
    }
    #expect(asKey == "{\(json):1}")
  }

  @Test func everyCodePointBelow256SurvivesAtEveryAlignment() throws {
    for code in 0..<256 {
      for padding in 0..<9 {
        let text = String(repeating: "x", count: padding) + String(Character(Unicode.Scalar(UInt8(code)))) + "y"
        let json = try written { $0.value(text) }
        #expect(!json.utf8.contains { $0 < 0x20 })
        #expect(try scan(json) { try $0.readString() } == text)
      }
    }
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity, .signalingNaN])
  func nonFiniteNumbersAreRefused(number: Double) {
    var writer = JSONWriter()
    writer.beginObject()
    writer.field("price", number)
    writer.endObject()
    #expect(writer.failure == JSONWriteError(kind: .nonFiniteNumber, offset: 9))
    #expect(throws: JSONWriteError.self) { try writer.bytes() }
    #expect(throws: JSONWriteError.self) { try writer.withMessage { _ in } }
    #expect(throws: JSONWriteError.self) { try writer.withLine { _ in } }
    #expect(throws: JSONWriteError.self) { try writer.withFrame(.contentLength) { _ in } }
    #expect(throws: JSONWriteError.self) { try writer.drain { _ in } }
    writer.reset()
    #expect(writer.failure == nil)
    writer.value(1.0)
    #expect(throws: Never.self) { try writer.bytes() }
  }

  @Test func columnsAreArraysOfNumbers() throws {
    #expect(try written { $0.value([] as [Double]) } == "[]")
    #expect(try written { $0.value([1, 2.5, -0.0, 1e300] as [Double]) } == "[1,2.5,-0.0,1e+300]")
    #expect(try written { $0.value([.nan, 1, .infinity] as [Double], nonFinite: .null) } == "[null,1,null]")
    #expect(throws: JSONWriteError.self) { try written { $0.value([1, .nan] as [Double]) } }
    #expect(try written { $0.value([1, -2] as [Int64]) } == "[1,-2]")
    let long = (0..<1000).map { Double($0) / 7 }
    let one = try written { writer in
      writer.beginArray()
      for number in long { writer.value(number) }
      writer.endArray()
    }
    #expect(try written { $0.value(long) } == one)
    let nested = try written { writer in
      writer.beginObject()
      writer.key("a")
      writer.value([1] as [Double])
      writer.key("b")
      writer.value([] as [Double])
      writer.endObject()
    }
    #expect(nested == #"{"a":[1],"b":[]}"#)
  }

  @Test func misplacedPartsAreRefused() {
    let cases: [(String, (inout JSONWriter) -> Void)] = [
      (
        "value without key",
        {
          $0.beginObject(); $0.value(1); $0.endObject()
        }
      ),
      (
        "second value without key",
        {
          $0.beginObject(); $0.field("a", 1); $0.null(); $0.endObject()
        }
      ),
      (
        "key without value",
        {
          $0.beginObject(); $0.key("a"); $0.endObject()
        }
      ),
      (
        "key after key",
        {
          $0.beginObject(); $0.key("a"); $0.key("b"); $0.value(1); $0.endObject()
        }
      ),
      (
        "key in array",
        {
          $0.beginArray(); $0.key("a"); $0.value(1); $0.endArray()
        }
      ),
      (
        "key at the top",
        {
          $0.key("a"); $0.value(1)
        }
      ),
      (
        "key behind the top value",
        {
          $0.value(1); $0.key("a"); $0.value(1)
        }
      ),
      (
        "two values at the top",
        {
          $0.value(1); $0.value(2)
        }
      ),
      (
        "array closed as object",
        {
          $0.beginArray(); $0.endObject()
        }
      ),
      (
        "object closed as array",
        {
          $0.beginObject(); $0.endArray()
        }
      ),
      (
        "closed too often",
        {
          $0.beginArray(); $0.endArray(); $0.endArray()
        }
      ),
      ("closed at once", { $0.endObject() }),
      (
        "run-time key in array",
        {
          $0.beginArray(); $0.key("a" as String); $0.value(1); $0.endArray()
        }
      ),
    ]
    for (name, write) in cases {
      var writer = JSONWriter()
      write(&writer)
      #expect(writer.failure?.kind == .misplaced, "\(name)")
    }
  }

  @Test func unfinishedMessagesAreRefused() {
    let cases: [(inout JSONWriter) -> Void] = [
      { _ in }, { $0.beginArray() }, { $0.beginObject() },
      {
        $0.beginObject(); $0.key("a")
      },
    ]
    for write in cases {
      var writer = JSONWriter()
      write(&writer)
      #expect { try writer.bytes() } throws: { ($0 as? JSONWriteError)?.kind == .unfinished }
    }
  }

  @Test func depthIsLimited() throws {
    func nested(_ depth: Int) throws -> String {
      try written { writer in
        for level in 0..<depth {
          if level % 2 == 0 {
            writer.beginArray()
          } else {
            writer.beginObject()
            writer.key("k")
          }
        }
        if depth % 2 == 0 { writer.value(1) }
        for level in (0..<depth).reversed() {
          if level % 2 == 0 { writer.endArray() } else { writer.endObject() }
        }
      }
    }
    for depth in 1...64 { #expect(parseError(try nested(depth)) == nil) }
    #expect { try nested(65) } throws: { ($0 as? JSONWriteError)?.kind == .tooDeep }
    #expect { try nested(1000) } throws: { ($0 as? JSONWriteError)?.kind == .tooDeep }
  }

  @Test func failuresKeepTheFirstOneAndAreSentences() {
    var writer = JSONWriter()
    writer.beginArray()
    writer.value(Double.nan)
    writer.endObject()
    #expect(writer.failure?.kind == .nonFiniteNumber)
    for kind in [JSONWriteError.Kind.nonFiniteNumber, .tooDeep, .misplaced, .unfinished] {
      var other = JSONWriter()
      switch kind {
      case .nonFiniteNumber: other.value(Double.nan)
      case .tooDeep: for _ in 0..<65 { other.beginArray() }
      case .misplaced: other.endArray()
      case .unfinished: other.beginArray()
      }
      #expect {
        try other.bytes()
      } throws: { error in
        "\(error)".hasSuffix(".") && "\(error)".contains("byte")
      }
    }
  }

  @Test func framesAreInOnePieceAndLeaveTheMessageAlone() throws {
    var writer = JSONWriter(capacity: 0)
    writer.value(String(repeating: "x", count: 62))
    func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
    let message = try writer.withMessage(text)
    #expect(message.utf8.count == 64)
    #expect(try writer.withLine(text) == message + "\n")
    #expect(try writer.withFrame(.lines, text) == message + "\n")
    #expect(try writer.withFrame(.contentLength, text) == "Content-Length: 64\r\n\r\n" + message)
    #expect(try writer.withMessage(text) == message)
  }

  @Test func drainingGivesTheSameBytes() throws {
    let numbers = (0..<5000).map { Double($0) * 0.37 }
    var writer = JSONWriter()
    var text = ""
    var pieces = 0
    writer.beginObject()
    for (index, number) in numbers.enumerated() {
      writer.key("k\(index)")
      writer.value(number)
      if index % 100 == 0 {
        try writer.drain { text += String(decoding: $0, as: UTF8.self) }
        pieces += 1
      }
    }
    #expect(throws: JSONWriteError.self) { try writer.drain(finished: true) { _ in } }
    writer.endObject()
    try writer.drain(finished: true) { text += String(decoding: $0, as: UTF8.self) }
    #expect(pieces == 50)
    #expect(writer.count == text.utf8.count)
    let whole = try written { other in
      other.beginObject()
      for (index, number) in numbers.enumerated() {
        other.key("k\(index)")
        other.value(number)
      }
      other.endObject()
    }
    #expect(text == whole)
  }

  @Test func rawValuesArePlacedAsTheyAre() throws {
    let raw = Array(#"{"kept": [1, 2]}"#.utf8)
    let text = try written { writer in
      writer.beginArray()
      writer.value(1)
      raw.withUnsafeBufferPointer { writer.rawValue($0) }
      writer.value(2)
      writer.endArray()
    }
    #expect(text == #"[1,{"kept": [1, 2]},2]"#)
  }
}
