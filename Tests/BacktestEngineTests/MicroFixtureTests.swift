import BacktestEngine
import StrategyKit
import TestSupport
import Testing
import TradingModel

/// The reference engine's behaviour in one corner each; the numbers are those of the semantics page, found with the
/// reference itself. "Placed at 1" means decided after bar 1.
struct MicroFixtureTests {
  func run(
    _ bars: BarSeries, _ settings: ExecutionSettings, _ actions: KeyValuePairs<Int, ScheduledStrategy.Action>
  ) throws -> BacktestRun {
    var strategy = ScheduledStrategy(actions)
    return try BacktestEngine(instruments: [Instrument(symbol: "F")], series: [bars], settings: settings)
      .run(&strategy)
  }

  let account = ExecutionSettings(cash: 1000)

  @Test func finalizedTradeExitsAtTheLastOpen() throws {
    var settings = account
    settings.finalizeTrades = true
    let run = try run(flatBars(), settings, [1: { $0.buy(size: .units(1)) }])
    let trade = try #require(run.trades.first)
    #expect(run.trades.count == 1)
    #expect((trade.entryIndex, trade.entryPrice) == (2, 10))
    #expect((trade.exitIndex, trade.exitPrice) == (5, 10))
  }

  @Test func tradeOnCloseFillsOnTheBarBefore() throws {
    var settings = account
    settings.finalizeTrades = true
    settings.tradeOnClose = true
    let run = try run(
      flatBars([4: (10, 13, 9, 12)]), settings, [1: { $0.buy(size: .units(1)) }])
    let trade = try #require(run.trades.first)
    #expect((trade.entryIndex, trade.entryPrice) == (1, 10))
    #expect((trade.exitIndex, trade.exitPrice) == (4, 12))
  }

  @Test func allBuyingPowerLosesOneUnitOnAnExactDivision() throws {
    let run = try run(flatBars(), account, [1: { $0.buy() }])
    #expect(run.openTrades.map(\.size) == [99])
  }

  @Test(arguments: [(false, 13.0), (true, 12.0)])
  func stopEntryFillsAtAGapUnlessTradeOnCloseIgnoresIt(tradeOnClose: Bool, price: Double) throws {
    var settings = account
    settings.tradeOnClose = tradeOnClose
    let run = try run(
      flatBars([2: (13, 14, 12.5, 13)]), settings, [1: { $0.buy(size: .units(1), stop: 12) }])
    #expect(run.openTrades.map(\.entryPrice) == [price])
  }

  @Test func stopLimitBeyondItsStopFillsAtTheStopOutsideTheBar() throws {
    let bars = try flatBars([2: (12.5, 14, 12.3, 13)])
    let action: ScheduledStrategy.Action = { $0.buy(size: .units(1), limit: 13, stop: 12) }
    #expect(try run(bars, account, [1: action]).openTrades.map(\.entryPrice) == [12])
    var strict = account
    strict.profile = .strict
    #expect(try run(bars, strict, [1: action]).openTrades.map(\.entryPrice) == [12.5])
  }

  static let stopLimitBars: [Int: (open: Double, high: Double, low: Double, close: Double)] = [
    2: (11.5, 14, 10, 12), 3: (10.5, 12, 10, 11),
  ]

  @Test func stopLimitBelowItsStopWaitsABarAsALimit() throws {
    let run = try run(
      flatBars(Self.stopLimitBars), account, [1: { $0.buy(size: .units(1), limit: 11, stop: 12) }])
    #expect(run.openTrades.map(\.entryIndex) == [3])
    #expect(run.openTrades.map(\.entryPrice) == [10.5])
  }

  @Test func unrelatedBracketedEntryGivesAStopLimitASecondLook() throws {
    let actions: KeyValuePairs<Int, ScheduledStrategy.Action> = [
      1: { context in
        context.buy(size: .units(1), limit: 11, stop: 12)
        context.buy(size: .units(1), stopLoss: 5)
      }
    ]
    let compat = try run(flatBars(Self.stopLimitBars), account, actions)
    #expect(compat.openTrades.map(\.entryIndex) == [2, 2])
    #expect(compat.openTrades.map(\.entryPrice) == [11.5, 11])
    var strict = account
    strict.profile = .strict
    #expect(try run(flatBars(Self.stopLimitBars), strict, actions).openTrades.map(\.entryIndex) == [2, 3])
  }

  @Test func stopLossWinsOverTakeProfitOnTheBarOfEntry() throws {
    let run = try run(
      flatBars(), account, [1: { $0.buy(size: .units(1), stopLoss: 9.5, takeProfit: 10.5) }])
    let trade = try #require(run.trades.first)
    #expect((trade.entryIndex, trade.exitIndex, trade.exitPrice) == (2, 2, 9.5))
    #expect((trade.stopLoss, trade.takeProfit) == (9.5, 10.5))
  }

  @Test(arguments: [(14.0, 14.0), (7.0, 7.0)])
  func bracketsFillAtAGap(open: Double, exit: Double) throws {
    let run = try run(
      flatBars([3: (open, open + 1, open - 1, open)]), account,
      [1: { $0.buy(size: .units(1), stopLoss: 8, takeProfit: 12) }])
    let trade = try #require(run.trades.first)
    #expect((trade.exitIndex, trade.exitPrice) == (3, exit))
  }

