import JSONRPC
import StrategyProtocol
import Testing
import TradingModel
import WireText

@testable import PluginHost

/// The scanner of answers beside the message types, on the examples of the specification.
struct ActionScannerTests {
  static let symbols = SymbolTable(["ACME", "BOLT"])
  static let single = SymbolTable(["ACME"])

  static func scan(_ text: String, _ scanner: ActionScanner) throws -> BarAnswer {
    var answer = BarAnswer()
    try text.withBytes { try scanner.scan($0, into: &answer) }
    // The one-pass reading agrees with the other.
    var again = BarAnswer()
    let isRead = try "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\(text)}".withBytes { line in
      try JSONRPCEnvelope.readResult(of: 1, in: line) { result throws(JSONScanError) in
        try scanner.readResult(&result, into: &again)
      }
    }
    #expect(isRead)
    #expect("\(again)" == "\(answer)")
    return answer
  }

  @Test(arguments: ["actions", "bar-next", "bars-next", "series-evaluate", "events"])
  func everyExampleGivesWhatTheMessageTypesGive(file: String) throws {
    let isList = file == "bars-next" || file == "series-evaluate"
    let scanner = ActionScanner(symbols: Self.single, annotationForm: isList ? .list : .value)
    let results = try Examples.results("strategy/\(file)")
    #expect(!results.isEmpty)
    for text in results {
      let answer = try Self.scan(text, scanner)
      let value = WireValue(try JSONValue(parsing: text))
      let actions =
        isList
        ? try value.decode(SeriesEvaluateResponse.self).actions : try value.decode(BarNextResponse.self).actions
      #expect(answer.actions.count == actions?.count ?? 0, "\(text)")
      for (entry, action) in zip(answer.actions, actions ?? []) {
        #expect(entry.barIndex == action.barIndex)
        #expect("\(entry.action)" == "\(Self.expected(action, Self.single))", "\(text)")
      }
    }
  }

  /// What the message types make of an action.
  private static func expected(_ action: Action, _ symbols: SymbolTable) -> PluginAction {
    switch action {
    case .order(let order):
      do { return .order(try order.request(symbols)) } catch ActionRefusal.broker(.invalidSize) {
        // Sizes are left to the broker, which knows the same rule.
        return .order(
          OrderRequest(
            Side(order.side), size: order.quantity.map { .units($0) } ?? .fraction(order.fraction ?? .nan),
            limit: order.limitPrice, stop: order.stopPrice, stopLoss: order.stopLoss, takeProfit: order.takeProfit,
            tag: order.tag, clientOrderID: order.clientOrderID))
      } catch { return .refused(OrderRequest(.sell), error.reason) }
    case .cancel(let cancel):
      return cancel.orderID.map { .cancelOrder($0) } ?? .cancelNamed(cancel.clientOrderID ?? "")
    case .close(let close):
      if let trade = close.tradeID { return .close(trade, portion: close.portion ?? 1) }
      return .closePosition(instrument: 0, portion: close.portion ?? 1)
    case .amend(let amend):
      func price(_ change: AmendAction.Change) -> Double?? {
        switch change {
        case .unchanged: nil
        case .clear: .some(nil)
        case .move(let price): .some(price)
        }
      }
      return .amend(amend.tradeID, stopLoss: price(amend.stopLoss), takeProfit: price(amend.takeProfit))
    }
  }

  @Test(
    arguments: try Examples.lines("invalid/strategy").filter {
      $0.contains("\"answers\":\"bar/next\"") || $0.contains("\"answers\":\"bars/next\"")
    })
  func everyInvalidExampleIsRefusedAtItsPlace(line: String) throws {
    let item = try JSONValue(parsing: line)
    let isList = item["answers"]?.stringValue == "bars/next"
    let scanner = ActionScanner(symbols: Self.single, annotationForm: isList ? .list : .value)
    let text = try #require(try item["message"]?["result"]?.text())
    let failure = #expect(throws: PluginFailure.self, "\(item["why"]?.stringValue ?? "")") {
      try Self.scan(text, scanner)
    }
    #expect(failure?.kind == .protocolError)
    let pointer = item["pointer"]?.stringValue
    // What is no object at all is refused by the session before.
    if text.hasPrefix("{") { #expect(failure?.pointer == pointer, "\(failure?.message ?? "")") }
  }

