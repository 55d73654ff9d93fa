import TradingModel

/// Returns of the account per calendar day, week, month or year.
///
/// The return of a period is its last account value over the last one of the period before it that has any bars, less 1;
/// the first period has none. Returns of an account that was at 0 before are undefined and left out.
struct PeriodReturns {
  /// The returns, oldest first.
  private(set) var values: [Double]
  /// Number of periods in a year; see ``PeriodEnds/perYear``.
  private(set) var perYear: Double

  init(_ times: ArraySlice<EpochMilliseconds>, _ equity: ArraySlice<Double>, per bucket: CalendarBucket) {
    self.init(PeriodEnds(times, per: bucket), equity)
  }

  /// - Parameter equity: One value per bar that `ends` was made of.
  init(_ ends: PeriodEnds, _ equity: ArraySlice<Double>) {
    perYear = ends.perYear
    values = [Double](unsafeUninitializedCapacity: ends.positions.count) { values, count in
      equity.withUnsafeBufferPointer { equity in
        guard let first = ends.positions.first else { return }
        var previous = equity[first]
        for position in ends.positions.dropFirst() {
          let latest = equity[position]
          let change = latest / previous - 1
          // An undefined return is written over by the next one.
          values[count] = change
          count += change.isNaN ? 0 : 1
          previous = latest
        }
      }
    }
  }
}
