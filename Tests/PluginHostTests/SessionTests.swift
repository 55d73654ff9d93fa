import JSONRPC
import Testing

@testable import PluginHost

/// The state of a conversation, driven by made-up lines and a made-up clock.
struct SessionTests {
  /// A session and its clock, in milliseconds.
  struct Wire {
    var session = PluginSession()

    static func time(_ milliseconds: Int64) -> MonotonicTime {
      MonotonicTime(nanoseconds: 1_000_000_000 + milliseconds * 1_000_000)
    }

    /// Sends a request at once.
    mutating func ask(_ method: StaticString = "bar/next", within milliseconds: Int = 100, at now: Int64 = 0) -> Int {
      let id = session.open(method, allowance: .milliseconds(milliseconds))
      session.sent(now: Self.time(now))
      return id
    }

    /// What a line means, as text.
    mutating func hear(_ line: String) -> String {
      line.withBytes { bytes in
        switch session.receive(bytes) {
        case .answer(let call, let body): "answer \(call.id) \(String(decoding: body, as: UTF8.self))"
        case .refusal(let call, let error): "refusal \(call.id) \(error.code) \(error.message)"
        case .notification(let method, let body):
          "notification \(method) \(body.map { String(decoding: $0, as: UTF8.self) } ?? "-")"
        case .stray: "stray"
        case .violation(let failure): "\(failure.kind.rawValue) \(failure.message)"
        }
      }
    }
  }

  @Test func anAnswerEndsItsCall() {
    var wire = Wire()
    #expect(wire.session.deadline == nil)
    #expect(wire.ask() == 1)
    #expect(wire.session.deadline == Wire.time(100))
    #expect(wire.hear(#"{"jsonrpc":"2.0","id":1,"result":{"warmup_bars":3}}"#) == #"answer 1 {"warmup_bars":3}"#)
    #expect(wire.session.calls.isEmpty)
    #expect(wire.session.deadline == nil)
    #expect(wire.ask() == 2)
  }

  @Test func membersMayComeInAnyOrderAndUnknownOnesAreIgnored() {
    var wire = Wire()
    _ = wire.ask()
    #expect(wire.hear(#" {"result":{},"x":[1],"id":1,"jsonrpc":"2.0"} "#) == "answer 1 {}")
  }

  @Test func anErrorAnswerIsARefusal() {
    var wire = Wire()
    _ = wire.ask()
    #expect(wire.hear(#"{"jsonrpc":"2.0","id":1,"error":{"code":2005,"message":"boom"}}"#) == "refusal 1 2005 boom")
    #expect(wire.session.calls.isEmpty)
  }

