import Foundation
import PerformanceMetrics
import Testing
import TradingModel

/// Profile compat against the reference engine: every trade in every field, equity at every bar, every metric.
struct ParityTests {
  static let files = [
    "edge.jsonl", "full.jsonl", "scripted-1.jsonl", "scripted-2.jsonl", "strategy-1.jsonl", "strategy-2.jsonl",
  ]

  @Test(arguments: files)
  func agreesWithTheReference(file: String) throws {
    let cases = try GoldenCase.load(file)
    #expect(cases.count > 10)
    for golden in cases {
      let bars = try golden.bars()
      let run = try golden.run(on: bars)
      let differences =
        tradeDifferences(golden, run) + equityDifferences(golden, run) + metricDifferences(golden, run, bars)
      #expect(differences.isEmpty, "\(golden.id): \(differences.prefix(3).joined(separator: "; "))")
      let refused = run.orderEvents.count { $0.kind == .rejected && $0.orderID == 0 }
      #expect(refused == golden.rejected, "\(golden.id): refused requests")
    }
  }

  private func tradeDifferences(_ golden: GoldenCase, _ run: BacktestRun) -> [String] {
    if golden.trades.count != run.trades.count {
      return ["\(run.trades.count) trades instead of \(golden.trades.count)"]
    }
    var differences: [String] = []
    for (number, (expected, trade)) in zip(golden.trades, run.trades).enumerated() {
      let actual: [(String, Double?)] = [
        ("size", trade.size), ("entry bar", Double(trade.entryIndex)), ("exit bar", Double(trade.exitIndex)),
        ("entry price", trade.entryPrice), ("exit price", trade.exitPrice), ("pnl", trade.pnl),
        ("return", trade.returnFraction * 100), ("commission", trade.commission), ("stop-loss", trade.stopLoss),
        ("take-profit", trade.takeProfit), ("entry time", Double(trade.entryTime)),
        ("exit time", Double(trade.exitTime)),
      ]
      for (column, (name, value)) in actual.enumerated() where !isSame(value, expected[column] as? Double) {
        differences.append("trade \(number) \(name) \(String(describing: value)) instead of \(expected[column])")
      }
      if trade.tag != expected[12] as? String { differences.append("trade \(number) tag") }
    }
    return differences
  }

  private func equityDifferences(_ golden: GoldenCase, _ run: BacktestRun) -> [String] {
    let expected = golden.equity
    if expected.count != run.equity.count { return ["\(run.equity.count) equity points instead of \(expected.count)"] }
    return expected.indices.filter { !isSame(run.equity[$0], expected[$0]) }
      .map { "equity at \($0) \(run.equity[$0]) instead of \(expected[$0])" }
  }

  private func metricDifferences(_ golden: GoldenCase, _ run: BacktestRun, _ bars: BarSeries) -> [String] {
    let metrics = PerformanceMetrics(
      times: run.times, equity: run.equity, closes: bars.close, trades: run.trades, commissions: run.commissions,
      warmUpIndex: run.warmUpIndex, profile: .compat)
    let values = Dictionary(uniqueKeysWithValues: metrics.values.map { ($0.key, $0.value) })
    return Self.metricNames.compactMap { key, name in
      guard let expected = golden.metrics[name] else { return nil }
      let value = values[key] ?? nil
      return isSame(value, expected as? Double) ? nil : "\(key) \(String(describing: value)) instead of \(expected)"
    }
  }

  /// Equal to 1e-9 of the value; both undefined is equal.
  private func isSame(_ value: Double?, _ expected: Double?) -> Bool {
    guard let value, let expected else { return value == nil && expected == nil }
    return abs(value - expected) <= 1e-9 * max(abs(expected), 1e-6)
  }

  static let metricNames: [(key: String, name: String)] = [
    ("start", "Start"), ("end", "End"), ("duration_seconds", "Duration"),
    ("exposure_time_pct", "Exposure Time [%]"), ("equity_final", "Equity Final [$]"),
    ("equity_peak", "Equity Peak [$]"), ("commissions", "Commissions [$]"), ("total_return_pct", "Return [%]"),
    ("buy_and_hold_return_pct", "Buy & Hold Return [%]"), ("annual_return_pct", "Return (Ann.) [%]"),
    ("annual_volatility_pct", "Volatility (Ann.) [%]"), ("cagr_pct", "CAGR [%]"), ("sharpe", "Sharpe Ratio"),
    ("sortino", "Sortino Ratio"), ("calmar", "Calmar Ratio"), ("alpha_pct", "Alpha [%]"), ("beta", "Beta"),
    ("max_drawdown_pct", "Max. Drawdown [%]"), ("avg_drawdown_pct", "Avg. Drawdown [%]"),
    ("max_drawdown_duration_seconds", "Max. Drawdown Duration"),
    ("avg_drawdown_duration_seconds", "Avg. Drawdown Duration"), ("trades", "# Trades"),
    ("winrate_pct", "Win Rate [%]"),
    ("best_trade_pct", "Best Trade [%]"), ("worst_trade_pct", "Worst Trade [%]"), ("avg_trade_pct", "Avg. Trade [%]"),
    ("max_trade_duration_seconds", "Max. Trade Duration"), ("avg_trade_duration_seconds", "Avg. Trade Duration"),
    ("profit_factor", "Profit Factor"), ("expectancy_pct", "Expectancy [%]"), ("sqn", "SQN"),
    ("kelly_criterion", "Kelly Criterion"),
  ]
}
