import MarketData
import TestSupport
import Testing
import TradingModel

@Suite("Data quality")
struct DataQualityReportTests {
  /// Weekdays from Monday 2024-01-01, price about 100.
  private func bars(_ count: Int) -> [Bar] {
    var time = TestClock.milliseconds("2024-01-01 00:00")
    var bars: [Bar] = []
    while bars.count < count {
      if (time / 86_400_000 + 3) % 7 < 5 {
        let price = 100 + Double(bars.count % 3)
        bars.append(Bar(time: time, open: price, high: price + 1, low: price - 1, close: price, volume: 1000))
      }
      time += 86_400_000
    }
    return bars
  }

  private func report(_ bars: [Bar]) -> DataQualityReport {
    DataQualityReport(
      times: bars.map(\.time), open: bars.map(\.open), high: bars.map(\.high), low: bars.map(\.low),
      close: bars.map(\.close), volume: bars.map(\.volume))
  }

  @Test func soundBarsHaveNothingRemarkable() {
    let report = report(bars(60))
    #expect(report.barCount == 60 && report.step == 86_400_000 && report.weekdays == [0, 1, 2, 3, 4])
    #expect(report.missingBars == 0 && report.longestGaps.isEmpty && report.spikes.isEmpty)
    #expect(report.holes.isEmpty && report.duplicates.isEmpty && report.rangeViolations.isEmpty)
    #expect(report.adjustments.count == 1 && report.adjustments[0].factor == 1)
  }

  @Test func missingDaysAreCountedButNotWeekends() {
    var bars = bars(60)
    bars.removeSubrange(20..<27)
    bars.remove(at: 5)
    let report = report(bars)
    #expect(report.missingBars == 8)
    #expect(report.longestGaps.map(\.missing) == [7, 1])
    #expect(UTCText.formatDate(report.longestGaps[0].after) == "2024-01-26")
  }

  @Test func missingMinutesAreCountedWithinADayOnly() {
    let open = TestClock.milliseconds("2024-01-02 14:30")
    var times = (0..<60).map { open + Int64($0) * 60_000 } + (0..<60).map { open + 86_400_000 + Int64($0) * 60_000 }
    times.removeSubrange(10..<13)
    let series = try? BarSeries(times.map { Bar(time: $0, open: 1, high: 1, low: 1, close: 1, volume: 0) })
    let report = series.map { DataQualityReport(series: $0) }
    #expect(report?.missingBars == 3 && report?.step == 60_000 && report?.zeroVolumeCount == 117)
  }

  @Test func faultsOfRowsAreListed() {
    var bars = bars(30)
    bars[3].close = .nan
    bars[5].high = bars[5].close - 5
    bars[7].low = -1
    bars[9].volume = 0
    bars.append(bars[12])
    let report = report(bars)
    #expect(report.holes == [bars[3].time])
    #expect(report.rangeViolations == [bars[5].time])
    #expect(report.notPositive == [bars[7].time])
    #expect(report.zeroVolumeCount == 1)
    #expect(report.duplicates == [bars[12].time])
  }

  @Test func jumpOfAHundredAndBackIsASpikeThatReturned() {
    var bars = bars(40)
    bars[20] = Bar(time: bars[20].time, open: 10_000, high: 10_100, low: 9900, close: 10_000, volume: 1)
    let report = report(bars)
    #expect(report.spikes.count == 2)
    #expect(report.spikes.contains { $0.time == bars[20].time && $0.ratio > 95 && $0.returned })
  }

  @Test func emptyAndShortSeriesAreFine() {
    #expect(report([]).firstTime == nil && report([]).barCount == 0)
    #expect(report(bars(1)).step == nil)
    #expect(report(bars(2)).barCount == 2)
  }

  @Test func adjustmentStepsFollowTheDividends() async throws {
    let reply = try Fixture.reply("msft-1d-div-252.json")
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    let service = TestService(server)
    _ = try await service.load("MSFT", from: "2021-02-01", to: "2022-01-31")
    let quality = try service.service.describeBlocking(symbol: "MSFT").quality
    #expect(quality.dividendCount == 4 && quality.splitCount == 0)
    #expect(quality.adjustments.count == 5)
    #expect(
      quality.adjustments.map { UTCText.formatDate($0.time) } == [
        "2021-02-01", "2021-02-17", "2021-05-19", "2021-08-18", "2021-11-17",
      ])
    #expect(quality.source == "yahoo" && quality.age == 0)
  }
}
