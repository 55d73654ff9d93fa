import BacktestEngine
import BuiltInStrategies
import JSONRPC
import StrategyKit
import StrategyProtocol
import StrategyServer
import Testing
import TradingModel
import WireText

/// What the server answers to single messages.
@Suite struct SessionTests {
  private static let hello =
    #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"1.0","host":{"name":"test"}}}"#

  private static func start(
    _ mode: String = "lockstep", bars: Int = 5, parameters: String = "{}", symbols: String = #"[{"symbol":"ACME"}]"#
  ) -> String {
    """
    {"jsonrpc":"2.0","id":2,"method":"run/start","params":{"run_id":"r","mode":"\(mode)","symbols":\(symbols),\
    "time_unit":"ms","fields":["open","high","low","close","volume"],"timestamp":"open","start":0,"end":4,\
    "bars_total":\(bars),"parameters":\(parameters),"seed":1,"account":{"currency":"USD","initial_cash":1000,"leverage":1},\
    "execution":{"profile":"compat","fill_at":"next_open","commission":null,"spread":0,"margin":1,"hedging":false,\
    "exclusive_orders":false,"finalize_trades":false},"order_types":["market"],"unknown":{"x":1}}}
    """
  }

  private static func bar(_ index: Int, _ close: Double, _ more: String = "", run: String = "r") -> String {
    """
    {"jsonrpc":"2.0","id":\(100 + index),"method":"bar/next","params":{"run_id":"\(run)","index":\(index),\
    "time":\(index),"bars":{"ACME":[\(close),\(close),\(close),\(close),null]}\(more)}}
    """
  }

  /// Sends lines to a fresh session; returns everything it wrote.
  private func converse(_ lines: [String]) throws -> [String] { try converse(SMACross.self, .prices, lines) }

