import Foundation
import Testing
import TradingModel

@testable import PerformanceMetrics

struct TradeTests {
  static let equity = [Double](repeating: 100, count: 20)

  @Test func noTradesLeaveStatisticsUndefined() {
    let metrics = run(Self.equity)
    #expect(metrics.tradeCount == 0)
    #expect(metrics.exposureTimePercent == 0)
    for definition in MetricDefinition.all where definition.group == .trades && definition.key != .tradeCount {
      #expect(metrics[definition.key] == nil, "\(definition.key)")
    }
  }

  @Test func allLosses() {
    let metrics = run(Self.equity, trades: [trade(1, 2, return: -0.1), trade(3, 5, return: -0.2)])
    #expect(metrics.winRatePercent == 0)
    #expect(metrics.profitFactor == 0)
    #expect(metrics.kellyCriterion == nil)
    #expect(isClose(metrics.expectancyPercent, -15))
    #expect(isClose(metrics.averageTradePercent, ((0.9 * 0.8).squareRoot() - 1) * 100))
    #expect(isClose(metrics.bestTradePercent, -10))
    #expect(isClose(metrics.worstTradePercent, -20))
    // Mean -15 and sample deviation 10/sqrt(2) in money: sqrt(2) * -15 / 7.07.
    #expect(isClose(metrics.sqn, -3))
  }

  @Test func allWins() {
    let metrics = run(Self.equity, trades: [trade(1, 2, return: 0.1), trade(3, 5, return: 0.2)])
    #expect(metrics.winRatePercent == 100)
    #expect(metrics.profitFactor == nil)
    #expect(metrics.kellyCriterion == nil)
    #expect(isClose(metrics.sqn, 3))
  }

  @Test func oneTradeHasNoQuality() {
    let metrics = run(Self.equity, trades: [trade(1, 2)])
    #expect(metrics.sqn == nil)
    #expect(isClose(metrics.averageTradePercent, 1))
  }

  @Test func equalProfitsHaveNoQuality() {
    #expect(run(Self.equity, trades: [trade(1, 2), trade(3, 4), trade(5, 6)]).sqn == nil)
  }

  @Test func tradesWithoutProfitAreNeitherWinNorLoss() {
    let zero = run(Self.equity, trades: [trade(1, 2, return: 0), trade(3, 4, return: 0)])
    #expect(zero.winRatePercent == 0)
    #expect(zero.expectancyPercent == 0)
    #expect(zero.averageTradePercent == 0)
    #expect(zero.profitFactor == nil)
    let mixed = run(Self.equity, trades: [trade(1, 2, return: 0), trade(3, 4, return: -0.1)])
    #expect(mixed.profitFactor == 0)
  }

  @Test func wholeLossMakesTheGeometricMeanZero() {
    let metrics = run(Self.equity, trades: [trade(1, 2, return: -1), trade(3, 4, return: 0.5)])
    #expect(metrics.averageTradePercent == 0)
  }

  @Test func profitFactorIsInReturnsOrInMoney() {
    let trades = [trade(1, 2, return: 0.2, pnl: 50), trade(3, 4, return: -0.1, pnl: -100)]
    #expect(isClose(run(Self.equity, trades: trades).profitFactor, 2))
    #expect(isClose(run(Self.equity, trades: trades, profile: .strict).profitFactor, 0.5))
  }

  /// The textbook coin: it pays 2 to 1 and comes up 60 % of the time; Kelly's bet is 0.6 - 0.4/2 = 0.4.
  @Test func kellyMatchesTheTextbook() {
    let trades = (0..<10).map { trade($0, $0 + 1, return: $0 < 6 ? 0.2 : -0.1) }
    #expect(isClose(run(Self.equity, trades: trades).kellyCriterion, 0.4))
  }

  @Test func durationsAreFromEntryToExit() {
    let metrics = run(Self.equity, trades: [trade(1, 2), trade(3, 3), trade(4, 9)])
    #expect(metrics.maxTradeDurationSeconds == 5.0 * 86_400)
    #expect(metrics.averageTradeDurationSeconds == 2.0 * 86_400)
    // The mean of 1 and 0 days counts as a whole day.
    #expect(run(Self.equity, trades: [trade(1, 2), trade(3, 3)]).averageTradeDurationSeconds == 86_400)
  }

  @Test func exposureCountsEveryBarOnce() {
    var source = SplitMix(seed: 8)
    for _ in 0..<300 {
      let trades = (0..<Int.random(in: 0...6, using: &source)).map { _ in
        let entry = Int.random(in: 0..<20, using: &source)
        return trade(entry, Int.random(in: entry..<20, using: &source))
      }
      let covered = Set(trades.flatMap { Array($0.entryIndex...$0.exitIndex) }).count
      #expect(Exposure.coveredBars(of: trades, count: 20) == covered)
      #expect(isClose(run(Self.equity, trades: trades).exposureTimePercent, Double(covered) * 5))
    }
  }

  @Test func commissionsPassThrough() {
    #expect(run(Self.equity).commissions == 0)
    #expect(run(Self.equity, commissions: 12.5).commissions == 12.5)
  }
}
