import BuiltInStrategies
import StrategyKit
import Testing
import TradingModel

struct LaBombaTests {
  static func strategy(_ more: [(String, ParameterValue)] = []) throws -> LaBomba {
    try make(LaBomba.self, [("n1", .integer(1)), ("n2", .integer(3))] + more)
  }

  static func trade(_ size: Double, entry: Double, stop: Double?) -> OpenTrade {
    OpenTrade(id: 7, instrument: 0, size: size, entryPrice: entry, entryIndex: 1, stopLoss: stop)
  }

  @Test func entersWithBrackets() throws {
    let broker = RecordingBroker()
    _ = try requests(of: Self.strategy(), over: AverageCrossTests.closes, broker: broker)
    #expect(
      broker.placed == [
        OrderRequest(.buy, stopLoss: 8 * (1 - 0.01), takeProfit: 8 * (1 + 0.02)),
        OrderRequest(.sell, stopLoss: 8 * (1 + 0.01), takeProfit: 8 * (1 - 0.02)),
      ])
  }

  @Test func doesNotEnterWhileSomethingIsHeld() throws {
    let broker = RecordingBroker()
    broker.openTrades = [Self.trade(5, entry: 1000, stop: 900)]
    #expect(try requests(of: Self.strategy(), over: AverageCrossTests.closes, broker: broker).allSatisfy(\.isEmpty))
  }

  @Test(arguments: [
    (5.0, 100.0, 99.0, 101.0, true), (5, 100, 99, 100.9, false), (5, 100, 100, 105, false),
    (-5, 101, 102, 100, true), (-5, 100, 101, 99.5, false), (-5, 100, 100, 90, false),
  ])
  func movesTheStopToTheEntryOnceItGainedEnough(
    _ size: Double, _ entry: Double, _ stop: Double, _ close: Double, _ moves: Bool
  ) throws {
    let broker = RecordingBroker()
    broker.openTrades = [Self.trade(size, entry: entry, stop: stop)]
    let requests = try requests(of: Self.strategy(), over: [close, close, close, close], broker: broker)
    #expect(requests[3] == (moves ? ["stop loss of 7 to \(entry)"] : []))
  }

  @Test func tradeWithoutStopIsLeftAlone() throws {
    let broker = RecordingBroker()
    broker.openTrades = [Self.trade(5, entry: 1, stop: nil)]
    #expect(try requests(of: Self.strategy(), over: [9, 9, 9, 9], broker: broker).allSatisfy(\.isEmpty))
  }
}
