import Foundation
import MarketData
import TestSupport
import Testing
import TradingModel

@Suite("Request line")
struct RequestLineTests {
  private func requests(
    _ symbol: String, _ interval: BarInterval = .oneDay, from: String?, to: String?, now: String = "2026-11-20 12:00",
    zone: String = "America/New_York", extendedHours: Bool = false
  ) async throws -> [ReplayRequest] {
    var body = ChartBody()
    body.zone = zone
    body.granularity = interval.source.rawValue
    let reply = body.reply
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    _ = try await TestService(server, clock: TestClock(now)).service.load(
      BarsRequest(
        symbol: symbol, interval: interval, from: try from.map { try TimeBound(parsing: $0) },
        to: try to.map { try TimeBound(parsing: $0) }, extendedHours: extendedHours))
    return server.requests
  }

  @Test(arguments: [
    ("^GSPC", "/v8/finance/chart/%5EGSPC"), ("EURUSD=X", "/v8/finance/chart/EURUSD%3DX"),
    (" brk-b ", "/v8/finance/chart/BRK-B"), ("OCDO.L", "/v8/finance/chart/OCDO.L"),
    ("BTC-USD", "/v8/finance/chart/BTC-USD"), ("GC=F", "/v8/finance/chart/GC%3DF"),
    ("M&M.NS", "/v8/finance/chart/M%26M.NS"),
  ])
  func symbolIsEncodedAsAPathSegment(symbol: String, path: String) async throws {
    let zones = ["EURUSD=X": "Europe/London", "OCDO.L": "Europe/London", "BTC-USD": "UTC", "M&M.NS": "Asia/Kolkata"]
    let asked = try await requests(
      symbol, from: "2020-01-01", to: "2020-01-03", zone: zones[symbol] ?? "America/New_York")
    #expect(asked.map(\.path) == [path])
  }

  @Test(arguments: ["", " ", "..", "A/B", "A B", "AAPL?x=1", "AÄ", "A\nB", "^", String(repeating: "A", count: 40)])
  func whatIsNoSymbolIsNeverSent(symbol: String) async throws {
    await #expect(throws: MarketDataError.invalidSymbol(symbol)) {
      try await requests(symbol, from: "2020-01-01", to: "2020-01-03")
    }
  }

  @Test func periodsAreMidnightsOfTheExchange() async throws {
    let request = try #require(try await requests("AAPL", from: "2020-08-31", to: "2020-11-07").first)
    #expect(request.parameter("period1") == "1598846400")
    #expect(request.parameter("period2") == "1604725200")
    #expect(request.parameter("interval") == "1d")
    #expect(request.parameter("includePrePost") == "false")
    #expect(request.parameter("events") == "div%2Csplits%2CcapitalGains")
    #expect(request.parameter("crumb") == nil)
    #expect(request.headers["user-agent"]?.hasPrefix("Mozilla/5.0") == true)
    #expect(request.headers["cookie"] == nil)
  }

  @Test func wrongGuessOfTheZoneIsCorrectedByOneMoreRequest() async throws {
    let asked = try await requests("ABC", from: "2020-08-31", to: "2020-09-30", zone: "Asia/Tokyo")
    #expect(asked.map { $0.parameter("period1") } == ["1598846400", "1598799600"])
  }

  @Test func datesBefore1970AreNegative() async throws {
    let request = try #require(try await requests("IBM", from: "1962-01-02", to: "1963-01-01").first)
    #expect(request.parameter("period1") == "-252356400")
  }

  @Test func rangeWithoutBeginningStaysUnderACentury() async throws {
    let request = try #require(try await requests("IBM", from: nil, to: nil).first)
    let start = try #require(request.parameter("period1").flatMap { Int64($0) })
    let end = try #require(request.parameter("period2").flatMap { Int64($0) })
    #expect(end - start < 100 * 365 * 86_400)
    // The midnight behind the present moment.
    #expect(end == 1_795_237_200)
  }

  @Test func minutesAreAskedForInChunksWithinThirtyDays() async throws {
    let now = "2026-11-20 12:00"
    let asked = try await requests("AAPL", .oneMinute, from: "2026-01-01", to: nil, now: now)
    let periods = asked.compactMap { request in
      request.parameter("period1").flatMap { Int64($0) }.flatMap { start in
        request.parameter("period2").flatMap { Int64($0) }.map { (start, $0) }
      }
    }
    let nowSeconds = TestClock.milliseconds(now) / 1000
    #expect(periods.count == 5)
    #expect(periods.first?.0 == nowSeconds - 30 * 86_400 + 300)
    #expect(periods.last?.1 == nowSeconds)
    #expect(periods.allSatisfy { $0.1 - $0.0 <= 7 * 86_400 })
    #expect(zip(periods, periods.dropFirst()).allSatisfy { $0.1 == $1.0 })
  }

  @Test(arguments: [
    (BarInterval.twoMinutes, "2m"), (.fiveMinutes, "5m"), (.fifteenMinutes, "15m"), (.thirtyMinutes, "15m"),
    (.ninetyMinutes, "90m"), (.oneHour, "1h"), (.fourHours, "4h"), (.oneWeek, "1d"), (.oneMonth, "1d"),
    (.threeMonths, "1d"),
  ])
  func longerIntervalsAreAskedForOnceAndByTheirSource(interval: BarInterval, sent: String) async throws {
    let asked = try await requests(
      "AAPL", interval, from: interval.isIntraday ? "2026-11-02" : "2026-07-01", to: "2026-11-19",
      extendedHours: true)
    #expect(asked.map { $0.parameter("interval") } == [sent])
    #expect(asked.first?.parameter("includePrePost") == (interval.isIntraday ? "true" : "false"))
  }

  @Test func rangeBeyondYahoosHistoryIsRefusedWithoutAsking() async throws {
    let folder = TemporaryFolder()
    let now = TestClock.milliseconds("2026-11-20 12:00")
    // Of Yahoo's own hosts; nothing may be sent.
    let service = MarketDataService(
      configuration: MarketDataConfiguration(
        cacheDirectory: folder.path, limits: HTTPLimits(connectSeconds: 0.001, totalSeconds: 0.001), now: { now }))
    await #expect {
      try await service.load(
        BarsRequest(
          symbol: "AAPL", interval: .oneMinute, from: TimeBound(parsing: "2020-01-01"),
          to: TimeBound(parsing: "2020-01-03")))
    } throws: { error in
      guard case .beyondHistory("AAPL", .oneMinute, 30, _) = error as? MarketDataError else { return false }
      return "\(error)".contains("30 days")
    }
  }

  @Test func mirrorIsAskedBeyondYahoosHistory() async throws {
    let asked = try await requests("AAPL", .oneMinute, from: "2020-01-01", to: "2020-01-03")
    #expect(asked.map { $0.parameter("period1") } == ["1577854800"])
  }

  @Test func emptyRangeIsRefused() async throws {
    await #expect(throws: MarketDataError.self) { try await requests("AAPL", from: "2020-01-03", to: "2020-01-03") }
  }
}
