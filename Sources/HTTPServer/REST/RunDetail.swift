import BacktestService
import JSONRPC
import RunStore
import TradingModel

/// A stored run with everything it produced, and its prices where they can still be had.
struct RunDetail {
  private let record: RunRecord
  private let result: RunResult
  private let bars: StoredBars

  /// Reads it; blocks its thread.
  ///
  /// - Throws: `RunStoreError`.
  init(_ id: RunID, in store: SQLiteRunStore) throws {
    record = try store.record(id)
    result = try store.result(of: id)
    bars = StoredBars.load(record)
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    record.writeSummary(to: &writer, isListed: false)
    record.writeDetails(to: &writer)
    writer.key("equity_chart")
    writer.beginObject()
    writer.key("dates")
    writer.value(result.equity.times)
    writer.key("equity")
    writer.value(result.equity.equity, nonFinite: .null)
    writer.endObject()
    writePrices(to: &writer)
    writer.key("trades")
    writer.beginArray()
    for trade in result.trades { trade.write(to: &writer, symbol: symbol(trade.instrument)) }
    writer.endArray()
    writer.key("open_trades")
    writer.beginArray()
    for trade in result.openTrades {
      trade.write(to: &writer, symbol: symbol(trade.instrument), times: result.equity.times)
    }
    writer.endArray()
    writer.key("order_events")
    writer.beginArray()
    for event in result.orderEvents { event.write(to: &writer, symbol: symbol(event.instrument)) }
    writer.endArray()
    writer.key("annotations")
    writer.beginArray()
    for annotation in result.annotations {
      writer.beginObject()
      writer.field("name", annotation.name)
      writer.key("values")
      writer.value(annotation.values, nonFinite: .null)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
  }

  private func writePrices(to writer: inout JSONWriter) {
    writer.key("price_chart")
    guard case .loaded(let bars) = bars else {
      writer.null()
      writer.key("price_chart_missing")
      if case .unavailable(let sentence) = self.bars { writer.value(sentence) } else { writer.null() }
      return
    }
    writer.beginObject()
    writer.key("dates")
    writer.value(bars.times)
    for (name, column) in [("open", bars.open), ("high", bars.high), ("low", bars.low), ("close", bars.close)] {
      writer.key(name)
      writer.value(column, nonFinite: .null)
    }
    let (long, short) = EntrySignals.series(
      trades: result.trades, openTrades: result.openTrades, count: bars.count)
    writer.key("buy_signals")
    writer.value(long, nonFinite: .null)
    writer.key("sell_signals")
    writer.value(short, nonFinite: .null)
    writer.key("overlays")
    writer.beginArray()
    for overlay in IndicatorOverlay.of(record, annotations: result.annotations, bars: bars) {
      writer.beginObject()
      writer.field("name", overlay.name)
      writer.field("pane", overlay.pane.rawValue)
      writer.key("values")
      writer.value(overlay.values, nonFinite: .null)
      writer.endObject()
    }
    writer.endArray()
    writer.endObject()
    writer.key("price_chart_missing")
    writer.null()
  }

  private func symbol(_ instrument: InstrumentIndex) -> String {
    record.instruments.indices.contains(instrument) ? record.instruments[instrument].symbol : record.ticker
  }
}