  @Test func bracketsOfALimitEntryWaitForTheNextBar() throws {
    let run = try run(
      flatBars([3: (10, 11, 9.4, 10)]), account, [1: { $0.buy(size: .units(1), limit: 9.5, stopLoss: 9.2) }])
    let trade = try #require(run.trades.first)
    #expect((trade.entryIndex, trade.entryPrice) == (2, 9.5))
    #expect((trade.exitIndex, trade.exitPrice) == (4, 9.2))
    #expect(run.warnings.contains { $0.contains("brackets act from the next bar on") })
  }

  @Test(arguments: [(20.0, 100.0), (10.0, 95.0)])
  func compatSizesLookAheadToTheCloseOfTheFillBar(close: Double, units: Double) throws {
    var settings = account
    settings.margin = 0.5
    let bars = try flatBars(close == 20 ? [3: (10, 20, 9, 20)] : [:])
    let actions: KeyValuePairs<Int, ScheduledStrategy.Action> = [
      1: { $0.buy(size: .units(10)) }, 2: { $0.buy(size: .fraction(0.5)) },
    ]
    #expect(try run(bars, settings, actions).openTrades.map(\.size) == [10, units])
    settings.profile = .strict
    #expect(try run(bars, settings, actions).openTrades.map(\.size) == [10, 95])
  }

  @Test(arguments: [(20.0, -35.0), (10.0, -45.0)])
  func compatSizesOfShortsLookAheadToo(close: Double, units: Double) throws {
    let bars = try flatBars(close == 20 ? [3: (10, 20, 9, 20)] : [:])
    let actions: KeyValuePairs<Int, ScheduledStrategy.Action> = [
      1: { $0.sell(size: .units(10)) }, 2: { $0.sell(size: .fraction(0.5)) },
    ]
    #expect(try run(bars, account, actions).openTrades.map(\.size) == [-10, units])
    var strict = account
    strict.profile = .strict
    #expect(try run(bars, strict, actions).openTrades.map(\.size) == [-10, -45])
  }

  @Test func oppositeOrdersNetFirstInFirstOut() throws {
    var settings = account
    settings.spread = 0.01
    let run = try run(
      flatBars(), settings,
      [1: { $0.buy(size: .units(10)) }, 2: { $0.sell(size: .units(4)) }, 3: { $0.sell(size: .units(10)) }])
    #expect(run.trades.map(\.size) == [4, 6])
    #expect(run.trades.map(\.entryPrice) == [10.1, 10.1])
    #expect(run.trades.map(\.exitPrice) == [10, 10])
    #expect(run.openTrades.map(\.size) == [-4])
    #expect(run.openTrades.map(\.entryPrice) == [9.9])
  }

  @Test func tooLargeAReversalStillFlattensTheBook() throws {
    let run = try run(
      flatBars(), account, [1: { $0.buy(size: .units(10)) }, 2: { $0.sell(size: .units(1000)) }])
    #expect(run.trades.map(\.size) == [10])
    #expect(run.openTrades.isEmpty)
    let rejection = try #require(run.orderEvents.first { $0.kind == .rejected })
    #expect(rejection.reason == .insufficientMargin(required: 9900, available: 1000))
  }

  @Test func halfClosesRoundHalfToEven() throws {
    let run = try run(
      flatBars(), account,
      [
        1: { $0.buy(size: .units(5)) }, 2: { $0.closePosition(portion: 0.5) }, 3: { $0.closePosition(portion: 0.5) },
      ])
    #expect(run.trades.map(\.size) == [2, 2])
    #expect(run.openTrades.map(\.size) == [1])
  }

  @Test func closingThePositionRecordsTheNewestTradeFirst() throws {
    let run = try run(
      flatBars(), account,
      [
        1: { context in for units in [1.0, 2, 3] { context.buy(size: .units(units)) } },
        2: { $0.closePosition() },
      ])
    #expect(run.trades.map(\.size) == [3, 2, 1])
  }

  @Test func ruinSetsEquityToZeroAndRecordsEverySecondTrade() throws {
    var settings = ExecutionSettings(cash: 100)
    settings.margin = 0.1
    let actions: KeyValuePairs<Int, ScheduledStrategy.Action> = [
      1: { context in for _ in 0..<4 { context.buy(size: .units(20)) } }
    ]
    let bars = try flatBars([3: (10, 11, 1, 1)])
    let compat = try run(bars, settings, actions)
    #expect(compat.equity == [100, 100, 100, 0, 0, 0])
    #expect(compat.trades.count == 2)
    #expect(compat.ruinIndex == 3)
    settings.profile = .strict
    #expect(try run(bars, settings, actions).trades.count == 4)
  }

