public import BacktestService
public import JSONRPC
import PerformanceMetrics
import TradingModel

/// The one JSON object a run is shown as.
public enum ReportJSON {
  /// Writes a report: `run_id`, `status`, `request`, `metrics`, `trades`, `open_trades`, `equity`, `order_events`,
  /// `warnings`, `data`, `fingerprint`, `lookahead_check` when the strategy was able to look ahead, and `failure` when the
  /// run failed. Trades are in closing order; undefined numbers are null; no time of day and no duration of the
  /// computation is in it, so the same request gives the same bytes.
  public static func write(_ report: BacktestReport, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("run_id")
    if let id = report.runID { writer.value(id) } else { writer.null() }
    writer.field("status", report.status.rawValue)
    if let failure = report.failure { write(failure, to: &writer) }
    writer.key("request")
    report.request.write(to: &writer)
    writer.key("metrics")
    write(metrics: report.metrics.values, to: &writer)
    writeSeries(
      symbol: report.request.symbol, times: report.run.times, equity: report.run.equity, trades: report.run.trades,
      openTrades: report.run.openTrades, events: report.run.orderEvents, to: &writer)
    writer.key("warnings")
    writer.beginArray()
    for warning in report.warnings { writer.value(warning) }
    writer.endArray()
    writer.key("data")
    writer.beginObject()
    writer.field("source", report.data.source)
    writer.field("bars", report.data.count)
    writer.field("start", report.data.start)
    writer.field("end", report.data.end)
    writer.field("sha256", report.data.sha256)
    writer.endObject()
    if let lookahead = report.lookahead { writer.field("lookahead_check", lookahead.word) }
    writer.field("fingerprint", report.fingerprint)
    writer.endObject()
  }

  /// Writes a run that failed before its first bar: `run_id` null, `status` and `failure`.
  public static func write(notStarted failure: BacktestReport.Failure, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("run_id")
    writer.null()
    writer.field("status", BacktestReport.Status.failed.rawValue)
    write(failure, to: &writer)
    writer.endObject()
  }

  private static func write(_ failure: BacktestReport.Failure, to writer: inout JSONWriter) {
    writer.key("failure")
    writer.beginObject()
    writer.field("kind", failure.kind)
    writer.field("message", failure.message)
    writer.field("fault", ifPresent: failure.fault)
    if let detail = failure.detail { writer.field("detail", detail) }
    writer.endObject()
  }

  /// Writes metrics as an object of numbers and nulls.
  static func write(metrics: [(key: String, value: Double?)], to writer: inout JSONWriter) {
    writer.beginObject()
    for (key, value) in metrics {
      writer.key(key)
      if let value, value.isFinite { writer.value(value) } else { writer.null() }
    }
    writer.endObject()
  }

  /// Writes the members `trades`, `open_trades`, `equity` and `order_events`.
  static func writeSeries(
    symbol: String, times: [EpochMilliseconds], equity: [Double], trades: [Trade], openTrades: [OpenTrade],
    events: some Sequence<OrderEvent>, to writer: inout JSONWriter
  ) {
    writer.key("trades")
    writer.beginArray()
    for trade in trades { write(trade, symbol: symbol, to: &writer) }
    writer.endArray()
    writer.key("open_trades")
    writer.beginArray()
    for trade in openTrades { write(trade, symbol: symbol, times: times, to: &writer) }
    writer.endArray()
    writer.key("equity")
    writer.beginObject()
    writer.key("time")
    writer.beginArray()
    for time in times { writer.value(time) }
    writer.endArray()
    writer.key("equity")
    equity.withUnsafeBufferPointer { writer.value($0, nonFinite: .null) }
    writer.endObject()
    writer.key("order_events")
    writer.beginArray()
    for event in events { write(event, symbol: symbol, to: &writer) }
    writer.endArray()
  }

  private static func write(_ trade: Trade, symbol: String, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("trade_id", trade.id)
    writer.field("size", trade.size)
    writer.field("entry_index", trade.entryIndex)
    writer.field("exit_index", trade.exitIndex)
    writer.field("entry_time", trade.entryTime)
    writer.field("exit_time", trade.exitTime)
    writer.field("entry_price", trade.entryPrice)
    writer.field("exit_price", trade.exitPrice)
    writer.field("pnl", trade.pnl)
    writer.field("return_pct", trade.returnFraction * 100)
    writer.field("commission", trade.commission)
    writer.field("stop_loss", trade.stopLoss)
    writer.field("take_profit", trade.takeProfit)
    writer.key("tag")
    if let tag = trade.tag { writer.value(tag) } else { writer.null() }
    writer.field("symbol", symbol)
    writer.endObject()
  }

  private static func write(
    _ trade: OpenTrade, symbol: String, times: [EpochMilliseconds], to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.field("trade_id", trade.id)
    writer.field("size", trade.size)
    writer.field("entry_index", trade.entryIndex)
    if times.indices.contains(trade.entryIndex) { writer.field("entry_time", times[trade.entryIndex]) }
    writer.field("entry_price", trade.entryPrice)
    writer.field("stop_loss", trade.stopLoss)
    writer.field("take_profit", trade.takeProfit)
    writer.key("tag")
    if let tag = trade.tag { writer.value(tag) } else { writer.null() }
    writer.field("symbol", symbol)
    writer.endObject()
  }

  private static func write(_ event: OrderEvent, symbol: String, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("seq", event.sequence)
    writer.field("kind", event.kind.rawValue)
    writer.field("index", event.index)
    writer.field("time", event.time)
    writer.field("order_id", event.orderID)
    writer.field("client_order_id", ifPresent: event.clientOrderID)
    writer.field("role", event.role.rawValue)
    writer.field("symbol", symbol)
    writer.field("side", event.side.rawValue)
    writer.field("size", event.size.isFinite ? event.size : 0)
    writer.field("price", event.price.flatMap { $0.isFinite ? $0 : nil })
    writer.field("commission", event.commission)
    writer.field("trade_id", ifPresent: event.tradeID)
    if let reason = event.reason {
      writer.key("reason")
      writer.beginObject()
      writer.field("code", reason.code)
      writer.field("message", reason.message)
      writer.endObject()
    }
    writer.endObject()
  }
}
