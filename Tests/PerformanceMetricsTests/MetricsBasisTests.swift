import PerformanceMetrics
import Testing
import TradingModel

struct MetricsBasisTests {
  private func series(_ count: Int, spacing: EpochMilliseconds, _ source: inout SplitMix) throws -> BarSeries {
    var price = 100.0
    return try BarSeries(
      (0..<count).map { row in
        price *= Double.random(in: 0.8...1.24, using: &source)
        return Bar(time: EpochMilliseconds(row) * spacing, open: price, high: price, low: price, close: price)
      })
  }

  private func run(_ series: BarSeries, bars: Int, _ source: inout SplitMix) -> BacktestRun {
    var value = 1000.0
    let equity = (0..<bars).map { _ in
      value *= Bool.random(using: &source) ? 1 : Double.random(in: 0.85...1.17, using: &source)
      return value
    }
    let trades = stride(from: 1, to: max(1, bars - 3), by: 3).map { row in
      Trade(
        id: row, instrument: 0, size: 2, entryIndex: row, exitIndex: row + 2, entryTime: series.times[row],
        exitTime: series.times[row + 2], entryPrice: 100, exitPrice: 101,
        pnl: Double.random(in: -5...5, using: &source),
        returnFraction: Double.random(in: -0.2...0.2, using: &source), commission: 1)
    }
    return BacktestRun(
      instruments: [], times: Array(series.times[..<bars]), equity: equity, trades: trades, openTrades: [],
      orderEvents: [], commissions: 12, warmUpIndex: min(4, max(0, bars - 1)))
  }

  @Test(arguments: [60_000, 3_600_000, day, 7 * day, 31 * day])
  func sharedBasisGivesTheSameMetricsToTheBit(_ spacing: EpochMilliseconds) throws {
    var source = SplitMix(seed: UInt64(spacing))
    for count in [1, 2, 3, 5, 128, 129, 130, 1000, 4001] {
      let series = try series(count, spacing: spacing, &source)
      let basis = MetricsBasis(series)
      for bars in Set([count, max(1, count / 2)]) {
        for profile in [ExecutionProfile.compat, .strict] {
          let run = run(series, bars: bars, &source)
          let shared = PerformanceMetrics(run, market: basis, profile: profile)
          #expect(shared == PerformanceMetrics(run, closes: series.close, profile: profile), "\(count), \(bars)")
          if bars > 4 { #expect(shared.beta != nil && shared.tradeCount == run.trades.count) }
        }
      }
    }
  }

  @Test func basisOfNoBarsGivesNoAccountMetrics() throws {
    let series = try BarSeries([Bar]())
    let run = BacktestRun(
      instruments: [], times: [], equity: [], trades: [], openTrades: [], orderEvents: [], commissions: 0,
      warmUpIndex: 0)
    let metrics = PerformanceMetrics(run, market: MetricsBasis(series), profile: .compat)
    #expect(metrics.finalEquity == nil && metrics.beta == nil && metrics.tradeCount == 0)
  }
}
