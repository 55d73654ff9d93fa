/// The bars of one instrument, oldest first, one array per field.
///
/// All arrays have the same length. Times are strictly increasing; prices are finite and above 0 with
/// `low <= open, close <= high` within a relative tolerance of 1e-9 (adjusting by a factor moves the last bit).
/// A volume is NaN where the source has none.
@frozen
public struct BarSeries: Sendable, Equatable {
  /// Opening time of each bar, strictly increasing.
  public let times: [EpochMilliseconds]
  /// First price of each bar.
  public let open: [Double]
  /// Highest price of each bar.
  public let high: [Double]
  /// Lowest price of each bar.
  public let low: [Double]
  /// Last price of each bar.
  public let close: [Double]
  /// Units traded in each bar; NaN where unknown.
  public let volume: [Double]

  /// Number of bars.
  @inlinable
  public var count: Int { times.count }

  /// Whether there is no bar at all.
  @inlinable
  public var isEmpty: Bool { times.isEmpty }

  /// How far a high may lie below an open or close, as a fraction of the price, before the bar is refused.
  public static let priceTolerance = 1e-9

  /// Makes a series from columns and checks every row.
  ///
  /// - Throws: ``BarSeriesError`` naming the first faulty row.
  public init(
    times: [EpochMilliseconds], open: [Double], high: [Double], low: [Double], close: [Double], volume: [Double]
  ) throws {
    let count = times.count
    for (name, column) in [("open", open), ("high", high), ("low", low), ("close", close), ("volume", volume)]
    where column.count != count {
      throw BarSeriesError.unequalColumns(column: name, count: column.count, expected: count)
    }
    for row in 0..<count {
      try Self.check(
        Bar(
          time: times[row], open: open[row], high: high[row], low: low[row], close: close[row], volume: volume[row]),
        row: row, previousTime: row == 0 ? nil : times[row - 1])
    }
    self.times = times
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }

  /// Makes a series from bars and checks every one.
  ///
  /// - Throws: ``BarSeriesError`` naming the first faulty row.
  public init(_ bars: some Sequence<Bar>) throws {
    let bars = Array(bars)
    try self.init(
      times: bars.map(\.time), open: bars.map(\.open), high: bars.map(\.high), low: bars.map(\.low),
      close: bars.map(\.close), volume: bars.map(\.volume))
  }

  private init(slicing series: BarSeries, _ range: Range<Int>) {
    times = Array(series.times[range])
    open = Array(series.open[range])
    high = Array(series.high[range])
    low = Array(series.low[range])
    close = Array(series.close[range])
    volume = Array(series.volume[range])
  }

  /// The bar at a row.
  public subscript(row: Int) -> Bar {
    Bar(time: times[row], open: open[row], high: high[row], low: low[row], close: close[row], volume: volume[row])
  }

  /// The rows of `range` as a series of their own; `range` is clamped to the rows there are.
  public func slice(_ range: Range<Int>) -> BarSeries {
    BarSeries(slicing: self, range.clamped(to: 0..<count))
  }

  /// The bars with `from <= time < to`.
  ///
  /// - Parameters:
  ///   - from: First time to keep; `nil` keeps the beginning.
  ///   - to: First time to leave out; `nil` keeps the end.
  public func slice(from: EpochMilliseconds?, to: EpochMilliseconds?) -> BarSeries {
    let lower = from.map { firstRow(notBefore: $0) } ?? 0
    let upper = to.map { firstRow(notBefore: $0) } ?? count
    return slice(lower..<max(lower, upper))
  }

  /// The first row whose time is at or after `time`; ``count`` when there is none.
  public func firstRow(notBefore time: EpochMilliseconds) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func check(_ bar: Bar, row: Int, previousTime: EpochMilliseconds?) throws {
    if let previousTime, bar.time <= previousTime {
      throw bar.time == previousTime
        ? BarSeriesError.duplicateTime(row: row, time: bar.time)
        : BarSeriesError.timeNotIncreasing(row: row, time: bar.time, previous: previousTime)
    }
    // Written so that the common, valid bar costs a handful of comparisons; NaN fails every one of them.
    let slack = priceTolerance * bar.high
    let body = bar.open > bar.close ? (bar.close, bar.open) : (bar.open, bar.close)
    if bar.low > 0, body.1 <= bar.high + slack, bar.low <= body.0 + slack, bar.high < .infinity, bar.open == bar.open,
      bar.close == bar.close, !(bar.volume < 0), bar.volume != .infinity
    {
      return
    }
    for (field, value) in [("open", bar.open), ("high", bar.high), ("low", bar.low), ("close", bar.close)] {
      if !value.isFinite { throw BarSeriesError.priceNotFinite(row: row, field: field, value: value) }
      if value <= 0 { throw BarSeriesError.priceNotPositive(row: row, field: field, value: value) }
    }
    if bar.volume < 0 || bar.volume == .infinity { throw BarSeriesError.volumeOutOfRange(row: row, value: bar.volume) }
    if bar.low > bar.high + slack { throw BarSeriesError.lowAboveHigh(row: row, low: bar.low, high: bar.high) }
    for (field, value) in [("open", bar.open), ("close", bar.close)] {
      if value > bar.high + slack || bar.low > value + slack {
        throw BarSeriesError.priceOutsideRange(row: row, field: field, value: value, low: bar.low, high: bar.high)
      }
    }
  }
}
