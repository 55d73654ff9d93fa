public import TradingModel

/// The bars revealed so far; nothing of it reaches past ``index``.
@frozen
public struct MarketView: Sendable {
  @usableFromInline let primary: BarSeries
  @usableFromInline let others: [BarSeries]
  @usableFromInline var newest: Int

  /// The newest revealed bar, counted from 0.
  @inlinable
  public var index: Int { newest }

  /// Makes a view on whole series with nothing but bar 0 revealed.
  ///
  /// - Parameter series: One series per instrument on the same time line, at least one; all must have bars.
  public init(_ series: [BarSeries]) {
    precondition(!series.isEmpty, "a market has at least one instrument")
    primary = series[0]
    others = Array(series.dropFirst())
    newest = 0
  }

  /// Reveals all bars up to `index`.
  @inlinable
  public mutating func reveal(_ index: Int) { newest = index }

  /// Number of revealed bars.
  @inlinable
  public var count: Int { index + 1 }

  /// Opening time of the newest bar.
  @inlinable
  public var time: EpochMilliseconds { primary.times[index] }
  /// First price of the newest bar.
  @inlinable
  public var open: Double { primary.open[index] }
  /// Highest price of the newest bar.
  @inlinable
  public var high: Double { primary.high[index] }
  /// Lowest price of the newest bar.
  @inlinable
  public var low: Double { primary.low[index] }
  /// Last price of the newest bar.
  @inlinable
  public var close: Double { primary.close[index] }
  /// Units traded in the newest bar; NaN where unknown.
  @inlinable
  public var volume: Double { primary.volume[index] }

  /// A revealed bar.
  ///
  /// - Parameters:
  ///   - ago: 0 is the newest bar, 1 the one before it; at most ``index``.
  ///   - instrument: Which instrument, 0 unless the run has several.
  @inlinable
  public func bar(ago: Int = 0, of instrument: InstrumentIndex = 0) -> Bar {
    precondition(ago >= 0 && ago <= index, "bar \(ago) bars ago is not revealed at bar \(index)")
    return instrument == 0 ? primary[index - ago] : others[instrument - 1][index - ago]
  }

  /// The close `ago` bars before the newest one; `ago` is at most ``index``.
  @inlinable
  public func close(ago: Int) -> Double {
    precondition(ago >= 0 && ago <= index, "bar \(ago) bars ago is not revealed at bar \(index)")
    return primary.close[index - ago]
  }
}
