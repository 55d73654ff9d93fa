internal import TradingModel

/// Bars as a run uses them, made from what is stored.
struct BuiltSeries: Sendable {
  /// What a series is made of, beside the content of its data set.
  struct Key: Hashable, Sendable {
    var set: DataSetKey
    var generation: UInt64
    var range: Range<EpochMilliseconds>
    var interval: String
    var adjusted: Bool
  }

  let series: BarSeries
  /// What a user should know about them.
  let notes: [String]
  /// Their hash; see ``DataSnapshot``.
  let sha256: String

  /// Adjusts and checks bars, and hashes them.
  init(_ raw: RawBars, _ builder: BarSeriesBuilder) throws(MarketDataError) {
    (series, notes) = try builder.series(raw)
    sha256 = DataSnapshot.sha256(of: series)
  }
}
