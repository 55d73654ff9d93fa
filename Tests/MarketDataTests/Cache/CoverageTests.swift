import Testing
import TradingModel

@testable import MarketData

@Suite("Coverage and clock")
struct CoverageTests {
  /// Against a set of numbers, on random ranges.
  @Test func coverageAgreesWithASetOfTimes() {
    var generator = SplitMix(state: 5)
    for _ in 0..<500 {
      var coverage = Coverage()
      var times: Set<Int64> = []
      for _ in 0..<6 {
        let start = Int64.random(in: 0..<30, using: &generator)
        let range = start..<start + Int64.random(in: 0..<8, using: &generator)
        coverage.insert(range)
        times.formUnion(range)
        let asked = Int64.random(in: 0..<20, using: &generator)..<Int64.random(in: 20..<40, using: &generator)
        #expect(Set(coverage.missing(in: asked).flatMap { Array($0) }) == Set(asked).subtracting(times))
      }
      #expect(zip(coverage.ranges, coverage.ranges.dropFirst()).allSatisfy { $0.upperBound < $1.lowerBound })
    }
  }

  @Test(arguments: [
    // 16:00 in New York is 20:00Z in summer; half an hour later the day counts.
    ("2024-07-10 20:29", "2024-07-10"), ("2024-07-10 20:30", "2024-07-11"), ("2024-07-11 03:00", "2024-07-11"),
    ("2024-01-10 21:29", "2024-01-10"), ("2024-01-10 21:30", "2024-01-11"),
  ])
  func dayEndsHalfAnHourAfterItsSession(now: String, firstOpen: String) throws {
    let clock = BarClock(
      interval: .oneDay, zone: try ExchangeTimeZone(identifier: "America/New_York"), sessionEnd: 57_600)
    #expect(UTCText.formatDate(clock.firstOpen(at: TestClock.milliseconds(now))) == firstOpen)
  }

  @Test func dayOfAMarketThatNeverClosesEndsAfterMidnight() throws {
    let clock = BarClock(interval: .oneDay, zone: .utc, sessionEnd: 86_340)
    #expect(UTCText.format(clock.firstOpen(at: TestClock.milliseconds("2024-07-10 23:59"))) == "2024-07-10")
    #expect(UTCText.format(clock.firstOpen(at: TestClock.milliseconds("2024-07-11 00:28"))) == "2024-07-10")
    #expect(UTCText.format(clock.firstOpen(at: TestClock.milliseconds("2024-07-11 00:29"))) == "2024-07-11")
  }

  @Test func intradayBarEndsHalfAnHourAfterItsOwnEnd() {
    let clock = BarClock(interval: .oneHour, zone: .utc, sessionEnd: nil)
    let open = TestClock.milliseconds("2024-07-10 13:30")
    #expect(clock.firstOpen(at: TestClock.milliseconds("2024-07-10 14:59")) <= open)
    #expect(clock.firstOpen(at: TestClock.milliseconds("2024-07-10 15:00")) > open)
  }

  @Test func winterOffsetOfTodayDoesNotMoveASummerDay() throws {
    // INR=X on Monday 2017-07-10, London, recorded in winter when gmtoffset is 0.
    let cleaner = YahooRowCleaner(
      interval: .oneDay, zone: try ExchangeTimeZone(identifier: "Europe/London"), extendedHours: false)
    var chart = YahooChart()
    chart.times = [TestClock.milliseconds("2017-07-09 23:00") / 1000]
    (chart.open, chart.high, chart.low, chart.close, chart.volume) = ([1], [1], [1], [1], [0])
    #expect(cleaner.bars(of: chart, from: .min, to: .max).times == [TestClock.milliseconds("2017-07-10 00:00")])
  }

  @Test func twoRowsOfTodayLeaveTheLast() throws {
    // GOOG 2017-11-03: the session's row and the closing one, 09:30 and 16:00 in New York.
    let cleaner = YahooRowCleaner(
      interval: .oneDay, zone: try ExchangeTimeZone(identifier: "America/New_York"), extendedHours: false)
    var chart = YahooChart()
    chart.times = [1_509_629_400, 1_509_715_800, 1_509_739_200]
    let prices = [1025.0, 1032.48, 1032.48]
    (chart.open, chart.high, chart.low, chart.close) = (prices, prices, prices, prices)
    chart.volume = [1_000_000, 1_059_100, 1_076_350]
    let bars = cleaner.bars(of: chart, from: .min, to: .max)
    #expect(bars.times.map { UTCText.formatDate($0) } == ["2017-11-02", "2017-11-03"])
    #expect(bars.volume == [1_000_000, 1_076_350])
  }

  @Test func weeksSeparateLiveRowIsAdded() throws {
    // AAPL, week of 2024-09-16: Monday to Wednesday in one row, Thursday in its own.
    let cleaner = YahooRowCleaner(
      interval: .oneWeek, zone: try ExchangeTimeZone(identifier: "America/New_York"), extendedHours: false)
    var chart = YahooChart()
    chart.times = [1_726_459_200, 1_726_776_001]
    (chart.open, chart.high) = ([216.54, 224.99], [222.71, 229.82])
    (chart.low, chart.close) = ([213.92, 224.63], [220.69, 228.87])
    chart.volume = [164_771_600, 66_307_649]
    let bars = cleaner.bars(of: chart, from: .min, to: .max)
    #expect(bars.count == 1 && bars.volume == [231_079_249] && bars.close == [228.87] && bars.high == [229.82])
    #expect(bars.open == [216.54] && bars.low == [213.92])
  }

  @Test func lastPriceInsideAnIntradayBarIsFoldedIn() {
    let cleaner = YahooRowCleaner(interval: .fifteenMinutes, zone: .utc, extendedHours: false)
    var chart = YahooChart()
    chart.times = [1_600_000_200, 1_600_001_100, 1_600_001_402]
    (chart.open, chart.high, chart.low, chart.close) = ([1, 2, 5], [1, 3, 5], [1, 2, 5], [1, 3, 5])
    chart.volume = [10, 20, 0]
    let bars = cleaner.bars(of: chart, from: .min, to: .max)
    #expect(bars.times == [1_600_000_200_000, 1_600_001_100_000])
    #expect(bars.close == [1, 5] && bars.high == [1, 5] && bars.volume == [10, 20])
  }
}
