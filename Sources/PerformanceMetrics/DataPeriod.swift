import TradingModel

/// How far apart the bars are, and what follows for the statistics. The spacing is the median distance of the last 100
/// bars.
struct DataPeriod {
  /// The periods that returns are taken over: weeks for a spacing of 7 whole days, months for 31, years for 365, days
  /// for any other.
  let bucket: CalendarBucket
  /// The largest unit (day, hour, minute, second, millisecond) of which the spacing is a whole multiple, in milliseconds.
  let resolution: Double

  init(_ times: ArraySlice<EpochMilliseconds>) {
    let spacing = Self.medianSpacing(times)
    let days = (spacing / Double(CalendarBucket.millisecondsPerDay)).rounded(.down)
    bucket = days == 7 ? .week : days == 31 ? .month : days == 365 ? .year : .day
    // Below a millisecond only the mean of two middle distances falls.
    let units = [Double(CalendarBucket.millisecondsPerDay), 3_600_000, 60_000, 1000, 1]
    resolution = units.first { spacing.truncatingRemainder(dividingBy: $0) == 0 } ?? 0.001
  }

  /// Milliseconds as seconds, rounded up to whole units of the resolution.
  func roundedUpSeconds(_ milliseconds: Double) -> Double {
    (milliseconds / resolution).rounded(.up) * resolution / 1000
  }

  /// In milliseconds; 0 when there are fewer than two bars.
  private static func medianSpacing(_ times: ArraySlice<EpochMilliseconds>) -> Double {
    let last = times.suffix(100)
    if last.count < 2 { return 0 }
    let spacings = zip(last.dropFirst(), last).map { Double($0 &- $1) }.sorted()
    let middle = spacings.count / 2
    return spacings.count % 2 == 1 ? spacings[middle] : (spacings[middle - 1] + spacings[middle]) / 2
  }
}