  @Test func commissionIsTakenOnBothEndsAndSpreadOnEntry() throws {
    var settings = account
    settings.spread = 0.01
    settings.commission = .rate(0.01)
    let run = try run(
      flatBars(), settings, [1: { $0.sell(size: .units(10)) }, 2: { $0.closePosition() }])
    let trade = try #require(run.trades.first)
    #expect((trade.entryPrice, trade.exitPrice) == (9.9, 10))
    #expect(abs(trade.commission - 1.99) < 1e-12)
    #expect(abs(trade.pnl + 2.99) < 1e-12)
  }

  @Test func fixedCommissionCountsOncePerUnitWhenSizing() throws {
    var settings = account
    settings.commission = .fixedAndRate(fixed: 100, rate: 0.01)
    #expect(try run(flatBars(), settings, [1: { $0.buy() }]).openTrades.map(\.size) == [9])
  }

  @Test(arguments: [(0.0, 1), (0.001, 0)])
  func orderWorthAllTheCashPassesOnlyWithoutCommission(rate: Double, trades: Int) throws {
    var settings = account
    settings.commission = .rate(rate)
    #expect(try run(flatBars(), settings, [1: { $0.buy(size: .units(100)) }]).openTrades.count == trades)
  }

  @Test func relativeSizesAreResolvedInQueueOrder() throws {
    let run = try run(
      flatBars(), account,
      [
        1: { context in
          context.buy(size: .fraction(0.5), limit: 9.5)
          context.buy(size: .fraction(0.5))
        }
      ])
    #expect(run.openTrades.map(\.size) == [52, 25])
    #expect(run.openTrades.map(\.entryPrice) == [9.5, 10])
  }

  @Test func entryPlacedOnTheLastBarFillsWhenFinalizing() throws {
    var settings = account
    settings.finalizeTrades = true
    let actions: KeyValuePairs<Int, ScheduledStrategy.Action> = [5: { $0.buy(size: .units(7)) }]
    let bars = try flatBars([5: (12, 16, 11, 15)])
    #expect(try run(bars, settings, actions).equity.last == 1021)
    settings.profile = .strict
    #expect(try run(bars, settings, actions).equity.last == 1000)
  }

  @Test func oppositePendingEntryActsBeforeAYoungerTakeProfit() throws {
    let run = try run(
      flatBars([3: (10, 13, 9, 12)]), account,
      [
        1: { context in
          context.sell(size: .units(1), limit: 11.5)
          context.buy(size: .units(1), takeProfit: 12)
        }
      ])
    #expect(run.trades.map(\.exitPrice) == [11.5])
  }

  @Test func everySecondOrderSurvivesExclusivity() throws {
    var settings = account
    settings.exclusiveOrders = true
    let actions: KeyValuePairs<Int, ScheduledStrategy.Action> = [
      1: { $0.buy(size: .units(1)) },
      2: { context in
        context.buy(size: .units(2))
        context.buy(size: .units(3))
      },
    ]
    #expect(try run(flatBars(), settings, actions).openTrades.map(\.size) == [2, 3])
    settings.profile = .strict
    #expect(try run(flatBars(), settings, actions).openTrades.map(\.size) == [3])
  }

  /// Found with the reference: it takes any limit and stop other than 0, and only a stop-loss or take-profit must be a price.
  @Test func negativeLimitsAndStopsAreTakenAsTheyAre() throws {
    let actions: KeyValuePairs<Int, ScheduledStrategy.Action> = [
      1: { context in
        context.buy(size: .units(1), limit: -1)
        context.buy(size: .units(2), stop: -1)
        context.buy(size: .units(3), limit: -2, stop: -1)
        context.sell(size: .units(4), stop: -1)
      },
      3: { $0.sell(size: .units(5), limit: -1) },
    ]
    var settings = account
    settings.hedging = true
    let compat = try run(flatBars([2: (10.5, 11, 9, 10), 4: (9.5, 11, 9, 10)]), settings, actions)
    #expect(compat.openTrades.map(\.size) == [2, -5])
    #expect(compat.openTrades.map(\.entryPrice) == [10.5, 9.5])
    #expect(compat.orderEvents.filter { $0.kind == .expired }.map(\.orderID) == [1, 3, 4])
    settings.profile = .strict
    let strict = try run(flatBars(), settings, actions)
    #expect(strict.openTrades.isEmpty)
    #expect(strict.orderEvents.compactMap(\.reason?.code) == [String](repeating: "invalid_price", count: 5))
  }

  @Test func refusedRequestsAreEventsAndChangeNothing() throws {
    let run = try run(
      flatBars(), account,
      [
        1: { context in
          context.buy(size: .units(1.5))
          context.buy(size: .fraction(1))
          context.buy(stopLoss: 11)
          context.sell(takeProfit: 11)
          context.buy(limit: .nan)
          context.buy(stop: 0)
          context.buy(stopLoss: -1)
          context.cancel(77)
          context.setStopLoss(of: 5, to: 9)
          context.close(5)
        }
      ])
    #expect(
      run.orderEvents.compactMap(\.reason?.code) == [
        "invalid_size", "invalid_size", "invalid_bracket", "invalid_bracket", "invalid_price", "invalid_price",
        "invalid_price", "unknown_order", "unknown_trade", "unknown_trade",
      ])
    #expect(run.equity == [Double](repeating: 1000, count: 6))
  }
}
