import BacktestService
public import JSONRPC
public import TradingModel

/// A stretch of a chart in buckets of equally many bars, with every bucket's extremes kept, so that no spike is lost
/// however few points it is drawn with.
///
/// The number of bars in a bucket is a power of 2 and buckets begin at its multiples: moving the window then moves the
/// picture and does not redraw it otherwise. `bars.js` makes the same buckets.
public struct ChartWindow: Sendable {
  /// A line's values in each bucket; NaN where it has none.
  public struct Line: Sendable, Equatable {
    /// Smallest value.
    public var low: [Double] = []
    /// Largest value.
    public var high: [Double] = []
    /// Last value.
    public var last: [Double] = []
  }

  /// Bars in a bucket.
  public let size: Int
  /// Number of the first bucket; it begins at bar `first * size`.
  public let first: Int
  /// Opening time of each bucket.
  public let times: [EpochMilliseconds]
  /// Prices of each bucket; empty when the chart has no bars.
  public let open: [Double]
  /// Highest price of each bucket.
  public let high: [Double]
  /// Lowest price of each bucket.
  public let low: [Double]
  /// Last price of each bucket.
  public let close: [Double]
  /// Units traded in each bucket; NaN where unknown.
  public let volume: [Double]
  /// Account value.
  public let equity: Line
  /// Drawdown in percent.
  public let drawdown: Line
  /// The chart's overlays, in their order.
  public let overlays: [Line]

  /// Cuts a window.
  ///
  /// - Parameters:
  ///   - from: First bar wanted; clamped to the bars there are, as is `to`.
  ///   - to: First bar not wanted.
  ///   - points: Most buckets wanted, at least 1; a window holds up to two more, for the cut ones at its ends.
  public init(_ chart: RunChart, from: Int, to: Int, points: Int) {
    let lower = min(max(from, 0), chart.count)
    let upper = min(max(to, lower), chart.count)
    var size = 1
    while (upper - lower) / size > max(points, 1) { size *= 2 }
    let buckets = lower / size..<(upper + size - 1) / size
    let ranges = buckets.map { $0 * size..<min(($0 + 1) * size, chart.count) }
    self.size = size
    first = buckets.lowerBound
    times = ranges.map { chart.times[$0.lowerBound] }
    if let bars = chart.bars {
      open = ranges.map { bars.open[$0.lowerBound] }
      high = ranges.map { bars.high[$0].max() ?? .nan }
      low = ranges.map { bars.low[$0].min() ?? .nan }
      close = ranges.map { bars.close[$0.upperBound - 1] }
      volume = ranges.map { Self.sum(bars.volume[$0]) }
    } else {
      (open, high, low, close, volume) = ([], [], [], [], [])
    }
    equity = Self.line(chart.equity, ranges)
    drawdown = Self.line(chart.drawdown, ranges)
    overlays = chart.overlays.map { Self.line($0.values, ranges) }
  }

  /// Sum of what is known; NaN when nothing is.
  private static func sum(_ values: ArraySlice<Double>) -> Double {
    values.reduce(.nan) { $1.isNaN ? $0 : $0.isNaN ? $1 : $0 + $1 }
  }

  private static func line(_ values: [Double], _ ranges: [Range<Int>]) -> Line {
    var line = Line()
    for range in ranges {
      var (low, high, last) = (Double.nan, Double.nan, Double.nan)
      for value in values[range.clamped(to: 0..<values.count)] where !value.isNaN {
        if !(low <= value) { low = value }
        if !(high >= value) { high = value }
        last = value
      }
      line.low.append(low)
      line.high.append(high)
      line.last.append(last)
    }
    return line
  }

  /// Writes the window as one JSON object; undefined values are null, and `low` and `high` of lines are left out where a
  /// bucket is one bar.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("size", size)
    writer.field("first", first)
    writer.key("times")
    writer.value(times)
    for (name, column) in [("open", open), ("high", high), ("low", low), ("close", close), ("volume", volume)] {
      writer.key(name)
      writer.value(column, nonFinite: .null)
    }
    writer.key("equity")
    write(equity, to: &writer)
    writer.key("drawdown")
    write(drawdown, to: &writer)
    writer.key("overlays")
    writer.beginArray()
    for line in overlays { write(line, to: &writer) }
    writer.endArray()
    writer.endObject()
  }

  private func write(_ line: Line, to writer: inout JSONWriter) {
    writer.beginObject()
    if size > 1 {
      writer.key("low")
      writer.value(line.low, nonFinite: .null)
      writer.key("high")
      writer.value(line.high, nonFinite: .null)
    }
    writer.key("last")
    writer.value(line.last, nonFinite: .null)
    writer.endObject()
  }

  /// The window's JSON text.
  public var json: [UInt8] {
    var writer = JSONWriter(capacity: 1 << 16)
    write(to: &writer)
    // Non-finite numbers are written as null, so nothing can have been refused.
    return (try? writer.bytes()) ?? Array("{}".utf8)
  }
}
