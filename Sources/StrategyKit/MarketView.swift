public import TradingModel

/// Columns of all instruments, kept in one object so that handing a ``MarketView`` on costs at most one reference count.
@usableFromInline
final class MarketColumns: Sendable {
  @usableFromInline let primary: BarSeries
  @usableFromInline let others: [BarSeries]

  init(_ series: [BarSeries]) {
    primary = series[0]
    others = Array(series.dropFirst())
  }
}

/// The bars revealed so far; nothing of it reaches past ``index``.
@frozen
public struct MarketView: Sendable {
  @usableFromInline let columns: MarketColumns
  @usableFromInline var newest: Int

  /// The newest revealed bar, counted from 0.
  @inlinable
  public var index: Int { newest }

  /// Makes a view on whole series with nothing but bar 0 revealed.
  ///
  /// - Parameter series: One series per instrument on the same time line, at least one; all must have bars.
  public init(_ series: [BarSeries]) {
    precondition(!series.isEmpty, "a market has at least one instrument")
    columns = MarketColumns(series)
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
  public var time: EpochMilliseconds { columns.primary.times[index] }
  /// First price of the newest bar.
  @inlinable
  public var open: Double { columns.primary.open[index] }
  /// Highest price of the newest bar.
  @inlinable
  public var high: Double { columns.primary.high[index] }
  /// Lowest price of the newest bar.
  @inlinable
  public var low: Double { columns.primary.low[index] }
  /// Last price of the newest bar.
  @inlinable
  public var close: Double { columns.primary.close[index] }
  /// Units traded in the newest bar; NaN where unknown.
  @inlinable
  public var volume: Double { columns.primary.volume[index] }

  /// A revealed bar.
  ///
  /// - Parameters:
  ///   - ago: 0 is the newest bar, 1 the one before it; at most ``index``.
  ///   - instrument: Which instrument, 0 unless the run has several.
  @inlinable
  public func bar(ago: Int = 0, of instrument: InstrumentIndex = 0) -> Bar {
    precondition(ago >= 0 && ago <= index, "bar \(ago) bars ago is not revealed at bar \(index)")
    return instrument == 0 ? columns.primary[index - ago] : columns.others[instrument - 1][index - ago]
  }

  /// The close `ago` bars before the newest one; `ago` is at most ``index``.
  @inlinable
  public func close(ago: Int) -> Double {
    precondition(ago >= 0 && ago <= index, "bar \(ago) bars ago is not revealed at bar \(index)")
    return columns.primary.close[index - ago]
  }
}