  private func converse(
    _ type: any NamedStrategy.Type, _ needs: StrategyNeeds, _ lines: [String]
  ) throws -> [String] {
    let written = Written()
    let session = StrategySession(type, needs) { written.lines.append(String(decoding: $0, as: UTF8.self)) }
    for line in lines {
      let bytes = Array(line.utf8)
      if try !bytes.withUnsafeBufferPointer({ try session.handle($0) }) { written.lines.append("goodbye\n") }
    }
    for line in written.lines { #expect(line.hasSuffix("\n") && line.dropLast().allSatisfy { $0 != "\n" }) }
    return written.lines.map { String($0.dropLast()) }
  }

  private final class Written {
    var lines: [String] = []
  }

  private func code(of line: String?) throws -> Int? {
    try JSONValue(parsing: line ?? "null")["error"]?["code"]?.intValue
  }

  @Test func theStrategyIntroducesItself() throws {
    let answer = try #require(try converse([Self.hello]).first)
    let result = try #require(try WireValue(JSONValue(parsing: answer))["result"])
    let response = try result.decode(InitializeResponse.self)
    #expect(response.protocolVersion == "1.0")
    #expect(response.strategy.name == "sma_cross")
    #expect(response.capabilities?.modes == ["lockstep", "preload", "streamed", "vectorized"])
    #expect(response.capabilities?.needsAccount == false)
    #expect(response.parameters?["properties"]?["n2"]?["default"] == .int(20))
    let account = try #require(try converse(LaBomba.self, .account, [Self.hello]).first)
    #expect(account.contains(#""modes":["lockstep","preload"],"needs_account":true,"needs_events":true"#))
  }

  @Test(arguments: [
    (-32_700, #"{"jsonrpc":"2.0""#), (-32_700, "NaN"), (-32_600, "[]"), (-32_600, #"{"id":1,"method":"shutdown"}"#),
    (-32_602, #"{"jsonrpc":"2.0","id":1,"method":"shutdown","params":[]}"#),
    (-32_601, #"{"jsonrpc":"2.0","id":1,"method":"no/such","params":{}}"#), (1001, bar(0, 1)), (1001, start()),
    (1002, #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"99.0"}}"#),
    (1002, #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocol_version":"one"}}"#),
    (-32_602, #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}"#),
  ])
  func aMessageThatCannotBeServedIsAnsweredWithItsError(_ expected: Int, _ line: String) throws {
    let lines = try converse([line])
    #expect(lines.count == 1)
    #expect(try code(of: lines.first) == expected)
  }

  @Test(arguments: [
    (1003, hello), (3001, bar(0, 1)), (1004, start("streamed")), (-32_602, start("backwards")),
    (1004, start(symbols: #"[{"symbol":"A"},{"symbol":"B"}]"#)), (4004, start(parameters: #"{"n1":0}"#)),
    (4004, start(parameters: #"{"n1":"3"}"#)), (4004, start(parameters: #"{"n3":1}"#)),
    (4004, start(parameters: #"{"n1":[1]}"#)), (-32_602, #"{"jsonrpc":"2.0","id":1,"method":"run/start","params":{}}"#),
  ])
  func aRequestThatDoesNotFitTheStrategyIsRefused(_ expected: Int, _ line: String) throws {
    let lines = try converse(SMACross.self, .account, [Self.hello, line])
    #expect(try code(of: lines.last) == expected)
  }

  @Test func aWrongParameterIsNamed() throws {
    let lines = try converse([Self.hello, Self.start(parameters: #"{"n1":2,"a/b":1}"#)])
    #expect(lines.last?.contains(#""pointer":"/a~1b""#) == true)
  }

  @Test func notificationsAreNotAnsweredAndExitEnds() throws {
    let lines = try converse([
      #"{"jsonrpc":"2.0","method":"initialized","params":{}}"#,
      #"{"jsonrpc":"2.0","method":"no/such","params":{"id":4}}"#,
      #"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":4}}"#,
      #"{"jsonrpc":"2.0","id":"se\"ven","method":"shutdown","params":{}}"#,
      #"{"jsonrpc":"2.0","id":9007199254740991,"method":"shutdown","params":{}}"#,
      #"{"jsonrpc":"2.0","method":"exit","params":{}}"#,
    ])
    #expect(
      lines == [
        #"{"jsonrpc":"2.0","id":"se\"ven","result":{}}"#, #"{"jsonrpc":"2.0","id":9007199254740991,"result":{}}"#,
        "goodbye",
      ])
  }

  @Test func aCrossingClosesAndEntersInTheOtherDirection() throws {
    let closes: [Double] = [10, 9, 11, 11, 12, 8]
    let lines = try converse(
      [Self.hello, Self.start(bars: 6, parameters: #"{"n1":1,"n2":2}"#)]
        + closes.enumerated().map { Self.bar($0.offset, $0.element, $0.offset < 2 ? #","warmup":true"# : "") })
    #expect(lines[1] == #"{"jsonrpc":"2.0","id":2,"result":{"mode":"lockstep","warmup_bars":2}}"#)
    #expect(lines[2...3].allSatisfy { $0.hasSuffix(#""result":{}}"#) })
    #expect(lines[4].hasSuffix(#""result":{"actions":[{"do":"close"},{"do":"order","side":"buy"}]}}"#))
    // A tie is no crossing.
    #expect(lines[6].hasSuffix(#""result":{}}"#))
    #expect(lines[7].hasSuffix(#""result":{"actions":[{"do":"close"},{"do":"order","side":"sell"}]}}"#))
  }

  @Test func aThrownErrorFailsTheRunAndLeavesTheProcessAlive() throws {
    let lines = try converse(
      Thrower.self, .account,
      [
        Self.hello, Self.start(), Self.bar(0, 10, #","warmup":true"#), Self.bar(1, 11), Self.bar(2, 12),
        #"{"jsonrpc":"2.0","id":7,"method":"run/end","params":{"run_id":"r","reason":"failed"}}"#, Self.start(),
      ])
    let error = try JSONValue(parsing: lines[3])["error"]
    #expect(error?["code"]?.intValue == 2005)
    #expect(error?["message"]?.stringValue == "cannot go on at 11.0")
    #expect(error?["data"]?["traceback"]?.stringValue?.hasPrefix("at bar 1 (") == true)
    #expect(try code(of: lines[4]) == -32_600)
    #expect(lines[5] == #"{"jsonrpc":"2.0","id":7,"result":{}}"#)
    #expect(lines[6].contains(#""result":{"mode":"lockstep""#))
  }

  @Test func readingAnAccountThatIsNotSentIsAnErrorAndNotAZero() throws {
    let lines = try converse(
      BuyAndHold.self, .prices, [Self.hello, Self.start(), Self.bar(0, 10, #","warmup":true"#), Self.bar(1, 11)])
    #expect(try code(of: lines.last) == 2005)
    #expect(lines.last?.contains("serve it with needs: .account") == true)
  }

  @Test func ordersOfTheWarmUpAreToldAndExpectedToBeRefused() throws {
    let lines = try converse(
      Eager.self, .account, [Self.hello, Self.start(), Self.bar(0, 10, #","warmup":true"#), Self.bar(1, 11)])
    #expect(lines[2].hasSuffix(#""result":{"actions":[{"do":"order","side":"buy"}],"annotations":{"orders":0}}}"#))
    #expect(lines[3].hasSuffix(#""result":{"actions":[{"do":"order","side":"buy"}],"annotations":{"orders":1}}}"#))
  }

  @Test func annotationsOfAChunkAreListsWithNullForMissingValues() throws {
    let rows = (0..<4).map { "[\($0 + 1),\($0 + 1),\($0 + 1),\($0 + 1),1]" }.joined(separator: ",")
    let chunk = """
      {"jsonrpc":"2.0","id":5,"method":"bars/next","params":{"run_id":"r","first_index":0,"count":4,"times":[0,1,2,3],\
      "bars":{"ACME":[\(rows)]}}}
      """
    let lines = try converse(Annotator.self, .prices, [Self.hello, Self.start("streamed"), chunk])
    #expect(
      lines.last
        == #"{"jsonrpc":"2.0","id":5,"result":{"actions":[{"bar_index":2,"do":"order","side":"sell"}],"#
        + #""annotations":{"even":[null,null,3,null],"always":[null,2,3,4]}}}"#)
  }

  @Test func rowsThatDoNotFitTheRunAreRefused() throws {
    func load(_ offset: Int, _ count: Int, total: Int = 5, symbol: String = "ACME", last: Bool = false) -> String {
      let data = (0..<count).map { "\(offset + $0 + 1)" }.joined(separator: ",")
      let columns = ["time", "open", "high", "low", "close", "volume"].map {
        #""\#($0)":{"encoding":"json","dtype":"f64","count":\#(count),"data":[\#(data)]}"#
      }.joined(separator: ",")
      return """
        {"jsonrpc":"2.0","id":3,"method":"series/load","params":{"run_id":"r","symbol":"\(symbol)","offset":\(offset),\
        "count":\(count),"rows_total":\(total),"columns":{\(columns)}\(last ? #","last":true"# : "")}}
        """
    }
    func ask(_ index: Int) -> String {
      #"{"jsonrpc":"2.0","id":9,"method":"bar/next","params":{"run_id":"r","index":\#(index),"time":0}}"#
    }
    let begin = [Self.hello, Self.start("preload", parameters: #"{"n1":1,"n2":2}"#)]
    for wrong in [load(1, 2), load(0, 3, total: 6), load(0, 2, symbol: "B"), load(0, 4, last: true), ask(2)] {
      #expect(try code(of: converse(begin + [wrong]).last) == -32_602)
    }
    let lines = try converse(begin + [load(0, 2), load(2, 3, last: true), ask(2), ask(2), ask(5), ask(4)])
    #expect(lines[1] == #"{"jsonrpc":"2.0","id":2,"result":{"mode":"preload"}}"#)
    #expect(lines[3] == #"{"jsonrpc":"2.0","id":3,"result":{"received":3,"warmup_bars":2}}"#)
    #expect(lines[4] == #"{"jsonrpc":"2.0","id":9,"result":{}}"#)
    // A bar that was asked about already, one beyond the end, and one that leaves a bar out.
    #expect(try code(of: lines[5]) == -32_602)
    #expect(try code(of: lines[6]) == -32_602)
    #expect(lines[7] == #"{"jsonrpc":"2.0","id":9,"result":{}}"#)
  }

  @Test func warningsAreLogMessagesAheadOfTheAnswer() throws {
    let lines = try converse(
      Eager.self, .account, [Self.hello, Self.start(), Self.bar(0, 10, #","warmup":true"#), Self.bar(1, 7)])
    #expect(lines[3] == #"{"jsonrpc":"2.0","method":"log/message","params":{"level":"warning","message":"a \"7\""}}"#)
    #expect(lines[4].contains(#""id":101"#))
  }
}

/// Throws on the first bar it decides on.
private struct Thrower: NamedStrategy {
  static let descriptor = StrategyDescriptor(name: "thrower", summary: "Throws.")
  init(parameters: ParameterValues) {}
  mutating func next(_ context: inout StrategyContext) throws {
    throw ParameterError.impossible("cannot go on at \(context.close)")
  }
}

/// Buys on every bar, warm-up or not.
private struct Eager: NamedStrategy {
  static let descriptor = StrategyDescriptor(name: "eager", summary: "Buys.")
  init(parameters: ParameterValues) {}
  mutating func warmUp(_ context: inout StrategyContext) { buy(&context) }
  mutating func next(_ context: inout StrategyContext) { buy(&context) }

  private func buy(_ context: inout StrategyContext) {
    context.buy()
    context.broker.annotate("orders", Double(context.broker.pendingOrders.count))
    if context.close == 7 { context.broker.warn("a \"7\"") }
  }
}

/// Notes values, some of them missing.
private struct Annotator: NamedStrategy {
  static let descriptor = StrategyDescriptor(name: "annotator", summary: "Notes values.")
  init(parameters: ParameterValues) {}
  mutating func next(_ context: inout StrategyContext) {
    context.broker.annotate("even", context.index % 2 == 0 ? context.close : .nan)
    context.broker.annotate("always", context.close)
    if context.index == 2 { context.sell() }
  }
}
