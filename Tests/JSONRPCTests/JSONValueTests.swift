import JSONRPC
import Testing

@Suite struct JSONValueTests {
  @Test func orderAndKindsOfNumbersAreKept() throws {
    let text = #"{"z":1,"a":1.0,"m":[1e2,-0,0,-0.0,100,12345678901234567890,9223372036854775807],"é":{},"b":[]}"#
    let value = try JSONValue(parsing: text)
    #expect(value.objectValue?.map(\.key) == ["z", "a", "m", "é", "b"])
    #expect(value["z"] == .int(1))
    #expect(value["a"] == .double(1))
    #expect(value["z"] != value["a"])
    #expect(
      value["m"]
        == .array([
          .double(100), .double(-0.0), .int(0), .double(-0.0), .int(100), .double(12345678901234567168), .int(.max),
        ]))
    #expect(value["m"]?[1]?.doubleValue?.sign == .minus)
    #expect(
      try value.text()
        == #"{"z":1,"a":1.0,"m":[100.0,-0.0,0,-0.0,100,1.2345678901234567e+19,9223372036854775807],"é":{},"b":[]}"#)
    #expect(try JSONValue(parsing: try value.text()) == value)
  }

  @Test func theLastOfEqualKeysWinsInTheFirstPlace() throws {
    let value = try JSONValue(parsing: #"{"a":1,"b":2,"\u0061":3}"#)
    #expect(value == ["a": 3, "b": 2])
    var text = "{"
    for index in 0..<100 { text += "\"k\(index)\":\(index)," }
    text += #""k3":"again","k99":"again","last":0}"#
    let large = try JSONValue(parsing: text)
    #expect(large.objectValue?.count == 101)
    #expect(large.objectValue?[3] == JSONValue.Member("k3", "again"))
    #expect(large["k99"] == "again")
    #expect(large.objectValue?.last?.key == "last")
  }

  @Test func keysAreComparedByBytes() throws {
    // The same letter composed and decomposed: equal for Swift, two keys for JSON.
    let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value.objectValue?.count == 2)
    #expect(value["\u{E9}"] == 1)
    #expect(value["e\u{301}"] == 2)
    let padding = (0..<20).map { "\"p\($0)\":0" }.joined(separator: ",")
    let large = try JSONValue(parsing: "{\(padding),\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(large.objectValue?.count == 22)
  }

  @Test func manyKeysTakeLinearTime() throws {
    // A quadratic search would take minutes.
    let text = "{" + (0..<200_000).map { "\"key\($0)\":\($0)" }.joined(separator: ",") + "}"
    #expect(try JSONValue(parsing: text).objectValue?.count == 200_000)
  }

  @Test func contentIsReached() throws {
    let value: JSONValue = ["s": "x", "n": 2, "d": 2.5, "t": true, "l": [1, nil], "w": 3.0]
    #expect(value["s"]?.stringValue == "x")
    #expect(value["n"]?.intValue == 2)
    #expect(value["n"]?.doubleValue == 2)
    #expect(value["d"]?.doubleValue == 2.5)
    #expect(value["d"]?.intValue == nil)
    #expect(value["w"]?.intValue == 3)
    #expect(JSONValue.double(1e300).intValue == nil)
    #expect(value["t"]?.boolValue == true)
    #expect(value["l"]?[0] == 1)
    #expect(value["l"]?[1]?.isNull == true)
    #expect(value["l"]?[2] == nil)
    #expect(value["l"]?[-1] == nil)
    #expect(value["l"]?.arrayValue?.count == 2)
    #expect(value["missing"] == nil)
    #expect(value["s"]?["x"] == nil)
    #expect(value["s"]?.intValue == nil)
    #expect(value["n"]?.stringValue == nil)
    #expect(value["n"]?.boolValue == nil)
    #expect(value.kind == .object)
    #expect(JSONValue.double(1).kind == .number)
  }

  @Test func membersAreSetReplacedAndRemoved() {
    var value: JSONValue = nil
    value["b"] = 1
    value["a"] = 2
    value["b"] = 3
    #expect(value == ["b": 3, "a": 2])
    value["b"] = nil
    value["none"] = nil
    #expect(value == ["a": 2])
    var number: JSONValue = 1
    number["a"] = 2
    #expect(number == 1)
  }

  @Test func pointersFollowTheirSpecification() throws {
    // The example of RFC 6901, section 5.
    let value = try JSONValue(
      parsing: #"{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}"#)
    let expected: [(String, JSONValue)] = [
      ("", value), ("/foo", ["bar", "baz"]), ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/c%d", 2), ("/e^f", 3),
      ("/g|h", 4),
      ("/i\\j", 5), ("/k\"l", 6), ("/ ", 7), ("/m~0n", 8),
    ]
    for (pointer, result) in expected { #expect(value[pointer: pointer] == result, "\(pointer)") }
    for pointer in [
      "foo", "/foo/2", "/foo/-", "/foo/01", "/foo/00", "/foo/+1", "/foo/", "/m~2n", "/m~", "/nothing", "/foo/0/x",
    ] {
      #expect(value[pointer: pointer] == nil, "\(pointer)")
    }
    #expect(try JSONValue(parsing: #"{"~1":{"a":9}}"#)[pointer: "/~01/a"] == 9)
    #expect(value[pointer: "/foo/99999999999999999999999"] == nil)
  }

  @Test func treesThatJSONCannotHoldAreRefused() {
    #expect { try JSONValue.array([.double(.nan)]).text() } throws: {
      ($0 as? JSONWriteError)?.kind == .nonFiniteNumber
    }
    var deep: JSONValue = 1
    for _ in 0..<64 { deep = [deep] }
    #expect(throws: Never.self) { try deep.text() }
    for _ in 0..<500 { deep = [deep] }
    #expect { try deep.text() } throws: { ($0 as? JSONWriteError)?.kind == .tooDeep }
  }

  @Test func codableTypesAreBridged() throws {
    struct Settings: Codable, Equatable {
      var name = "x/y"
      var period = 10
      var weight = 0.1
      var missing: Int?
      var extra: JSONValue = ["b": [1, 2.5, "s", nil, true, [:], []], "a": -1]
    }
    let value = try JSONValue(encoding: Settings())
    #expect(
      try value.text()
        == #"{"extra":{"a":-1,"b":[1,2.5,"s",null,true,{},[]]},"name":"x/y","period":10,"weight":0.1}"#)
    let back = try value.decoded(as: Settings.self)
    #expect(back.name == "x/y")
    #expect(back.extra == ["a": -1, "b": [1, 2.5, "s", nil, true, [:], []]])
    #expect(throws: (any Error).self) { try JSONValue(encoding: [Double.nan]) }
    #expect(throws: DecodingError.self) { try (["name": 1] as JSONValue).decoded(as: Settings.self) }
  }
}
