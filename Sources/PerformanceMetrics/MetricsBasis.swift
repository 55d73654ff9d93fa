public import TradingModel

/// What statistics need of the bars alone, worked out once for any number of runs over them.
///
/// For sweeps: the metrics of a run of daily bars take half the time, and are the same to the bit. It takes 8 bytes a bar
/// and 8 more a calendar period, beside the columns it shares.
public struct MetricsBasis: Sendable {
  let times: [EpochMilliseconds]
  let closes: [Double]
  let period: DataPeriod
  let ends: PeriodEnds
  /// Log returns of the closes less their mean.
  let marketDeviations: [Double]

  /// Takes the bars of a run's instrument.
  public init(_ series: BarSeries) {
    times = series.times
    closes = series.close
    period = DataPeriod(times[...])
    ends = PeriodEnds(times[...], per: period.bucket)
    marketDeviations = MarketSensitivity.deviations(of: closes)
  }
}
