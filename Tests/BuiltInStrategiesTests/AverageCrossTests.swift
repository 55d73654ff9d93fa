import BuiltInStrategies
import StrategyKit
import Testing
import TradingModel

struct AverageCrossTests {
  // SMA(1) is the close. Over these closes SMA(3) is - - 8 7 7 8 8.67 7.33 6: the close crosses it at 4 and 7.
  static let closes = [9.0, 8, 7, 6, 8, 10, 8, 4, 6]

  @Test func simpleCrossTurnsThePositionOver() throws {
    let strategy = try make(SMACross.self, [("n1", .integer(1)), ("n2", .integer(3))])
    let requests = try requests(of: strategy, over: Self.closes)
    #expect(requests[4] == ["close position 1.0", "buy"])
    #expect(requests[6] == ["close position 1.0", "sell"])
    #expect(requests.enumerated().allSatisfy { $0.element.isEmpty || $0.offset == 4 || $0.offset == 6 })
  }

  @Test func simpleCrossBuysWithAllBuyingPower() throws {
    let broker = RecordingBroker()
    let strategy = try make(SMACross.self, [("n1", .integer(1)), ("n2", .integer(3))])
    _ = try requests(of: strategy, over: Self.closes, broker: broker)
    #expect(broker.placed == [OrderRequest(.buy), OrderRequest(.sell)])
  }

  @Test func crossingInTheWarmUpIsNotTraded() throws {
    // With n2 = 5 the first decision falls on bar 5; the close crosses on bar 4 already.
    let strategy = try make(SMACross.self, [("n1", .integer(1)), ("n2", .integer(4))])
    #expect(try requests(of: strategy, over: [9, 8, 7, 6, 9, 9, 9]).allSatisfy { $0 == [] || $0.count == 2 })
    let late = try make(SMACross.self, [("n1", .integer(1)), ("n2", .integer(5))])
    #expect(try requests(of: late, over: [9, 8, 7, 6, 9, 9, 9, 9]).allSatisfy(\.isEmpty))
  }

  @Test func equalPeriodsNeverCross() throws {
    let strategy = try make(SMACross.self, [("n1", .integer(3)), ("n2", .integer(3))])
    #expect(try requests(of: strategy, over: Self.closes).allSatisfy(\.isEmpty))
  }

  @Test func exponentialCrossFollowsItsOwnAverages() throws {
    let strategy = try make(EMACross.self, [("n1", .integer(1)), ("n2", .integer(3))])
    // EMA(3), alpha 1/2: 9 8.5 7.75 6.875 7.44 8.72 8.36 6.18 6.09; the close is above it on bars 4 and 5 only.
    let requests = try requests(of: strategy, over: Self.closes)
    #expect(requests[4] == ["close position 1.0", "buy"])
    #expect(requests[6] == ["close position 1.0", "sell"])
    #expect(requests.joined().count == 4)
  }

  @Test func lookBacksAreThePeriods() throws {
    var simple = try make(SMACross.self)
    var exponential = try make(EMACross.self)
    let run = RunDescription(
      instruments: [Instrument(symbol: "X")], series: [try bars([1])], settings: ExecutionSettings(), seed: 0)
    #expect(simple.prepare(run) == [10, 20])
    #expect(exponential.prepare(run) == [10, 20])
    var macd = try make(MACDCross.self)
    #expect(macd.prepare(run) == [26, 34])
    var rsi = try make(RSIReversion.self)
    #expect(rsi.prepare(run) == [15])
  }
}
