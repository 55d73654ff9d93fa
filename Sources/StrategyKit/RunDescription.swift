public import TradingModel

/// What a strategy is told before the first bar.
public struct RunDescription: Sendable {
  /// The instruments traded, in index order.
  public var instruments: [Instrument]
  /// All bars of each instrument, in index order.
  ///
  /// This is the whole future: a strategy that reads it here can look ahead. It is there for strategies that work on
  /// whole columns, whose runs are labelled so.
  public var series: [BarSeries]
  /// How orders are executed.
  public var settings: ExecutionSettings
  /// Seed for the strategy's own randomness.
  public var seed: UInt64

  /// Number of bars on the run's time line.
  public var barCount: Int { series.first?.count ?? 0 }

  /// Makes a description.
  public init(instruments: [Instrument], series: [BarSeries], settings: ExecutionSettings, seed: UInt64) {
    self.instruments = instruments
    self.series = series
    self.settings = settings
    self.seed = seed
  }
}
