import TradingModel

/// Returns of the account per calendar day, week, month or year.
///
/// The return of a period is its last account value over the last one of the period before it that has any bars, less 1;
/// the first period has none. Returns of an account that was at 0 before are undefined and left out.
struct PeriodReturns {
  /// The returns, oldest first.
  private(set) var values: [Double]
  /// Number of periods in a year: for days 365 when more than 0.6 of the 2/7 of all bars that a full week would give fall
  /// on weekends, else 252.
  private(set) var perYear: Double

  init(_ times: ArraySlice<EpochMilliseconds>, _ equity: ArraySlice<Double>, per bucket: CalendarBucket) {
    var weekendBars = 0
    // Room for one return a bar; pages that are not needed are never touched.
    values = [Double](unsafeUninitializedCapacity: equity.count) { values, count in
      times.withUnsafeBufferPointer { times in
        equity.withUnsafeBufferPointer { equity in
          (count, weekendBars) = Self.collect(times, equity, per: bucket, into: values)
        }
      }
    }
    let tradesOnWeekends = Double(weekendBars) / Double(times.count) > 2.0 / 7 * 0.6
    perYear = bucket.perYear(tradesOnWeekends: tradesOnWeekends)
  }

  /// Writes the returns of all periods; there is room for one a bar.
  private static func collect(
    _ times: UnsafeBufferPointer<EpochMilliseconds>, _ equity: UnsafeBufferPointer<Double>, per bucket: CalendarBucket,
    into returns: UnsafeMutableBufferPointer<Double>
  ) -> (count: Int, weekendBars: Int) {
    guard let firstTime = times.first, times.count == equity.count else { return (0, 0) }
    var day = CalendarBucket.day(of: firstTime)
    var dayEnd = CalendarBucket.end(ofDay: day)
    var isWeekend = CalendarBucket.isWeekend(day: day) ? 1 : 0
    var number = bucket.number(ofDay: day)
    var weekendBars = isWeekend
    var count = 0
    // The account value that ended the period before; there is none before the first.
    var previous = Double.nan
    for index in 1..<times.count {
      // The calendar is asked once a day.
      if times[index] >= dayEnd {
        day = CalendarBucket.day(of: times[index])
        dayEnd = CalendarBucket.end(ofDay: day)
        isWeekend = CalendarBucket.isWeekend(day: day) ? 1 : 0
        let next = bucket.number(ofDay: day)
        if next != number {
          let change = equity[index - 1] / previous - 1
          previous = equity[index - 1]
          returns[count] = change
          // An undefined return is written over by the next one.
          count += change.isNaN ? 0 : 1
          number = next
        }
      }
      weekendBars += isWeekend
    }
    let change = equity[equity.count - 1] / previous - 1
    if !change.isNaN {
      returns[count] = change
      count += 1
    }
    return (count, weekendBars)
  }
}
