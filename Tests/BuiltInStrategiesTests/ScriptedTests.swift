import BuiltInStrategies
import Foundation
import StrategyKit
import Testing
import TradingModel

struct ScriptedTests {
  static func order(_ id: OrderID, _ role: PendingOrder.Role) -> PendingOrder {
    PendingOrder(
      id: id, role: role, instrument: 0, side: .buy, size: .units(1), limit: nil, stop: nil, stopLoss: nil,
      takeProfit: nil, tag: nil, clientOrderID: nil, tradeID: nil)
  }

  static func trade(_ id: TradeID, _ size: Double) -> OpenTrade {
    OpenTrade(id: id, instrument: 0, size: size, entryPrice: 9, entryIndex: 1)
  }

  /// Writes a script, makes a strategy of it and removes the file.
  static func strategy(_ script: String) throws -> Scripted {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent("script-\(UUID().uuidString).json")
    try Data(script.utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try make(Scripted.self, [("script", .string(file.path))])
  }

  @Test func performsActionsOnTheirBarInTheirOrder() throws {
    let strategy = try Self.strategy(
      """
      [{"bar": 3, "op": "sell"}, {"bar": 0, "op": "buy"}, {"bar": 99, "op": "buy"}, {"bar": 3, "op": "buy"},
       {"bar": 1, "op": "buy"}, {"bar": -4, "op": "sell"}]
      """)
    #expect(try requests(of: strategy, over: [1, 2, 3, 4, 5]) == [[], ["buy"], [], ["sell", "buy"], []])
  }

  @Test func pricesAreMultiplesOfTheClose() throws {
    let broker = RecordingBroker()
    let strategy = try Self.strategy(
      """
      [{"bar": 1, "op": "buy", "size": 0.123, "limit": 0.98, "stop": 1.01, "sl": 0.9, "tp": 1.3, "tag": "t1"},
       {"bar": 1, "op": "sell", "size": 12, "sl": 1.07, "limit": null, "tp": 0},
       {"bar": 2, "op": "sell", "size": 3.0, "index": 4}]
      """)
    _ = try requests(of: strategy, over: [1, 7.1, 3], broker: broker)
    #expect(
      broker.placed == [
        OrderRequest(
          .buy, size: .fraction(0.123), limit: 7.1 * 0.98, stop: 7.1 * 1.01, stopLoss: 7.1 * 0.9, takeProfit: 7.1 * 1.3,
          tag: "t1"),
        OrderRequest(.sell, size: .units(12), stopLoss: 7.1 * 1.07),
        OrderRequest(.sell, size: .units(3)),
      ])
  }

