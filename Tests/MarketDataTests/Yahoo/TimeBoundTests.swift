import MarketData
import Testing

@Suite("Bounds and intervals")
struct TimeBoundTests {
  @Test(arguments: [
    ("2020-08-31", TimeBound.local(1_598_832_000_000)), ("2020-08-31 09:30", .local(1_598_866_200_000)),
    ("2020-08-31T09:30:05", .local(1_598_866_205_000)), ("2020-08-31T13:30Z", .instant(1_598_880_600_000)),
    ("2020-08-31 09:30-04:00", .instant(1_598_880_600_000)), ("2020-08-31 19:00+0530", .instant(1_598_880_600_000)),
    ("2020-02-29", .date(year: 2020, month: 2, day: 29)),
  ])
  func boundsAreRead(text: String, bound: TimeBound) throws { #expect(try TimeBound(parsing: text) == bound) }

  @Test(arguments: [
    "", "2020", "2020-13-01", "2020-02-30", "31.08.2020", "2020-8-31", "2020-08-31 25:00", "2020-08-31 09:30+",
    "2020-08-31x", "2020-08-31 9:30", "2020-08-31 09:60", "2020-08-31T", "yesterday", "2020-08-31 09:30+25:00",
  ])
  func otherTextIsRefused(text: String) {
    #expect(throws: MarketDataError.invalidTime(text)) { try TimeBound(parsing: text) }
  }

  @Test(arguments: [
    ("1d", BarInterval.oneDay), ("60m", .oneHour), ("1h", .oneHour), ("1wk", .oneWeek), ("1W", .oneWeek),
    ("1mo", .oneMonth), ("90m", .ninetyMinutes), ("4h", .fourHours), ("3mo", .threeMonths), ("30m", .thirtyMinutes),
  ])
  func intervalsAreRead(text: String, interval: BarInterval) throws {
    #expect(try BarInterval(parsing: text) == interval)
  }

  @Test(arguments: ["", "5d", "1s", "d", "1 d", "1y"])
  func otherIntervalsAreRefusedWithTheChoices(text: String) {
    #expect(throws: MarketDataError.unknownInterval(text)) { try BarInterval(parsing: text) }
    #expect(MarketDataError.unknownInterval(text).description.contains("1m, 2m, 5m"))
  }
}
