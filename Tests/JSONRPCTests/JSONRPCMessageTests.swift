import JSONRPC
import Testing

@Suite struct JSONRPCMessageTests {
  private func decode(_ text: String) throws -> JSONRPCMessage {
    try JSONRPCMessage(decoding: Array(text.utf8))
  }

  private func invalid(_ text: String) -> JSONRPCInvalidMessage? {
    do {
      _ = try decode(text)
      return nil
    } catch {
      return error as? JSONRPCInvalidMessage
    }
  }

  private static let valid: [(String, JSONRPCMessage)] = [
    (
      #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"1.0"}}"#,
      .request(id: 1, method: "initialize", params: ["protocol_version": "1.0"])
    ),
    (#"{"jsonrpc":"2.0","id":"n-5","method":"shutdown"}"#, .request(id: "n-5", method: "shutdown", params: nil)),
    (#"{"jsonrpc":"2.0","id":null,"method":"shutdown"}"#, .request(id: .null, method: "shutdown", params: nil)),
    (#"{"jsonrpc":"2.0","method":"exit","params":{}}"#, .notification(method: "exit", params: [:])),
    (#"{"jsonrpc":"2.0","id":53,"result":{"actions":[]}}"#, .response(id: 53, result: ["actions": []])),
    (#"{"jsonrpc":"2.0","id":53,"result":null}"#, .response(id: 53, result: nil)),
    (
      #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no \"JSON\""}}"#,
      .error(id: .null, JSONRPCErrorObject(.parseError, "no \"JSON\""))
    ),
    (
      #"{"jsonrpc":"2.0","id":-9223372036854775808,"error":{"code":2002,"message":"crashed","data":{"signal":11}}}"#,
      .error(id: .number(.min), JSONRPCErrorObject(code: 2002, message: "crashed", data: ["signal": 11]))
    ),
  ]

  @Test func messagesAreDecodedAndEncodedToTheSameBytes() throws {
    for (text, message) in Self.valid {
      #expect(try decode(text) == message)
      #expect(String(decoding: try message.encoded(), as: UTF8.self) == text)
    }
  }

  @Test func theOrderOfMembersAndUnknownOnesDoNotMatter() throws {
    let request = JSONRPCMessage.request(id: 7, method: "run/start", params: ["a": 1])
    #expect(
      try decode(
        #" {"params": {"a": 1}, "x": [{}], "method": "run\/start", "id": 7, "jsonrpc": "2.0", "trace": null} "#)
        == request)
    #expect(try decode(#"{"result":{"x":1},"id":3,"jsonrpc":"2.0"}"#) == .response(id: 3, result: ["x": 1]))
    #expect(
      try decode(#"{"jsonrpc":"2.0","id":7.0,"method":"m","params":null}"#) == .request(id: 7, method: "m", params: nil)
    )
    #expect(
      try decode(#"{"jsonrpc":"2.0","error":{"message":"m","code":5.0}}"#)
        == .error(id: .null, JSONRPCErrorObject(code: 5, message: "m")))
    #expect(try decode(#"{"jsonrpc":"2.0","id":1,"id":2,"result":1,"result":2}"#) == .response(id: 2, result: 2))
  }

  @Test(arguments: [
    ("[]", JSONRPCInvalidMessage.Reason.batch, JSONRPCID.null, -32600),
    (#"[{"jsonrpc":"2.0","id":1,"method":"m"}]"#, .batch, .null, -32600),
    ("1", .notAnObject, .null, -32600), ("\"text\"", .notAnObject, .null, -32600),
    ("null", .notAnObject, .null, -32600),
    ("{}", .noVersion, .null, -32600), (#"{"id":4,"method":"m"}"#, .noVersion, 4, -32600),
    (#"{"jsonrpc":"1.0","id":4,"method":"m"}"#, .wrongVersion, 4, -32600),
    (#"{"id":4,"jsonrpc":2.0,"method":"m"}"#, .wrongVersion, 4, -32600),
    (#"{"jsonrpc":"2.0","id":1.5,"method":"m"}"#, .malformedID, .null, -32600),
    (#"{"jsonrpc":"2.0","id":{},"method":"m"}"#, .malformedID, .null, -32600),
    (#"{"jsonrpc":"2.0","id":true,"method":"m"}"#, .malformedID, .null, -32600),
    (#"{"jsonrpc":"2.0","method":1,"id":"x"}"#, .malformedMethod, "x", -32600),
    (#"{"jsonrpc":"2.0","params":[1],"method":"m","id":"x"}"#, .malformedParams, "x", -32602),
    (#"{"jsonrpc":"2.0","params":"p","method":"m","id":6}"#, .malformedParams, 6, -32602),
    (#"{"jsonrpc":"2.0","id":6}"#, .empty, 6, -32600), (#"{"jsonrpc":"2.0"}"#, .empty, .null, -32600),
    (#"{"jsonrpc":"2.0","id":6,"result":1,"error":{"code":1,"message":"m"}}"#, .ambiguous, 6, -32600),
    (#"{"jsonrpc":"2.0","id":6,"result":1,"method":"m"}"#, .ambiguous, 6, -32600),
    (#"{"jsonrpc":"2.0","result":1}"#, .answerWithoutID, .null, -32600),
    (#"{"jsonrpc":"2.0","id":6,"error":"m"}"#, .malformedError, 6, -32600),
    (#"{"jsonrpc":"2.0","id":6,"error":{"code":"1","message":"m"}}"#, .malformedError, 6, -32600),
    (#"{"jsonrpc":"2.0","id":6,"error":{"code":1}}"#, .malformedError, 6, -32600),
    (#"{"jsonrpc":"2.0","id":6,"error":null,"result":1}"#, .malformedError, 6, -32600),
  ])
  func otherMessagesAreRefusedWithTheirID(
    text: String, reason: JSONRPCInvalidMessage.Reason, id: JSONRPCID, code: Int
  ) {
    let error = invalid(text)
    #expect(error == JSONRPCInvalidMessage(reason: reason, id: id))
    #expect(error?.errorObject.code == code)
    #expect(error?.errorObject.message == error?.description)
    #expect(error?.description.hasSuffix(".") == true)
    #expect(error?.isStrayText == (reason == .notAnObject || reason == .noVersion))
  }

  @Test(arguments: [
    "hello", "", "{\"jsonrpc\":\"2.0\"", "{\"jsonrpc\":NaN}", "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":1}x",
  ])
  func textThatIsNoJSONIsAParseError(text: String) {
    let error = invalid(text)
    #expect(error?.errorObject.standardCode == .parseError)
    #expect(error?.id == .null)
    #expect(error?.isStrayText == true)
    #expect(error?.description == parseError(text)?.description)
  }

  @Test func sizeIsLimited() {
    let text = Array(Self.valid[0].0.utf8)
    #expect(throws: Never.self) { try JSONRPCMessage(decoding: text, maximumBytes: text.count) }
    #expect { try JSONRPCMessage(decoding: text, maximumBytes: text.count - 1) } throws: {
      ($0 as? JSONRPCInvalidMessage)?.errorObject.standardCode == .parseError
    }
  }

  @Test func theStandardCodesAreThoseOfTheSpecification() {
    #expect(JSONRPCErrorObject.Code.allCases.map(\.rawValue) == [-32700, -32600, -32601, -32602, -32603, -32800])
    #expect(JSONRPCErrorObject(.methodNotFound, "m").standardCode == .methodNotFound)
    #expect(JSONRPCErrorObject(code: 2002, message: "m").standardCode == nil)
    #expect(JSONRPCErrorObject(.requestCancelled, "Cancelled.").description == "Cancelled. (error -32800)")
  }

  @Test func envelopesPointAtTheParts() throws {
    let text = Array(#"{"id":53,"result":{"actions":[{"do":"close"}]},"jsonrpc":"2.0"}"#.utf8)
    try text.withUnsafeBufferPointer { bytes in
      let envelope = try JSONRPCEnvelope(bytes)
      #expect(envelope.kind == .result)
      #expect(envelope.id == 53)
      #expect(envelope.method == nil)
      #expect(String(decoding: try #require(envelope.body), as: UTF8.self) == #"{"actions":[{"do":"close"}]}"#)
      var scanner = try envelope.bodyScanner()
      try scanner.beginObject()
      #expect(try scanner.nextKey())
      #expect(scanner.key == "actions")
    }
    let call = Array(#"{"jsonrpc":"2.0","method":"$/cancelRequest"}"#.utf8)
    try call.withUnsafeBufferPointer { bytes in
      let envelope = try JSONRPCEnvelope(bytes)
      #expect(envelope.kind == .notification)
      #expect(envelope.method.map { $0 == "$/cancelRequest" } == true)
      #expect(envelope.body == nil)
      #expect(throws: JSONScanError.self) { try envelope.bodyScanner() }
    }
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":53,"result":{"a":7}}"#, true),
    (#" {"result": {"a": 7}, "id": 53, "jsonrpc": "2.0"} "#, true),
    (#"{"jsonrpc":"2.0","x":[{}],"id":53,"result":{"a":7,"b":[]},"y":null}"#, true),
    (#"{"jsonrpc":"2.0","id":54,"result":{"a":7}}"#, false), (#"{"jsonrpc":"2.0","id":"53","result":{"a":7}}"#, false),
    (#"{"jsonrpc":"2.0","id":null,"result":{"a":7}}"#, false), (#"{"jsonrpc":"2.0","result":{"a":7}}"#, false),
    (#"{"id":53,"result":{"a":7}}"#, false), (#"{"jsonrpc":"1.0","id":53,"result":{"a":7}}"#, false),
    (#"{"jsonrpc":2.0,"id":53,"result":{"a":7}}"#, false), (#"{"jsonrpc":"2.0","id":53}"#, false),
    (#"{"jsonrpc":"2.0","id":53,"error":{"code":1,"message":"m"}}"#, false),
    (#"{"jsonrpc":"2.0","id":53,"result":{"a":7},"error":{}}"#, false), (#"{"jsonrpc":"2.0","method":"m"}"#, false),
    (#"{"jsonrpc":"2.0","id":53,"method":"m","result":{"a":7}}"#, false), ("[]", false), ("53", false),
    (#"{"jsonrpc":"2.0","id":53,"result":{"a":7},"result":{"a":8}}"#, false),
  ])
  func theAnswerWaitedForIsReadInOnePass(text: String, isAnswer: Bool) throws {
    var value = 0
    let found = try Array(text.utf8).withUnsafeBufferPointer { bytes in
      try JSONRPCEnvelope.readResult(of: 53, in: bytes) { scanner throws(JSONScanError) in
        try scanner.beginObject()
        while try scanner.nextKey() {
          if scanner.key == "a" { value = try scanner.readInt() } else { try scanner.skipValue() }
        }
      }
    }
    #expect(found == isAnswer)
    if isAnswer { #expect(value == 7) }
  }

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":53,"result":[]}"#, 34), (#"{"jsonrpc":"2.0","id":53,"result":1}x"#, 34),
    (#"{"jsonrpc":"2.0","id":53,"result":{}}x"#, 37), (#"{"jsonrpc":"2.0","id":53,"result":{}"#, 36), ("?", 0),
    ("", 0),
  ])
  func anAnswerThatCannotBeReadSaysWhere(text: String, offset: Int) {
    let error = #expect(throws: JSONScanError.self) {
      try Array(text.utf8).withUnsafeBufferPointer { bytes in
        try JSONRPCEnvelope.readResult(of: 53, in: bytes) { scanner throws(JSONScanError) in
          try scanner.beginObject()
          while try scanner.nextKey() { try scanner.skipValue() }
        }
      }
    }
    #expect(error?.offset == offset)
  }

  @Test func theDeepestMessageIsDecoded() throws {
    // One level belongs to the message itself.
    let deep = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
    let message = try decode(#"{"jsonrpc":"2.0","id":1,"result":\#(deep)}"#)
    #expect(try decode(String(decoding: try message.encoded(), as: UTF8.self)) == message)
    #expect(invalid(#"{"jsonrpc":"2.0","id":1,"result":[\#(deep)]}"#)?.errorObject.standardCode == .parseError)
  }

  @Test func aMessageWithNaNIsNotEncoded() {
    #expect(throws: JSONWriteError.self) { try JSONRPCMessage.response(id: 1, result: [.double(.nan)]).encoded() }
  }

  @Test func theWritersShortcutsWriteWholeMessages() throws {
    var writer = JSONWriter()
    writer.value(Double.nan)
    writer.beginRequest(id: 54, method: "bar/next")
    writer.field("index", 51)
    writer.endCall()
    #expect(
      String(decoding: try writer.bytes(), as: UTF8.self)
        == #"{"jsonrpc":"2.0","id":54,"method":"bar/next","params":{"index":51}}"#)
    writer.beginNotification(method: "exit")
    writer.endCall()
    #expect(String(decoding: try writer.bytes(), as: UTF8.self) == #"{"jsonrpc":"2.0","method":"exit","params":{}}"#)
    writer.beginResult(id: "a\n")
    writer.value([1.5] as [Double])
    writer.endResult()
    #expect(String(decoding: try writer.bytes(), as: UTF8.self) == #"{"jsonrpc":"2.0","id":"a\n","result":[1.5]}"#)
  }

  @Test func identifiersKeepTheirType() throws {
    for id in [1, -1, "1", "", .null, .number(.max)] as [JSONRPCID] {
      #expect(JSONRPCID(id.value) == id)
      #expect(try written { $0.value(id) } == id.description || id == "")
    }
    #expect(JSONRPCID(.double(2)) == 2)
    #expect(JSONRPCID(.double(2.5)) == nil)
    #expect(JSONRPCID([]) == nil)
    #expect(JSONRPCID(true) == nil)
    #expect(JSONRPCID(1) != JSONRPCID("1"))
  }
}