  @Test(arguments: [
    (#"{"actions":[{"do":"order","side":"buy","symbol":"ACME","type":"trailing_stop"}]}"#, "unsupported"),
    (#"{"actions":[{"do":"order","side":"buy","trail_amount":1}]}"#, "unsupported"),
    (#"{"actions":[{"do":"order","side":"buy","oco_group":"a"}]}"#, "unsupported"),
    (#"{"actions":[{"do":"order","side":"buy","time_in_force":"day"}]}"#, "unsupported"),
    (#"{"actions":[{"do":"order","side":"buy","reduce_only":true}]}"#, "unsupported"),
    (#"{"actions":[{"do":"order","side":"buy","symbol":"ACME","type":"limit"}]}"#, "unsupported"),
    (#"{"actions":[{"do":"order","side":"buy","symbol":"NONE"}]}"#, "unknown_instrument"),
    (#"{"actions":[{"do":"order","side":"buy"}]}"#, "unknown_instrument"),
    (#"{"actions":[{"do":"close"}]}"#, "unknown_instrument"),
    (#"{"actions":[{"do":"order","side":"buy","symbol":"BOLT","quantity":1,"fraction":0.5}]}"#, "invalid_size"),
    (#"{"actions":[{"do":"cancel","client_order_id":"nobody"}]}"#, "unknown_order"),
  ])
  func whatTheHostCannotDoIsARejectedOrder(text: String, code: String) throws {
    let answer = try Self.scan(text, ActionScanner(symbols: Self.symbols))
    let broker = StubBroker()
    for entry in answer.actions { entry.action.perform(on: broker) }
    #expect(broker.requests == ["refused \(code)"])
  }

  @Test func actionsArePerformedInTheirOrder() throws {
    let text = """
      {"actions":[{"do":"close","portion":0.5},{"do":"order","side":"buy","fraction":1,"time_in_force":"gtc"},
      {"do":"order","side":"sell","quantity":2,"type":null,"limit_price":null},{"do":"cancel","client_order_id":"known"},
      {"do":"cancel","order_id":7},{"do":"close","trade_id":3},{"do":"amend","trade_id":3,"take_profit":12,"stop_loss":null}],
      "annotations":{"SMA":1.5,"none":null}}
      """.replacing("\n", with: "")
    let answer = try Self.scan(text, ActionScanner(symbols: Self.single))
    let broker = StubBroker()
    for entry in answer.actions { entry.action.perform(on: broker) }
    #expect(
      broker.requests == [
        "close position 0.5", "buy \(OrderSize.all)", "sell \(OrderSize.units(2))", "cancel 9", "cancel 7",
        "close trade 3 1.0", "stop-loss of 3 to none", "take-profit of 3 to 12.0",
      ])
    #expect(answer.annotations.map(\.name) == ["SMA"])
  }

  @Test func anAnswerReplacesThePreviousOne() throws {
    var answer = BarAnswer()
    let scanner = ActionScanner(symbols: Self.single)
    try #"{"actions":[{"do":"close"}],"annotations":{"a":1}}"#.withBytes { try scanner.scan($0, into: &answer) }
    #expect(answer.actions.count == 1)
    try "{}".withBytes { try scanner.scan($0, into: &answer) }
    #expect(answer.actions.isEmpty && answer.annotations.isEmpty)
  }

  @Test func theLastOfTwoMembersCounts() throws {
    let answer = try Self.scan(
      #"{"actions":[{"do":"close"}],"actions":[{"do":"order","side":"buy","side":"sell"}]}"#,
      ActionScanner(symbols: Self.single))
    #expect(answer.actions.count == 1)
    guard case .order(let request) = answer.actions[0].action else {
      Issue.record("\(answer)")
      return
    }
    #expect(request.side == .sell)
  }
}