  @Test func closesPositionsAndTradesInParts() throws {
    let script = """
      [{"bar": 1, "op": "close"}, {"bar": 1, "op": "close", "portion": 0.25},
       {"bar": 1, "op": "close_trade", "index": 3}, {"bar": 1, "op": "close_trade", "index": -1, "portion": 0.5}]
      """
    #expect(try requests(of: Self.strategy(script), over: [1, 2])[1] == [])
    let broker = RecordingBroker()
    broker.openTrades = [Self.trade(4, 1), Self.trade(6, -1)]
    #expect(
      try requests(of: Self.strategy(script), over: [1, 2], broker: broker)[1] == [
        "close position 1.0", "close position 0.25", "close trade 6 1.0", "close trade 6 0.5",
      ])
  }

  @Test func cancelsAmongOrdersThatAreNotBrackets() throws {
    let broker = RecordingBroker()
    broker.pendingOrders = [
      Self.order(1, .close), Self.order(2, .stopLoss), Self.order(3, .entry), Self.order(4, .takeProfit),
      Self.order(5, .entry),
    ]
    let script = """
      [{"bar": 1, "op": "cancel", "index": 0}, {"bar": 1, "op": "cancel", "index": 1},
       {"bar": 1, "op": "cancel", "index": 5}]
      """
    #expect(
      try requests(of: Self.strategy(script), over: [1, 2], broker: broker)[1] == ["cancel 1", "cancel 3", "cancel 5"])
    broker.pendingOrders = [Self.order(2, .stopLoss)]
    #expect(try requests(of: Self.strategy(script), over: [1, 2], broker: broker)[1] == [])
  }

  @Test func movesBracketsToTheSideTheTradeNeeds() throws {
    let broker = RecordingBroker()
    broker.openTrades = [Self.trade(4, 1), Self.trade(6, -1)]
    let script = """
      [{"bar": 1, "op": "set_sl", "index": 0, "below": 0.5, "above": 2},
       {"bar": 1, "op": "set_sl", "index": 1, "below": 0.5, "above": 2},
       {"bar": 1, "op": "set_tp", "index": 0, "below": 0.5, "above": 2},
       {"bar": 1, "op": "set_tp", "index": 1, "below": 0.5, "above": 2},
       {"bar": 1, "op": "clear_sl", "index": 9}]
      """
    #expect(
      try requests(of: Self.strategy(script), over: [1, 10], broker: broker)[1] == [
        "stop loss of 4 to 5.0", "stop loss of 6 to 20.0", "take profit of 4 to 20.0", "take profit of 6 to 5.0",
        "stop loss of 6 to none",
      ])
    #expect(try requests(of: Self.strategy(script), over: [1, 10])[1] == [])
  }

  @Test func missingSideFailsOnlyWhenATradeNeedsIt() throws {
    let script = #"[{"bar": 1, "op": "clear_sl", "index": 0}, {"bar": 1, "op": "set_sl", "index": 0, "below": 0.5}]"#
    let broker = RecordingBroker()
    broker.openTrades = [Self.trade(4, 1)]
    #expect(try requests(of: Self.strategy(script), over: [1, 10], broker: broker)[1].last == "stop loss of 4 to 5.0")
    broker.openTrades = [Self.trade(4, -1)]
    let error = #expect(throws: ScriptError.self) {
      try requests(of: Self.strategy(script), over: [1, 10], broker: broker)
    }
    #expect(error?.description == "The script: /1/above is missing; the trade on bar 1 is on the side that needs it.")
  }

  @Test(arguments: [
    ("[]x", " is not valid JSON; `python3 -m json.tool FILE` names the place."),
    ("", " is not valid JSON; `python3 -m json.tool FILE` names the place."),
    ("[{\"bar\": 1, \"op\": \"buy\"", " is not valid JSON; `python3 -m json.tool FILE` names the place."),
    ("{\"bar\": 1}", " must be a JSON array of actions."), ("3", " must be a JSON array of actions."),
    ("[3]", ": /0 must be an object such as {\"bar\": 5, \"op\": \"buy\"}."),
    ("[null]", ": /0 must be an object such as {\"bar\": 5, \"op\": \"buy\"}."),
    ("[{\"bar\": 1, \"op\": \"buy\"}, []]", ": /1 must be an object such as {\"bar\": 5, \"op\": \"buy\"}."),
    ("[{\"op\": \"buy\"}]", ": /0/bar is missing; it must be a whole number."),
    ("[{\"bar\": 1.5, \"op\": \"buy\"}]", ": /0/bar must be a whole number."),
    ("[{\"bar\": 1e300, \"op\": \"buy\"}]", ": /0/bar must be a whole number."),
    ("[{\"bar\": \"1\", \"op\": \"buy\"}]", ": /0/bar must be a whole number."),
    ("[{\"bar\": true, \"op\": \"buy\"}]", ": /0/bar must be a whole number."),
    ("[{\"bar\": 1}]", ": /0/op is missing; it must be a text."),
    ("[{\"bar\": 1, \"op\": 4}]", ": /0/op must be a text."),
    (
      "[{\"bar\": 1, \"op\": \"buys\"}]",
      ": /0/op was \"buys\" (did you mean buy?); it must be one of buy, sell, close, close_trade, cancel, set_sl, set_tp, clear_sl."
    ),
    ("[{\"bar\": 1, \"op\": \"buy\", \"size\": \"2\"}]", ": /0/size must be a number."),
    ("[{\"bar\": 1, \"op\": \"buy\", \"sl\": false}]", ": /0/sl must be a number."),
    ("[{\"bar\": 1, \"op\": \"buy\", \"tag\": 4}]", ": /0/tag must be a text."),
    ("[{\"bar\": 1, \"op\": \"close\", \"portion\": []}]", ": /0/portion must be a number."),
    ("[{\"bar\": 1, \"op\": \"cancel\"}]", ": /0/index is missing; it must be a whole number."),
    ("[{\"bar\": 1, \"op\": \"close_trade\", \"index\": null}]", ": /0/index is missing; it must be a whole number."),
    (
      "[{\"bar\": 1, \"op\": \"set_sl\", \"index\": 0}]",
      ": /0 needs below (the new price of long trades' sl and short trades' tp) or above, or both."
    ),
    (
      "[{\"bar\": 1, \"op\": \"buy\", \"slp\": 0.9, \"zz\": 1}]",
      ": /0/slp is not a key of an action (did you mean sl?); "
        + "the keys are bar, op, size, limit, stop, sl, tp, tag, portion, index, below, above."
    ),
  ])
  func badScriptNamesTheElement(_ script: String, _ expected: String) throws {
    let error = #expect(throws: ParameterError.self) { try Self.strategy(script) }
    let sentence = try #require(error?.description)
    #expect(sentence.hasPrefix("The script /"))
    #expect(sentence.components(separatedBy: ".json").last == expected, "\(sentence)")
  }

  @Test func emptyScriptDoesNothing() throws {
    #expect(try requests(of: Self.strategy("[]"), over: [1, 2, 3]) == [[], [], []])
  }

  @Test(arguments: [
    ("/nowhere/at all.json", "The script /nowhere/at all.json cannot be read: there is no such file."),
    ("/dev/zero", "The script /dev/zero cannot be read: it is not a file."),
    ("/", "The script / cannot be read: it is not a file."),
  ])
  func unreadableFileIsNamed(_ path: String, _ expected: String) {
    let error = #expect(throws: ParameterError.self) { try make(Scripted.self, [("script", .string(path))]) }
    #expect(error?.description == expected)
  }

  @Test func malformedBytesNeverTrap() throws {
    let good = Array(#"[{"bar": 1, "op": "buy", "size": 0.5, "tag": "a\u00e9"}, {"bar": 2, "op": "close"}]"#.utf8)
    for position in good.indices {
      for byte in [UInt8(0), 0xFF, UInt8(ascii: "\""), UInt8(ascii: "]"), UInt8(ascii: "9")] {
        var bytes = good
        bytes[position] = byte
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("script-\(UUID().uuidString).json")
        try Data(bytes).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        do { _ = try make(Scripted.self, [("script", .string(file.path))]) } catch is ParameterError {}
      }
    }
  }
}
