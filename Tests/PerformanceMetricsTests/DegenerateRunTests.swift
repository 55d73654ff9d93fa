import Foundation
import PerformanceMetrics
import Testing
import TradingModel

struct DegenerateRunTests {
  @Test func runWithoutBarsHasOnlyCounts() {
    let metrics = run([])
    #expect(metrics.values.filter { $0.value != nil }.map(\.key) == ["commissions", "trades"])
    #expect(metrics.tradeCount == 0)
  }

  @Test func oneBarHasNoReturns() {
    let metrics = run([100])
    #expect(metrics.totalReturnPercent == 0)
    #expect(metrics.buyAndHoldReturnPercent == 0)
    #expect(metrics.durationSeconds == 0)
    #expect(metrics.maxDrawdownPercent == 0)
    for key in [
      MetricKey.annualReturnPercent, .annualVolatilityPercent, .cagrPercent, .sharpe, .sortino, .calmar, .alphaPercent,
      .beta, .averageDrawdownPercent, .maxDrawdownDurationSeconds,
    ] { #expect(metrics[key] == nil, "\(key)") }
  }

  @Test func twoBarsHaveAReturnButNoDeviation() {
    let metrics = run([100, 101])
    #expect(isClose(metrics.annualReturnPercent, (pow(1.01, 252) - 1) * 100))
    #expect(metrics.annualVolatilityPercent == nil)
    #expect(metrics.beta == nil)
  }

  @Test func constantEquityHasNoRisk() {
    let metrics = run([100, 100, 100, 100])
    for key in [
      MetricKey.totalReturnPercent, .annualReturnPercent, .annualVolatilityPercent, .cagrPercent, .maxDrawdownPercent,
      .alphaPercent, .beta,
    ] { #expect(metrics[key] == 0, "\(key)") }
    for key in [MetricKey.sharpe, .sortino, .calmar, .averageDrawdownPercent, .averageDrawdownDurationSeconds] {
      #expect(metrics[key] == nil, "\(key)")
    }
    #expect(metrics.maxDrawdownPercent?.sign == .plus)
  }

  @Test func constantPricesHaveNoBeta() {
    let metrics = run([100, 101, 99, 103], closes: [5, 5, 5, 5])
    #expect(metrics.beta == nil)
    #expect(metrics.alphaPercent == nil)
    #expect(metrics.buyAndHoldReturnPercent == 0)
  }

  @Test func growthWithoutSetbackHasNoDownside() {
    let metrics = run([100, 101, 103, 104])
    #expect(metrics.maxDrawdownPercent == 0)
    #expect(metrics.sortino == nil)
    #expect(metrics.calmar == nil)
    #expect(metrics.maxDrawdownDurationSeconds == nil)
    #expect((metrics.sharpe ?? 0) > 0)
  }

  @Test func ruinIsAWholeLoss() {
    let metrics = run([100, 120, 0, 0, 0])
    #expect(metrics.totalReturnPercent == -100)
    #expect(metrics.cagrPercent == -100)
    #expect(metrics.annualReturnPercent == 0)
    #expect(metrics.sharpe == 0)
    #expect(metrics.maxDrawdownPercent == -100)
    #expect(metrics.maxDrawdownDurationSeconds == 3.0 * 86_400)
    #expect(metrics.beta == nil)
    #expect(metrics.alphaPercent == nil)
  }

  @Test func drawdownOnTheLastBarOnly() {
    let compat = run([100, 101, 90])
    #expect(isClose(compat.maxDrawdownPercent, -(1 - 90.0 / 101) * 100))
    #expect(isClose(compat.averageDrawdownPercent, -(1 - 90.0 / 101) * 100))
    // The reference reports the depth in place of the durations here.
    #expect(compat.maxDrawdownDurationSeconds == 1 - 90.0 / 101)
    #expect(compat.averageDrawdownDurationSeconds == 1 - 90.0 / 101)
    let strict = run([100, 101, 90], profile: .strict)
    #expect(strict.maxDrawdownDurationSeconds == 86_400)
    #expect(strict.averageDrawdownDurationSeconds == 86_400)
    #expect(strict.averageDrawdownPercent == compat.averageDrawdownPercent)
  }

  @Test func drawdownOnTheLastBarAfterOthers() {
    let equity = [100.0, 90, 100, 101, 50]
    #expect(isClose(run(equity).averageDrawdownPercent, -10))
    #expect(isClose(run(equity).maxDrawdownPercent, -(1 - 50.0 / 101) * 100))
    #expect(isClose(run(equity, profile: .strict).averageDrawdownPercent, -(10 + (1 - 50.0 / 101) * 100) / 2))
  }

  @Test func unequalColumnsCountTheShortest() {
    #expect(run([100, 101, 90, 95], closes: [1, 2]) == run([100, 101], closes: [1, 2]))
    let short = PerformanceMetrics(
      times: [0], equity: [5, 6], closes: [], trades: [], commissions: 0, warmUpIndex: 3, profile: .compat)
    #expect(short.start == nil)
  }

  @Test func nothingIsEverNaNOrInfinite() {
    var source = SplitMix(seed: 9)
    let odd = [0.0, -0.0, -5, 1e308, -1e308, .leastNonzeroMagnitude, .nan, .infinity, -.infinity, 100, 1]
    for _ in 0..<2000 {
      let count = Int.random(in: 0...6, using: &source)
      let equity = (0..<count).map { _ in odd.randomElement(using: &source) ?? 0 }
      let closes = (0..<count).map { _ in odd.randomElement(using: &source) ?? 0 }
      let trades = (0..<Int.random(in: 0...3, using: &source)).map { _ in
        trade(
          Int.random(in: -2...9, using: &source), Int.random(in: -2...9, using: &source),
          return: odd.randomElement(using: &source) ?? 0, pnl: odd.randomElement(using: &source))
      }
      let extremes: [EpochMilliseconds] = [.min, -1, 0, 1, .max]
      let times: [EpochMilliseconds] =
        Bool.random(using: &source) ? (0..<count).map { Int64($0) * day } : Array(extremes.prefix(count))
      let metrics = run(
        equity, closes: closes, trades: trades, times: times, commissions: odd.randomElement(using: &source) ?? 0,
        warmUpIndex: Int.random(in: -3...9, using: &source), profile: Bool.random(using: &source) ? .compat : .strict)
      for (key, value) in metrics.values where value != nil { #expect(value?.isFinite == true, "\(key)") }
    }
  }
}
