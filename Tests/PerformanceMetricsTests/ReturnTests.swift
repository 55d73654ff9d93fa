import Foundation
import Testing
import TradingModel

@testable import PerformanceMetrics

struct ReturnTests {
  /// Last value per bucket by asking Foundation's calendar, then the changes.
  static func returns(
    _ times: [EpochMilliseconds], _ equity: [Double], _ components: Set<Calendar.Component>
  ) throws -> [Double] {
    var calendar = Calendar(identifier: .iso8601)
    calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
    var last: [(bucket: DateComponents, value: Double)] = []
    for (time, value) in zip(times, equity) {
      let date = Date(timeIntervalSince1970: Double(time) / 1000)
      let bucket = calendar.dateComponents(components, from: date)
      if last.last?.bucket == bucket { last.removeLast() }
      last.append((bucket, value))
    }
    return zip(last.dropFirst(), last).map { $0.value / $1.value - 1 }
  }

  @Test(
    arguments: [
      (.day, [.year, .month, .day]), (.week, [.yearForWeekOfYear, .weekOfYear]), (.month, [.year, .month]),
      (.year, [.year]),
    ] as [(CalendarBucket, Set<Calendar.Component>)])
  func bucketsFollowTheCalendar(_ bucket: CalendarBucket, _ components: Set<Calendar.Component>) throws {
    var source = SplitMix(seed: 2)
    for step in [3_600_000, day / 3, day, 5 * day, 40 * day] {
      var time = -40 * 365 * day + 7_200_000
      var times: [EpochMilliseconds] = []
      for _ in 0..<300 {
        times.append(time)
        time += Int64.random(in: 1...2 * step, using: &source)
      }
      let equity = times.map { _ in Double.random(in: 50...150, using: &source) }
      let received = PeriodReturns(times[...], equity[...], per: bucket).values
      #expect(received == (try Self.returns(times, equity, components)))
    }
  }

  @Test(arguments: [
    (day, 252.0, CalendarBucket.day), (7 * day, 52, .week), (31 * day, 12, .month), (365 * day, 1, .year),
    (30 * day, 252, .day), (3_600_000, 252, .day), (7 * day + 3_600_000, 52, .week),
  ])
  func spacingDecidesTheYear(_ spacing: EpochMilliseconds, _ periods: Double, _ bucket: CalendarBucket) {
    // Two bars on a Monday and later keep clear of the weekend rule.
    let times = [4 * day, 4 * day + spacing]
    let period = DataPeriod(times[...])
    #expect(period.bucket == bucket)
    let weekdays = [4 * day, 5 * day]
    #expect(PeriodReturns(weekdays[...], [1, 1], per: bucket).perYear == periods)
  }

  @Test func spacingIsTheMedianOfTheLastHundredBars() {
    // 50 weekly distances outvote the 49 daily ones among the last 99.
    var times = (0..<100).map { EpochMilliseconds($0) * day }
    for _ in 0..<49 { times.append((times.last ?? 0) + 7 * day) }
    #expect(DataPeriod(times[...]).bucket == .day)
    times.append((times.last ?? 0) + 7 * day)
    #expect(DataPeriod(times[...]).bucket == .week)
  }

  @Test func weekendsMakeALongerYear() {
    // 1970-01-01 was a Thursday: of n days from there, two in seven are weekend.
    let everyDay = (0..<70).map { EpochMilliseconds($0) * day }
    #expect(PeriodReturns(everyDay[...], everyDay.map { _ in 1 }[...], per: .day).perYear == 365)
    let weekdays = everyDay.filter { !CalendarDay(of: $0).isWeekend }
    #expect(weekdays.count == 50)
    #expect(PeriodReturns(weekdays[...], weekdays.map { _ in 1 }[...], per: .day).perYear == 252)
    // Saturdays only: one in six, below the threshold of 0.1714.
    let sixDays = everyDay.filter { ($0 / day + 3) % 7 != 6 }
    #expect(sixDays.count == 60)
    #expect(PeriodReturns(sixDays[...], sixDays.map { _ in 1 }[...], per: .day).perYear == 252)
  }

  @Test func walkingDaysAreTheSameAsDaysLookedUp() {
    var source = SplitMix(seed: 6)
    var time = -2000 * day
    var walking = CalendarDay(of: time)
    for _ in 0..<3000 {
      time += Int64.random(in: 1...3 * day, using: &source)
      if time >= walking.end { walking.advance(to: time) }
      let lookedUp = CalendarDay(of: time)
      #expect(walking.number == lookedUp.number && walking.end == lookedUp.end)
      #expect(walking.isWeekend == lookedUp.isWeekend)
      // 1970-01-03 was a Saturday.
      #expect(walking.isWeekend == [0, 1].contains(((walking.number - 2) % 7 + 7) % 7))
    }
  }

  /// Frank Sortino's worked example as told by Tom Rollinger and Scott Hoffman, "Sortino: A 'Sharper' Ratio" (Red Rock
  /// Capital): eight annual returns, target 0, target downside deviation 2.264 %.
  @Test func downsideDeviationMatchesPublishedExample() {
    var equity = [100.0]
    for percent in [17.0, 15, 23, -5, 12, 9, 13, -4] { equity.append(equity[equity.count - 1] * (1 + percent / 100)) }
    let times = equity.indices.map { EpochMilliseconds($0) * 365 * day + 150 * day }
    let statistics = AnnualStatistics(PeriodReturns(times[...], equity[...], per: .year))
    #expect(abs(statistics.downsideDeviation - 0.02264) < 0.000005)
  }

  /// Investopedia's example of the compound annual growth rate: 10,000 becomes 19,000 in three years, 23.86 % a year.
  @Test func compoundGrowthMatchesPublishedExample() throws {
    let threeYears = EpochMilliseconds(3 * 365.25 * Double(day))
    let rate = try #require(CalendarGrowth.rate(from: 10_000, to: 19_000, over: threeYears))
    #expect(abs(rate - 0.2386) < 0.00005)
    #expect(CalendarGrowth.rate(from: 1, to: 2, over: 999) == nil)
  }

  @Test func annualFiguresFollowTheirFormulas() {
    // Two returns of 10 % and -5 % a year.
    let times = (0..<3).map { EpochMilliseconds($0) * 365 * day + 150 * day }
    let metrics = run([100, 110, 104.5], times: times)
    let growth = (1.1 * 0.95).squareRoot() - 1
    #expect(isClose(metrics.annualReturnPercent, growth * 100))
    // The variance of two values is half their squared distance; one period a year leaves it as it is.
    #expect(isClose(metrics.annualVolatilityPercent, (0.15 * 0.15 / 2).squareRoot() * 100))
    #expect(isClose(metrics.sortino, growth / (0.05 * 0.05 / 2).squareRoot()))
    #expect(isClose(metrics.totalReturnPercent, 4.5))
  }
}
