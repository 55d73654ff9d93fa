/// A point in time as milliseconds since 1970-01-01T00:00:00Z.
public typealias EpochMilliseconds = Int64

/// One price bar of one instrument.
///
/// Prices are in the instrument's quote currency per unit; all four are finite and above 0, and
/// `low <= open, close <= high`.
public struct Bar: Sendable, Equatable {
  /// When the bar opens. Daily bars are stamped 00:00 UTC of their trading date.
  public var time: EpochMilliseconds
  /// The first price.
  public var open: Double
  /// The highest price.
  public var high: Double
  /// The lowest price.
  public var low: Double
  /// The last price.
  public var close: Double
  /// Units traded; NaN when the source has no volume.
  public var volume: Double

  /// Makes a bar without checking it; ``BarSeries`` checks whole series.
  public init(
    time: EpochMilliseconds, open: Double, high: Double, low: Double, close: Double, volume: Double = .nan
  ) {
    self.time = time
    self.open = open
    self.high = high
    self.low = low
    self.close = close
    self.volume = volume
  }
}
