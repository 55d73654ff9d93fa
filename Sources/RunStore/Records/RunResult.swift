public import TradingModel

/// What a run produced, row by row.
public struct RunResult: Sendable, Equatable {
  /// Account value after each bar.
  public var equity: EquitySeries
  /// Closed trades in closing order.
  public var trades: [Trade]
  /// Trades still open after the last bar, in opening order.
  public var openTrades: [OpenTrade]
  /// Every step of every order; the first has sequence 0, each next one 1 more.
  public var orderEvents: [OrderEvent]
  /// Values the strategy noted for charts.
  public var annotations: [BacktestRun.Annotation]

  /// Makes a result.
  public init(
    equity: EquitySeries = EquitySeries(times: [], equity: []), trades: [Trade] = [], openTrades: [OpenTrade] = [],
    orderEvents: [OrderEvent] = [], annotations: [BacktestRun.Annotation] = []
  ) {
    self.equity = equity
    self.trades = trades
    self.openTrades = openTrades
    self.orderEvents = orderEvents
    self.annotations = annotations
  }

  /// Takes the rows of an engine's result; the rest of it belongs in a ``RunRecord``.
  public init(_ run: BacktestRun) {
    self.init(
      equity: EquitySeries(times: run.times, equity: run.equity), trades: run.trades, openTrades: run.openTrades,
      orderEvents: Array(run.orderEvents), annotations: run.annotations)
  }
}

/// An equity curve or a part of one, oldest first; both arrays have the same length.
public struct EquitySeries: Sendable, Equatable {
  /// Opening time of each bar, strictly increasing.
  public var times: [EpochMilliseconds]
  /// Account value after each bar.
  public var equity: [Double]

  /// Makes a curve from its columns.
  public init(times: [EpochMilliseconds], equity: [Double]) {
    self.times = times
    self.equity = equity
  }
}
