public import TradingModel

/// What is remarkable about a series of bars, so that a user can judge whether to trust it.
///
/// Nothing here is an error: many of these are true of sound data (a holiday is a gap, a crash is a spike).
public struct DataQualityReport: Sendable, Equatable {
  /// A stretch of expected bars that are not there.
  public struct Gap: Sendable, Equatable {
    /// Time of the last bar before it.
    public var after: EpochMilliseconds
    /// Time of the first bar behind it.
    public var before: EpochMilliseconds
    /// How many bars are missing, by the days of the week and the step seen in the data.
    public var missing: Int
  }

  /// A price far from its neighbour's.
  public struct Spike: Sendable, Equatable {
    /// Time of the bar.
    public var time: EpochMilliseconds
    /// Its close over the close before it; near 100 or 0.01 the unit changed (pence for pounds).
    public var ratio: Double
    /// Whether the price came back on the next bar.
    public var returned: Bool
  }

  /// A step of the adjustment for dividends.
  public struct AdjustmentStep: Sendable, Equatable {
    /// Time of the first bar with this factor.
    public var time: EpochMilliseconds
    /// Adjusted close over close from here on.
    public var factor: Double
  }

  /// Number of bars, holes included.
  public internal(set) var barCount = 0
  /// Time of the first bar; `nil` when there is none.
  public internal(set) var firstTime: EpochMilliseconds?
  /// Time of the last bar; `nil` when there is none.
  public internal(set) var lastTime: EpochMilliseconds?
  /// Milliseconds between most neighbouring bars; `nil` for fewer than two bars.
  public internal(set) var step: Int64?
  /// Days of the week with bars, 0 for Monday to 6 for Sunday, in order.
  public internal(set) var weekdays: [Int] = []
  /// Expected bars that are missing, in all.
  public internal(set) var missingBars = 0
  /// The longest gaps, longest first, at most 20.
  public internal(set) var longestGaps: [Gap] = []
  /// Bars without a price.
  public internal(set) var holes: [EpochMilliseconds] = []
  /// Times that occur more than once. The cache holds none; files may.
  public internal(set) var duplicates: [EpochMilliseconds] = []
  /// How many bars have a volume of zero.
  public internal(set) var zeroVolumeCount = 0
  /// Bars whose open or close lies outside low and high, or whose low is above the high.
  public internal(set) var rangeViolations: [EpochMilliseconds] = []
  /// Bars with a price of zero or less.
  public internal(set) var notPositive: [EpochMilliseconds] = []
  /// The largest jumps, largest first, at most 20.
  public internal(set) var spikes: [Spike] = []
  /// The adjustment's steps, oldest first; one step with factor 1 when there is no adjustment.
  public internal(set) var adjustments: [AdjustmentStep] = []
  /// How many splits the source lists.
  public internal(set) var splitCount = 0
  /// How many dividends and capital gains the source lists.
  public internal(set) var dividendCount = 0
  /// Where the bars come from: `yahoo` or `import`.
  public internal(set) var source = ""
  /// The host or file they come from.
  public internal(set) var host = ""
  /// Milliseconds since the newest of them were fetched; `nil` when unknown.
  public internal(set) var age: Int64?

  /// Judges a series.
  ///
  /// - Parameters:
  ///   - source: Where it comes from, for the report.
  ///   - host: The host or file, for the report.
  public init(series: BarSeries, source: String = "", host: String = "") {
    var bars = RawBars()
    (bars.times, bars.open, bars.high) = (series.times, series.open, series.high)
    (bars.low, bars.close, bars.volume) = (series.low, series.close, series.volume)
    self.init(bars, zone: .utc)
    self.source = source
    self.host = host
  }

  /// Judges columns that need not form a valid series: unsorted, with duplicate times, faulty prices or NaN cells.
  ///
  /// All columns have the length of `times`; shorter ones count as NaN behind their end.
  public init(
    times: [EpochMilliseconds], open: [Double], high: [Double], low: [Double], close: [Double], volume: [Double],
    source: String = "", host: String = ""
  ) {
    func cell(_ column: [Double], _ row: Int) -> Double { row < column.count ? column[row] : .nan }
    let order = times.indices.sorted { (times[$0], $0) < (times[$1], $1) }
    let rows = order.map { row in
      RawBars.Row(
        bar: Bar(
          time: times[row], open: cell(open, row), high: cell(high, row), low: cell(low, row),
          close: cell(close, row), volume: cell(volume, row)), adjustedClose: .nan)
    }
    self.init(RawBars(rows), zone: .utc)
    self.source = source
    self.host = host
  }

  init(_ dataSet: StoredDataSet, now: EpochMilliseconds) {
    let zone = (try? dataSet.zone()) ?? .utc
    let isIntraday = BarInterval(rawValue: dataSet.key.interval)?.isIntraday ?? false
    self.init(dataSet.bars, zone: isIntraday ? zone : .utc)
    for action in dataSet.actions {
      if case .split = action.kind { splitCount += 1 } else { dividendCount += 1 }
    }
    source = dataSet.key.provider
    host = dataSet.host
    age = max(0, now - dataSet.fetchedAt)
  }

  private init(_ bars: RawBars, zone: ExchangeTimeZone) {
    barCount = bars.count
    firstTime = bars.times.first
    lastTime = bars.times.last
    let rows = bars.rows
    for row in rows {
      if row.isHole {
        holes.append(row.bar.time)
        continue
      }
      let bar = row.bar
      if bar.volume == 0 { zeroVolumeCount += 1 }
      if min(bar.open, bar.high, bar.low, bar.close) <= 0 { notPositive.append(bar.time) }
      let slack = BarSeries.priceTolerance * abs(bar.high)
      if max(bar.open, bar.close) > bar.high + slack || min(bar.open, bar.close) < bar.low - slack
        || bar.low > bar.high + slack
      {
        rangeViolations.append(bar.time)
      }
    }
    for (a, b) in zip(bars.times, bars.times.dropFirst()) where a == b && duplicates.last != a { duplicates.append(a) }
    adjustments = AdjustmentSteps.steps(rows)
    spikes = PriceSpikes.spikes(rows)
    let gaps = SessionGaps(times: bars.times, zone: zone)
    (step, weekdays) = (gaps.step, gaps.weekdays)
    (missingBars, longestGaps) = (gaps.missing, gaps.longest)
  }
}
