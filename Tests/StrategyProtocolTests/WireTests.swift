import Foundation
import StrategyProtocol
import Testing

/// Trees, and reading and writing messages through them.
@Suite struct WireTests {
  @Test(arguments: [
    (1.0, "1"), (-3, "-3"), (0, "0"), (-0.0, "-0.0"), (0.1, "0.1"), (9_007_199_254_740_992, "9007199254740992"),
    (1e16, "1e+16"), (102.60000000000001, "102.60000000000001"),
  ])
  func numbersAreWrittenShortAndWholeOnesWithoutFraction(_ number: Double, _ text: String) throws {
    #expect(try WireTree(.encoding(number)).text() == text)
    let read = try #require(try WireTree(text).value.number)
    #expect(read == number && read.sign == number.sign)
  }

  @Test(arguments: [Double.nan, .infinity, -.infinity])
  func noNumberIsRefusedAtItsPlace(_ number: Double) throws {
    let state = AccountState(cash: 1, equity: number)
    let request = BarNextRequest(runID: "r", index: 0, time: 0, account: state)
    #expect {
      try WireValue.encoding(request)
    } throws: { error in
      (error as? WireError)?.pointer == "/account/equity"
    }
  }

  @Test(arguments: [
    ("5", "", "must be a name or path, or an object with a command, received a number"),
    ("[]", "", "must be a name or path, or an object with a command, received an array"),
    (#"{"command":5}"#, "/command", "must be an array, received a number"),
  ])
  func aStrategyIsNamedOrStarted(text: String, pointer: String, problem: String) throws {
    #expect(throws: WireError(pointer: pointer, problem: problem)) {
      try WireTree(text).value.decode(StrategySelector.self)
    }
  }

  @Test func membersKeepTheirOrder() throws {
    let names = (0..<200).map { "s\(199 - $0)" }
    let map = OrderedMap(names.map { OrderedMap<Int>.Entry($0, 1) })
    let tree = try WireValue.encoding(map)
    #expect(tree.members?.map(\.key) == names)
    #expect(try tree.decode(OrderedMap<Int>.self).keys == names)
    // A type that asks for its members by name finds them in any order and number.
    let large = WireValue.object(
      names.map { .init($0, .int(1)) } + [.init("cash", .int(5)), .init("equity", .double(6.5))])
    #expect(try large.decode(AccountState.self) == AccountState(cash: 5, equity: 6.5))
  }

  @Test func unknownMembersAreIgnored() throws {
    let value = try WireTree(#"{"mode":"lockstep","x":[1,{"y":null}],"warmup_bars":3}"#).value
    #expect(try value.decode(RunStartResponse.self) == RunStartResponse(mode: .lockstep, warmupBars: 3))
  }

  @Test(arguments: [
    (#"{"a/b":{"~":1}}"#, "/a~1b/~0", "must be a string, received a number"),
    (#"{"x":{"y":null}}"#, "/x/y", "must be a string, received null"),
    (#"{"x":[]}"#, "/x", "must be an object, received an array"),
  ])
  func faultsAreNamedByPointer(_ text: String, _ pointer: String, _ problem: String) throws {
    let value = try WireTree(text).value
    #expect(throws: WireError(pointer: pointer, problem: problem)) {
      try value.decode(OrderedMap<OrderedMap<String>>.self)
    }
  }

  @Test func wholeNumbersAreReadInEitherSpelling() throws {
    #expect(try WireTree("20.0").value.decode(Int.self) == 20)
    #expect(throws: WireError.self) { try WireTree("20.5").value.decode(Int.self) }
    #expect(throws: WireError.self) { try WireTree("1e300").value.decode(Int.self) }
    #expect(throws: WireError.self) { try WireTree("300").value.decode(UInt8.self) }
  }

  /// The types are ordinary `Codable` ones, so that any coder reads and writes them.
  @Test func foundationReadsTheSameMessages() throws {
    for line in try ProtocolFiles.lines("v1/examples/strategy/run-start.jsonl") {
      let message = try WireTree(line)
      guard let params = message["params"] else { continue }
      var request = try JSONDecoder().decode(RunStartRequest.self, from: Data(try params.text().utf8))
      let expected = try params.value.decode(RunStartRequest.self)
      // Foundation does not keep the order of members, which only free objects feel.
      #expect(
        request.parameters.members?.sorted { $0.key < $1.key }
          == expected.parameters.members?.sorted { $0.key < $1.key })
      request.parameters = expected.parameters
      #expect(request == expected)
    }
    let action = Data(#"{"do":"amend","trade_id":1,"stop_loss":null}"#.utf8)
    #expect(try JSONDecoder().decode(Action.self, from: action) == .amend(AmendAction(tradeID: 1, stopLoss: .clear)))
    let options = try JSONDecoder().decode(WireValue.self, from: Data(#"[1,2.5,"a",true,null,{"k":[]}]"#.utf8))
    let expected: WireValue = .array([
      .int(1), .double(2.5), "a", .bool(true), .null, .object([.init("k", .array([]))]),
    ])
    #expect(options == expected)
    #expect(try JSONDecoder().decode(WireValue.self, from: JSONEncoder().encode(options)) == expected)
  }

  @Test func errorsOfFoundationBecomeTheSamePlace() throws {
    do {
      _ = try JSONDecoder().decode(BarNextResponse.self, from: Data(#"{"actions":[{"do":"order"}]}"#.utf8))
      Issue.record("an order without side was read")
    } catch let error as DecodingError {
      #expect(WireError(error).pointer == "/actions/0")
      #expect(WireError(error).problem.contains("side"))
    }
  }

  @Test func errorDataOfAnyFormKeepsTheError() throws {
    for data in [#""text""#, "[1]", "7", "null", #"{"hint":5}"#] {
      let error = try WireTree(#"{"code":2005,"message":"m","data":\#(data)}"#).value.decode(ErrorObject.self)
      #expect(error.known == .strategyError && error.message == "m" && error.data == nil)
    }
  }
}
