public import BacktestService
public import RunStore
public import TradingModel

/// Everything a run's chart is drawn from, one value per bar; made once, then asked for windows of any width.
public struct RunChart: Sendable {
  /// What is traded.
  public let symbol: String
  /// Opening time of each bar.
  public let times: [EpochMilliseconds]
  /// The bars; `nil` when they are not to be had.
  public let bars: BarSeries?
  /// Why there are no bars: one sentence.
  public let missingBars: String?
  /// Account value after each bar; shorter than ``times`` when the run ended early.
  public let equity: [Double]
  /// Fall below the highest account value so far in percent, 0 or negative.
  public let drawdown: [Double]
  /// Indicators over and under the prices.
  public let overlays: [IndicatorOverlay]
  /// Closed trades in closing order.
  public let trades: [Trade]
  /// Trades open at the end.
  public let openTrades: [OpenTrade]
  /// The bar from which the account is compared with holding.
  public let warmUpIndex: Int

  /// Number of bars.
  public var count: Int { times.count }

  /// Prepares the chart of a stored run.
  public init(_ record: RunRecord, _ result: RunResult, bars stored: StoredBars) {
    symbol = record.ticker
    switch stored {
    case .loaded(let series):
      bars = series
      missingBars = nil
      times = series.times
      overlays = IndicatorOverlay.of(record, annotations: result.annotations, bars: series)
    case .unavailable(let sentence):
      bars = nil
      missingBars = sentence
      times = result.equity.times
      overlays = []
    }
    equity = Array(result.equity.equity.prefix(times.count))
    drawdown = Self.drawdowns(equity)
    trades = result.trades
    openTrades = result.openTrades
    warmUpIndex = min(max(record.warmUpIndex ?? 0, 0), max(times.count - 1, 0))
  }

  private static func drawdowns(_ equity: [Double]) -> [Double] {
    var peak = -Double.infinity
    return equity.map { value in
      guard value.isFinite else { return .nan }
      peak = max(peak, value)
      return peak > 0 ? (value / peak - 1) * 100 : 0
    }
  }
}
