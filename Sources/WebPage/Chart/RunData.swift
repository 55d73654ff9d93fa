import BacktestService
import JSONRPC
public import RunStore
import TradingModel

/// The JSON object the page's scripts draw a run from: what the chart is made of, trades and order events as columns.
public struct RunData {
  /// Where the scripts get the values of single bars.
  public enum Source: Sendable {
    /// From this object.
    case embedded
    /// From windows of the chart at one address; order events are at another, as the object of ``RunData/eventsJSON``.
    case windows(url: String, events: String)
  }

  private let record: RunRecord
  private let result: RunResult
  private let chart: RunChart
  private let source: Source

  /// Above so many bars single precision is enough for a picture.
  private static let longSeries = 20_000

  /// Puts a run's data together.
  public init(_ record: RunRecord, _ result: RunResult, chart: RunChart, source: Source) {
    self.record = record
    self.result = result
    self.chart = chart
    self.source = source
  }

  /// The object's text; safe inside a script element.
  public var json: [UInt8] { text { write(to: &$0) } }

  /// The text of the order events as columns, for a page that fetches them on their own.
  public var eventsJSON: [UInt8] { text { writeEvents(to: &$0) } }

  private func text(_ write: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter(capacity: 1 << 18)
    write(&writer)
    // Nothing here can be refused: columns are packed, and single numbers are checked.
    let bytes = (try? writer.bytes()) ?? Array("{}".utf8)
    guard bytes.contains(UInt8(ascii: "<")) else { return bytes }
    // `<` stands in JSON texts only; written so, no `</script>` ends the element early.
    return Array(
      bytes.split(separator: UInt8(ascii: "<"), omittingEmptySubsequences: false).joined(
        separator: Array("\\u003c".utf8)))
  }

  private func write(to writer: inout JSONWriter) {
    let isShort = chart.count > Self.longSeries
    writer.beginObject()
    writer.field("id", record.id)
    writer.field("symbol", chart.symbol)
    writer.field("count", chart.count)
    if let bars = chart.bars, let cash = chart.equity.first, bars.close.indices.contains(chart.warmUpIndex) {
      // From here the account is compared with holding, as the metrics do.
      writer.key("hold")
      writer.beginObject()
      writer.field("cash", cash)
      writer.field("close", bars.close[chart.warmUpIndex])
      writer.endObject()
    }
    writer.field("hasBars", chart.bars != nil)
    if let first = chart.times.first { writer.field("start", first) }
    if let last = chart.times.last { writer.field("end", last) }
    writer.key("overlays")
    writer.beginArray()
    for overlay in chart.overlays {
      writer.beginObject()
      writer.field("name", overlay.name)
      writer.field("pane", overlay.pane.rawValue)
      if case .embedded = source {
        writer.key("values")
        PackedColumn.write(overlay.values, isShort: isShort, to: &writer)
      }
      writer.endObject()
    }
    writer.endArray()
    switch source {
    case .windows(let url, let events):
      writer.field("windows", url)
      writer.field("eventsAddress", events)
      writer.field("eventCount", result.orderEvents.count)
    case .embedded:
      column("times", chart.times.map { Double($0) }, to: &writer)
      if let bars = chart.bars {
        column("open", bars.open, isShort: isShort, to: &writer)
        column("high", bars.high, isShort: isShort, to: &writer)
        column("low", bars.low, isShort: isShort, to: &writer)
        column("close", bars.close, isShort: isShort, to: &writer)
        column("volume", bars.volume, isShort: true, to: &writer)
      }
      column("equity", chart.equity, isShort: isShort, to: &writer)
    }
    writer.key("trades")
    writeTrades(to: &writer)
    if case .embedded = source {
      writer.key("events")
      writeEvents(to: &writer)
    }
    writer.endObject()
  }

  /// Closed trades, then open ones, which have no exit.
  private func writeTrades(to writer: inout JSONWriter) {
    let (closed, open) = (chart.trades, chart.openTrades)
    let none = [Double](repeating: .nan, count: open.count)
    func time(_ index: Int) -> Double { chart.times.indices.contains(index) ? Double(chart.times[index]) : .nan }
    writer.beginObject()
    writer.field("count", closed.count + open.count)
    // Single precision holds every whole number up to 2^24.
    let hasShortIndexes = chart.count < 1 << 24
    column("id", closed.map { Double($0.id) } + open.map { Double($0.id) }, isShort: hasShortIndexes, to: &writer)
    column("size", closed.map(\.size) + open.map(\.size), to: &writer)
    let entries = closed.map(\.entryIndex) + open.map(\.entryIndex)
    column("entry", entries.map { Double($0) }, isShort: hasShortIndexes, to: &writer)
    column("exit", closed.map { Double($0.exitIndex) } + none, isShort: hasShortIndexes, to: &writer)
    column("entryTime", closed.map { Double($0.entryTime) } + open.map { time($0.entryIndex) }, to: &writer)
    column("exitTime", closed.map { Double($0.exitTime) } + none, to: &writer)
    column("entryPrice", closed.map(\.entryPrice) + open.map(\.entryPrice), to: &writer)
    column("exitPrice", closed.map(\.exitPrice) + none, to: &writer)
    column("pnl", closed.map(\.pnl) + none, to: &writer)
    column("return", closed.map { $0.returnFraction * 100 } + none, to: &writer)
    column("commission", closed.map(\.commission) + none, to: &writer)
    for (name, levels) in [
      ("stopLoss", closed.map(\.stopLoss) + open.map(\.stopLoss)),
      ("takeProfit", closed.map(\.takeProfit) + open.map(\.takeProfit)),
    ] where levels.contains(where: { $0 != nil }) {
      column(name, levels.map { $0 ?? .nan }, to: &writer)
    }
    writer.key("tag")
    PackedColumn.write(closed.map(\.tag) + open.map(\.tag), to: &writer)
    writer.endObject()
  }

  private func writeEvents(to writer: inout JSONWriter) {
    let events = result.orderEvents
    writer.beginObject()
    writer.field("count", events.count)
    column("index", events.map { Double($0.index) }, to: &writer)
    column("time", events.map { Double($0.time) }, to: &writer)
    column("order", events.map { Double($0.orderID) }, to: &writer)
    column("size", events.map(\.size), to: &writer)
    column("price", events.map { $0.price ?? .nan }, to: &writer)
    column("commission", events.map(\.commission), to: &writer)
    column("trade", events.map { $0.tradeID.map { Double($0) } ?? .nan }, to: &writer)
    for (name, texts) in [
      ("kind", events.map { $0.kind.rawValue as String? }), ("role", events.map { $0.role.rawValue }),
      ("side", events.map { $0.side.rawValue }), ("name", events.map(\.clientOrderID)),
      ("reason", events.map { $0.reason?.message }),
    ] {
      writer.key(name)
      PackedColumn.write(texts, to: &writer)
    }
    writer.endObject()
  }

  private func column(_ name: String, _ values: [Double], isShort: Bool = false, to writer: inout JSONWriter) {
    writer.key(name)
    PackedColumn.write(values, isShort: isShort, to: &writer)
  }
}
