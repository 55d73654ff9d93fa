import JSONRPC
import Testing

@Suite struct PendingCallsTests {
  private func answer<Context>(_ match: PendingCalls<Context>.Match) -> PendingCalls<Context>.Answer? {
    if case .answer(let answer) = match { answer } else { nil }
  }

  @Test func identifiersCountUpAndAnswersFindTheirCall() {
    var calls = PendingCalls<String>()
    #expect(calls.open("first") == 1)
    #expect(calls.open("second") == 2)
    #expect(calls.open("third") == 3)
    #expect(calls.openIDs == [1, 2, 3])
    let second = answer(calls.match(2))
    #expect(second?.id == 2)
    #expect(second?.context == "second")
    #expect(second?.wasCancelled == false)
    #expect(second?.idWasString == false)
    #expect(calls.count == 2)
    #expect(answer(calls.match(1))?.context == "first")
    #expect(answer(calls.match(3))?.context == "third")
    #expect(calls.count == 0)
    #expect(calls.open("fourth") == 4)
  }

  @Test func anIdentifierSentAsAStringIsAcceptedAndSaid() {
    var calls = PendingCalls<Int>()
    for number in 1...7 { _ = calls.open(number) }
    let match = answer(calls.match("7"))
    #expect(match?.context == 7)
    #expect(match?.idWasString == true)
    for text in ["07", "+6", " 6", "6.0", "six", "", "6 "] {
      guard case .unknown(let id) = calls.match(.string(text)) else {
        Issue.record("\(text) was accepted")
        continue
      }
      #expect(id == .string(text))
    }
    #expect(calls.count == 6)
  }

  @Test func secondAnswersAndStrangersAreToldApart() {
    var calls = PendingCalls<Int>()
    guard case .unknown(1) = calls.match(1) else {
      Issue.record("an answer before any call was accepted")
      return
    }
    _ = calls.open(0)
    _ = calls.open(0)
    _ = calls.match(1)
    for id in [1, "1"] as [JSONRPCID] {
      guard case .alreadyAnswered(1) = calls.match(id) else {
        Issue.record("a second answer was not recognised")
        return
      }
    }
    for id in [0, -1, 3, .number(.max), .number(.min), .null, "x"] as [JSONRPCID] {
      guard case .unknown(let unknown) = calls.match(id) else {
        Issue.record("\(id) was accepted")
        continue
      }
      #expect(unknown == id)
    }
    #expect(calls.openIDs == [2])
  }

  @Test func envelopesMatchLikeTheirIdentifiers() throws {
    var calls = PendingCalls<Int>()
    for number in 1...3 { _ = calls.open(number) }
    for (text, context, asString) in [
      (#"{"jsonrpc":"2.0","id":2,"result":1}"#, 2, false), (#"{"jsonrpc":"2.0","id":"3","result":1}"#, 3, true),
    ] {
      let match = try Array(text.utf8).withUnsafeBufferPointer { calls.match(try JSONRPCEnvelope($0)) }
      #expect(answer(match)?.context == context)
      #expect(answer(match)?.idWasString == asString)
    }
  }

  @Test func cancelledCallsStayOpenUntilAnswered() {
    var calls = PendingCalls<Int>()
    let id = calls.open(0)
    #expect(!calls.isCancelled(id))
    #expect(calls.cancel(id) == true)
    #expect(calls.isCancelled(id))
    #expect(calls.cancel(id) == false)
    #expect(calls.cancel(99) == false)
    #expect(answer(calls.match(1))?.wasCancelled == true)
    #expect(!calls.isCancelled(id))
    #expect(calls.cancel(id) == false)
  }

  @Test func openCallsAreHandedBackWhenThePeerIsGone() {
    var calls = PendingCalls<String>()
    for name in ["a", "b", "c"] { _ = calls.open(name) }
    _ = calls.match(2)
    let open = calls.removeAll()
    #expect(open.map(\.id) == [1, 3])
    #expect(open.map(\.context) == ["a", "c"])
    #expect(calls.count == 0)
    guard case .alreadyAnswered(1) = calls.match(1) else {
      Issue.record("a call closed before was matched")
      return
    }
  }

  @Test func manyOpenCallsAnsweredInAnyOrderAreAllFound() {
    var random = SeededGenerator(seed: 9)
    var calls = PendingCalls<Int>()
    let count = 2000
    for number in 1...count { _ = calls.open(number * 3) }
    for id in (1...count).shuffled(using: &random) {
      #expect(answer(calls.match(.number(Int64(id))))?.context == id * 3)
    }
    #expect(calls.count == 0)
  }
}
