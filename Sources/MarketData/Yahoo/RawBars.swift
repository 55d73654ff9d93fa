public import TradingModel

/// Bars as a provider sent them, oldest first: split-adjusted, not dividend-adjusted, NaN where a cell was empty.
struct RawBars: Sendable, Equatable {
  /// Each bar's time: 00:00 UTC of its date, or when it opens.
  var times: [EpochMilliseconds] = []
  var open: [Double] = []
  var high: [Double] = []
  var low: [Double] = []
  var close: [Double] = []
  var volume: [Double] = []
  /// Closes adjusted for later dividends; `nil` when the provider gives none.
  var adjustedClose: [Double]?

  var count: Int { times.count }

  /// One bar with its adjusted close, NaN where there is none.
  struct Row: Sendable {
    var bar: Bar
    var adjustedClose: Double

    /// Whether a price is missing, so that the row is a hole.
    var isHole: Bool { bar.open.isNaN || bar.high.isNaN || bar.low.isNaN || bar.close.isNaN }
  }

  subscript(row: Int) -> Row {
    Row(
      bar: Bar(
        time: times[row], open: open[row], high: high[row], low: low[row], close: close[row], volume: volume[row]),
      adjustedClose: adjustedClose?[row] ?? .nan)
  }

  /// Makes bars from rows.
  init(_ rows: [Row] = [], hasAdjustedClose: Bool = false) {
    times = rows.map(\.bar.time)
    open = rows.map(\.bar.open)
    high = rows.map(\.bar.high)
    low = rows.map(\.bar.low)
    close = rows.map(\.bar.close)
    volume = rows.map(\.bar.volume)
    adjustedClose = hasAdjustedClose ? rows.map(\.adjustedClose) : nil
  }

  var rows: [Row] { (0..<count).map { self[$0] } }

  /// The bars with `from <= time < to`.
  func slice(from: EpochMilliseconds, to: EpochMilliseconds) -> RawBars {
    let lower = firstRow(notBefore: from)
    let upper = max(lower, firstRow(notBefore: to))
    var slice = RawBars()
    slice.times = Array(times[lower..<upper])
    slice.open = Array(open[lower..<upper])
    slice.high = Array(high[lower..<upper])
    slice.low = Array(low[lower..<upper])
    slice.close = Array(close[lower..<upper])
    slice.volume = Array(volume[lower..<upper])
    slice.adjustedClose = adjustedClose.map { Array($0[lower..<upper]) }
    return slice
  }

  /// The first row at or after a time; ``count`` when there is none.
  func firstRow(notBefore time: EpochMilliseconds) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if times[middle] < time { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

/// A payment to holders, or a split.
public struct CorporateAction: Sendable, Equatable {
  /// 00:00 UTC of the ex-date; for intraday bars, when that session opens.
  public var time: EpochMilliseconds
  /// What happened.
  public var kind: Kind

  /// What happened.
  public enum Kind: Sendable, Equatable {
    /// Money per share, adjusted for later splits.
    case dividend(Double)
    /// Money per share paid out by a fund, adjusted for later splits.
    case capitalGain(Double)
    /// New shares for old ones: a 4:1 split is `split(numerator: 4, denominator: 1)`.
    case split(numerator: Double, denominator: Double)
  }

  /// Makes an action.
  public init(time: EpochMilliseconds, kind: Kind) {
    self.time = time
    self.kind = kind
  }

  /// Order of actions at the same time.
  var rank: Int {
    switch kind {
    case .split: 0
    case .dividend: 1
    case .capitalGain: 2
    }
  }
}
