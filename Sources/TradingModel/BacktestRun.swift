/// What a run produced: the engine's whole result, before statistics.
public struct BacktestRun: Sendable {
  /// The instruments traded, in index order.
  public var instruments: [Instrument]
  /// Time of each bar.
  public var times: [EpochMilliseconds]
  /// Account value after each bar, one per bar: cash plus open profit.
  public var equity: [Double]
  /// Closed trades in closing order.
  public var trades: [Trade]
  /// Trades still open after the last bar, in opening order.
  public var openTrades: [OpenTrade]
  /// Every step of every order.
  public var orderEvents: OrderEventLog
  /// Commissions in money: those the closed trades record (compat), or those taken from the account (strict).
  public var commissions: Double
  /// Index of the last warm-up bar; trading starts on the bar after it.
  public var warmUpIndex: Int
  /// The bar on which the account was ruined; `nil` when it was not.
  public var ruinIndex: Int?
  /// What a user should know, one sentence each.
  public var warnings: [String]
  /// Values the strategy noted for charts: name, then one value per bar (NaN where none).
  public var annotations: [Annotation]

  /// A named series a strategy noted for charts.
  public struct Annotation: Sendable, Equatable {
    /// What it is, e.g. `SMA(10)`.
    public var name: String
    /// One value per bar; NaN where none.
    public var values: [Double]

    /// Makes a series.
    public init(name: String, values: [Double]) {
      self.name = name
      self.values = values
    }
  }

  /// Makes a result.
  public init(
    instruments: [Instrument], times: [EpochMilliseconds], equity: [Double], trades: [Trade], openTrades: [OpenTrade],
    orderEvents: OrderEventLog, commissions: Double, warmUpIndex: Int, ruinIndex: Int? = nil, warnings: [String] = [],
    annotations: [Annotation] = []
  ) {
    self.instruments = instruments
    self.times = times
    self.equity = equity
    self.trades = trades
    self.openTrades = openTrades
    self.orderEvents = orderEvents
    self.commissions = commissions
    self.warmUpIndex = warmUpIndex
    self.ruinIndex = ruinIndex
    self.warnings = warnings
    self.annotations = annotations
  }
}