  @Test func notificationsPassBesideACall() {
    var wire = Wire()
    _ = wire.ask()
    #expect(wire.hear(#"{"jsonrpc":"2.0","method":"x"}"#) == "notification x -")
    #expect(
      wire.hear(#"{"jsonrpc":"2.0","method":"log/message","params":{"level":"info"}}"#)
        == #"notification log/message {"level":"info"}"#)
    #expect(wire.session.calls.count == 1)
  }

  // MARK: Clocks

  @Test func timeIsUpAtTheDeadlineAndNotBefore() throws {
    var wire = Wire()
    _ = wire.ask("run/start", within: 5000, at: 10)
    #expect(wire.session.expired(now: Wire.time(5009)) == nil)
    let failure = try #require(wire.session.expired(now: Wire.time(5010)))
    #expect(failure.kind == .timeout)
    #expect(failure.message == "The strategy did not answer run/start within 5 s")
    #expect(failure.lastMethod == "run/start")
  }

  @Test func theClockStandsStillUntilARequestWasSent() {
    var wire = Wire()
    _ = wire.session.open("bar/next", allowance: .milliseconds(100))
    #expect(wire.session.deadline == nil)
    #expect(wire.session.expired(now: Wire.time(1_000_000)) == nil)
    wire.session.sent(now: Wire.time(500))
    #expect(wire.session.deadline == Wire.time(600))
  }

  @Test func aPipelinedCallIsChargedFromThePreviousAnswer() {
    var wire = Wire()
    _ = wire.ask("bars/next", at: 0)
    _ = wire.ask("bars/next", at: 1)
    #expect(wire.session.calls.map(\.id) == [1, 2])
    #expect(wire.session.deadline == Wire.time(100))
    #expect(wire.hear(#"{"jsonrpc":"2.0","id":1,"result":{}}"#) == "answer 1 {}")
    wire.session.restartClock(now: Wire.time(80))
    #expect(wire.session.deadline == Wire.time(180))
  }

  @Test func anAnswerThatIsThereCountsHoweverLateTheHostLooks() {
    var wire = Wire()
    _ = wire.ask(at: 0)
    // The machine was busy: the line has arrived, and the clock has run past the deadline.
    #expect(wire.hear(#"{"jsonrpc":"2.0","id":1,"result":{}}"#) == "answer 1 {}")
    #expect(wire.session.expired(now: Wire.time(10_000)) == nil)
  }

  @Test func anAnswerAfterTheTimeoutDoesNotPassForTheNextOne() {
    var wire = Wire()
    _ = wire.ask(at: 0)
    #expect(wire.session.expired(now: Wire.time(100)) != nil)
    #expect(!wire.session.calls.isEmpty, "a session with an open call is not used for another run")
    _ = wire.ask(at: 200)
    #expect(wire.hear(#"{"jsonrpc":"2.0","id":2,"result":{}}"#).hasPrefix("protocol_error"))
  }

  @Test func progressExtendsTheWaitUpToItsLimit() {
    var wire = Wire()
    _ = wire.ask("series/evaluate", within: 100, at: 0)
    wire.session.progressed(now: Wire.time(50))
    #expect(wire.session.deadline == Wire.time(100), "nobody allowed it")
    wire.session.allowProgress(until: Wire.time(220))
    wire.session.progressed(now: Wire.time(50))
    #expect(wire.session.deadline == Wire.time(150))
    wire.session.progressed(now: Wire.time(140))
    #expect(wire.session.deadline == Wire.time(220))
    wire.session.progressed(now: Wire.time(219))
    #expect(wire.session.deadline == Wire.time(220))
    #expect(wire.session.expired(now: Wire.time(220)) != nil)
    wire.session.allowProgress(until: nil)
    wire.session.progressed(now: Wire.time(230))
    #expect(wire.session.deadline == Wire.time(220))
  }

  @Test func progressWithoutACallChangesNothing() {
    var session = PluginSession()
    session.allowProgress(until: Wire.time(100))
    session.progressed(now: Wire.time(1))
    session.restartClock(now: Wire.time(1))
    #expect(session.deadline == nil)
  }

  // MARK: Writing

  @Test func aStrategyThatTakesNothingStalls() throws {
    var wire = Wire()
    _ = wire.session.open("series/load", allowance: .seconds(60))
    #expect(wire.session.stalled(now: Wire.time(1_000_000)) == nil, "nothing is held up")
    wire.session.blocked(unwritten: 5000, allowance: .milliseconds(100), now: Wire.time(0))
    #expect(wire.session.stalled(now: Wire.time(99)) == nil)
    wire.session.took(unwritten: 900, now: Wire.time(90))
    #expect(wire.session.stalled(now: Wire.time(189)) == nil)
    let failure = try #require(wire.session.stalled(now: Wire.time(190)))
    #expect(failure.kind == .stalled)
    #expect(failure.message.contains("900 bytes"))
    #expect(failure.message.contains("0.1 s"))
    #expect(failure.lastMethod == "series/load")
    #expect(wire.session.expired(now: Wire.time(1_000_000)) == nil, "the answer's clock has not begun")
  }

  @Test func aDeliveredMessageNoLongerStalls() {
    var wire = Wire()
    _ = wire.session.open("bar/next", allowance: .seconds(1))
    wire.session.blocked(unwritten: 10, allowance: .milliseconds(100), now: Wire.time(0))
    wire.session.sent(now: Wire.time(50))
    #expect(wire.session.stalled(now: Wire.time(1_000_000)) == nil)
    wire.session.took(unwritten: 3, now: Wire.time(60))
    #expect(wire.session.stalled(now: Wire.time(1_000_000)) == nil)
  }

  // MARK: What is not allowed

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":2,"result":{}}"#, "answered id 2 where 1 was asked"),
    (#"{"jsonrpc":"2.0","id":"one","result":{}}"#, "answered id \"one\" where 1 was asked"),
    (#"{"jsonrpc":"2.0","id":null,"result":{}}"#, "answered id null where 1 was asked"),
    (#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"bad"}}"#, "could not read a message of the host"),
    (#"{"jsonrpc":"2.0","id":1,"result":[]}"#, "a result that is no object"),
    (#"{"jsonrpc":"2.0","id":1,"result":null}"#, "a result that is no object"),
    (#"{"jsonrpc":"2.0","id":1,"error":{"code":"x"}}"#, "a malformed error"),
    (#"{"jsonrpc":"2.0","id":1,"method":"host/do","params":{}}"#, "sent a request (host/do)"),
    (#"{"jsonrpc":"2.0","id":1,"result":{"a":NaN}}"#, "no valid message"),
    (#"{"jsonrpc":"1.0","id":1,"result":{}}"#, "no valid message"),
    (#"debug {"jsonrpc":"2.0","id":1,"result":{}}"#, "Text stands before a message"),
    (#"{"jsonrpc":"2.0","id":1,"result":{}}{"jsonrpc":"2.0","id":2,"result":{}}"#, "after the end of the JSON value"),
    (#"{"jsonrpc":"2.0","id":1,"res"#, "no valid message"),
  ])
  func brokenLinesBreakTheProtocol(line: String, sentence: String) {
    var wire = Wire()
    _ = wire.ask()
    let heard = wire.hear(line)
    #expect(heard.hasPrefix("protocol_error "))
    #expect(heard.contains(sentence), "\(heard)")
  }

  @Test(arguments: try Examples.lines("invalid/lines"))
  func noInvalidLineIsTakenForAnAnswer(example: String) throws {
    let item = try JSONValue(parsing: example)
    let text = try #require(item["text"]?.stringValue)
    var session = PluginSession()
    for _ in 1...5 { _ = session.open("bar/next", allowance: .seconds(1)) }
    // The examples answer id 5.
    for id in 1...4 {
      #expect(session.takes(#"{"jsonrpc":"2.0","id":\#(id),"result":{}}"#) == true)
    }
    #expect(session.takes(text) == false)
    text.withBytes { bytes in
      switch session.receive(bytes) {
      case .answer, .refusal: Issue.record("taken as an answer: \(item["why"]?.stringValue ?? text)")
      case .notification, .stray, .violation: break
      }
    }
    #expect(session.calls.count == 1, "\(text)")
  }

  @Test func invalidUTF8BreaksTheProtocol() {
    var session = PluginSession()
    _ = session.open("bar/next", allowance: .seconds(1))
    var bytes = Array(#"{"jsonrpc":"2.0","id":1,"result":{"label":"?"}}"#.utf8)
    bytes[bytes.firstIndex(of: UInt8(ascii: "?")) ?? 0] = 0xFF
    bytes.withUnsafeBufferPointer { line in
      let isTaken = session.takes(line)
      #expect(!isTaken)
      guard case .violation(let failure) = session.receive(line) else {
        Issue.record("taken")
        return
      }
      #expect(failure.kind == .protocolError)
      #expect(failure.message.contains("is not UTF-8"))
    }
  }

  @Test func anAnswerToNothingBreaksTheProtocol() {
    var wire = Wire()
    #expect(wire.hear(#"{"jsonrpc":"2.0","id":1,"result":{}}"#).contains("when nothing was asked"))
    _ = wire.ask()
    #expect(wire.hear(#"{"jsonrpc":"2.0","id":1,"result":{}}"#) == "answer 1 {}")
    _ = wire.ask()
    #expect(wire.hear(#"{"jsonrpc":"2.0","id":1,"result":{}}"#).contains("answered id 1 where 2 was asked"))
  }

  @Test func anIdSentBackAsTextIsToleratedWithOneWarning() {
    var wire = Wire()
    for id in 1...3 {
      _ = wire.ask()
      #expect(wire.hear(#"{"jsonrpc":"2.0","id":"\#(id)","result":{}}"#) == "answer \(id) {}")
    }
    #expect(wire.session.warnings.count == 1)
  }

  @Test func strayTextIsToleratedUpToALimit() throws {
    var wire = Wire()
    _ = wire.ask()
    #expect(wire.hear("loading model...") == "stray")
    #expect(wire.session.warnings.count == 1)
    #expect(wire.session.warnings[0].contains("loading model..."))
    #expect(wire.hear("[1, 2]") == "stray")
    #expect(wire.hear("{}") == "stray")
    let rest = (4...PluginSession.maximumStrayLines).map { _ in wire.hear("x") }
    #expect(rest.allSatisfy { $0 == "stray" })
    #expect(wire.session.warnings.count == 1)
    #expect(wire.hear("x").hasPrefix("limit_exceeded"))
    #expect(wire.session.calls.count == 1)
  }

  @Test func aLineTooLongExceedsTheLimit() {
    var wire = Wire()
    _ = wire.ask("run/end")
    let failure = wire.session.oversized(.messageTooLong(limit: 16_777_216))
    #expect(failure.kind == .limitExceeded)
    #expect(failure.message.contains("16777216"))
    #expect(failure.lastMethod == "run/end")
  }

  @Test func onePassTakesOnlyThePlainAnswer() {
    var session = PluginSession()
    _ = session.open("bar/next", allowance: .seconds(1))
    let others = [
      #"{"jsonrpc":"2.0","id":"1","result":{}}"#, #"{"jsonrpc":"2.0","id":2,"result":{}}"#,
      #"{"jsonrpc":"2.0","id":1,"error":{"code":1,"message":"x"}}"#, #"{"jsonrpc":"2.0","method":"log/message"}"#,
      "text", "", #"{"jsonrpc":"2.0","id":1,"result":{}} x"#,
    ]
    for line in others { #expect(session.takes(line) == false, "\(line)") }
    #expect(session.calls.count == 1)
    var isEmpty = false
    let isAnswer = #"{"jsonrpc":"2.0","id":1,"result":{}}"#.withBytes { line in
      session.receiveResult(line) { scanner throws(JSONScanError) in
        try scanner.beginObject()
        isEmpty = try !scanner.nextKey()
      }
    }
    #expect(isAnswer && isEmpty)
    #expect(session.calls.isEmpty)
  }
}

extension PluginSession {
  /// Whether the text is the plain answer to the oldest call, whatever its result.
  fileprivate mutating func takes(_ text: String) -> Bool { text.withBytes { takes($0) } }

  fileprivate mutating func takes(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
    receiveResult(line) { scanner throws(JSONScanError) in try scanner.skipValue() }
  }
}
