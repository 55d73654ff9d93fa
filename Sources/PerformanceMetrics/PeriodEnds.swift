import TradingModel

/// Which bars are the last of their calendar day, week, month or year.
struct PeriodEnds {
  /// Their positions, ascending; the last one is the last bar.
  private(set) var positions: [Int] = []
  /// Number of periods in a year: for days 365 when more than 0.6 of the 2/7 of all bars that a full week would give fall
  /// on weekends, else 252.
  private(set) var perYear: Double

  init(_ times: ArraySlice<EpochMilliseconds>, per bucket: CalendarBucket) {
    var weekendBars = 0
    // Room for one a bar; pages that are not needed are never touched.
    positions = [Int](unsafeUninitializedCapacity: times.count) { positions, count in
      times.withUnsafeBufferPointer { times in
        (count, weekendBars) = Self.collect(times, per: bucket, into: positions)
      }
    }
    let tradesOnWeekends = Double(weekendBars) / Double(times.count) > 2.0 / 7 * 0.6
    perYear = bucket.perYear(tradesOnWeekends: tradesOnWeekends)
  }

  /// Writes the positions; there is room for one a bar.
  private static func collect(
    _ times: UnsafeBufferPointer<EpochMilliseconds>, per bucket: CalendarBucket,
    into positions: UnsafeMutableBufferPointer<Int>
  ) -> (count: Int, weekendBars: Int) {
    guard let firstTime = times.first else { return (0, 0) }
    var day = CalendarDay(of: firstTime)
    var number = bucket.number(ofDay: day.number)
    var dayStart = 0
    var weekendBars = 0
    var count = 0
    // The calendar is asked once a day, and for its larger units only where they count.
    for index in 1..<times.count where times[index] >= day.end {
      weekendBars &+= day.isWeekend ? index &- dayStart : 0
      dayStart = index
      day.advance(to: times[index])
      if bucket != .day {
        let next = bucket.number(ofDay: day.number)
        if next == number { continue }
        number = next
      }
      positions[count] = index &- 1
      count &+= 1
    }
    weekendBars += day.isWeekend ? times.count - dayStart : 0
    positions[count] = times.count - 1
    return (count + 1, weekendBars)
  }
}
