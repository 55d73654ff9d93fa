import BacktestService
import JSONRPC
import PerformanceMetrics
import StrategyKit
import TradingModel

/// A finished run in the form of the older backend's answer, with `run_id`, `trades` and `warnings` added.
struct BacktestReply {
  /// The members of `metrics` in the older backend's order.
  private static let metrics = ["total_return_pct", "cagr_pct", "sharpe", "max_drawdown_pct", "trades", "winrate_pct"]

  let report: BacktestReport

  /// Writes the answer: metrics with two decimals and 0 where undefined, series with one element per bar and null where
  /// there is none.
  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("metrics")
    writer.beginObject()
    let values = report.metrics.values
    for name in Self.metrics {
      let value = values.first { $0.key == name }?.value.flatMap { $0.isFinite ? $0 : nil } ?? 0
      writer.key(name)
      writer.value(value.roundedToCents)
    }
    writer.endObject()
    writePrices(to: &writer)
    writer.key("equity_chart")
    writer.beginObject()
    writer.key("dates")
    writer.value(report.run.times)
    writer.key("equity")
    writer.value(report.run.equity, nonFinite: .null)
    writer.endObject()
    writer.key("run_id")
    if let id = report.runID { writer.value(id) } else { writer.null() }
    writer.key("trades")
    writer.beginArray()
    for trade in report.run.trades { trade.write(to: &writer, symbol: report.request.symbol) }
    writer.endArray()
    writer.key("warnings")
    writer.beginArray()
    for warning in report.warnings { writer.value(warning) }
    if let failure = report.saveFailure { writer.value(failure) }
    writer.endArray()
    writer.endObject()
  }

  private func writePrices(to writer: inout JSONWriter) {
    let bars = report.bars
    let averages = overlays
    writer.key("price_chart")
    writer.beginObject()
    writer.key("dates")
    writer.value(bars.times)
    writer.key("close")
    writer.value(bars.close, nonFinite: .null)
    writer.key("sma1")
    writer.value(averages.first ?? [], nonFinite: .null)
    writer.key("sma2")
    writer.value(averages.dropFirst().first ?? [], nonFinite: .null)
    let (long, short) = EntrySignals.series(
      trades: report.run.trades, openTrades: report.run.openTrades, count: bars.count)
    writer.key("buy_signals")
    writer.value(long, nonFinite: .null)
    writer.key("sell_signals")
    writer.value(short, nonFinite: .null)
    writer.endObject()
  }

  /// The lines drawn over the prices: those the strategy noted, else the averages a built-in strategy follows.
  private var overlays: [[Double]] {
    if report.run.annotations.isEmpty {
      let parameters = report.request.parameters
      return IndicatorOverlay.builtIn(
        strategy: report.request.strategy, parameter: { parameters[$0]?.number }, closes: report.bars.close
      ).filter { $0.pane == .price }.map(\.values)
    }
    return report.run.annotations.filter { note in
      note.name.uppercased().hasPrefix("SMA") || note.name.uppercased().hasPrefix("EMA")
    }.map { note in
      note.values + [Double](repeating: .nan, count: max(0, report.bars.count - note.values.count))
    }
  }
}

/// Entries of trades as series with one value per bar.
enum EntrySignals {
  /// The entry prices of long and of short trades on the bars they were entered on, NaN elsewhere; of several on one bar
  /// the first counts.
  static func series(
    trades: [Trade], openTrades: [OpenTrade], count: Int
  ) -> (long: [Double], short: [Double]) {
    var long = [Double](repeating: .nan, count: count)
    var short = long
    func note(_ index: Int, _ price: Double, isLong: Bool) {
      guard index >= 0, index < count else { return }
      if isLong, long[index].isNaN { long[index] = price }
      if !isLong, short[index].isNaN { short[index] = price }
    }
    for trade in trades { note(trade.entryIndex, trade.entryPrice, isLong: trade.size > 0) }
    for trade in openTrades { note(trade.entryIndex, trade.entryPrice, isLong: trade.isLong) }
    return (long, short)
  }
}
