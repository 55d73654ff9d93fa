import Foundation
import MarketData
import TestSupport
import Testing
import TradingModel

@Suite("Cache")
struct CacheTests {
  private func double(_ change: (inout YahooDouble.Market) -> Void = { _ in }) throws -> YahooDouble {
    var market = YahooDouble.Market()
    market.days = YahooDouble.weekdays(from: "2024-01-01", count: 100)
    change(&market)
    return try YahooDouble(market)
  }

  // MARK: Offline

  @Test func offlineTomorrowGivesTheSameBytes() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-06-10 12:00")
    let folder = TemporaryFolder()
    let online = try await TestService(yahoo.server, clock: clock, folder: folder)
      .load("TEST", from: "2024-01-01", to: "2024-04-01")
    yahoo.server.stop()
    clock.set("2024-06-11 15:00")
    let offline = try await TestService(yahoo.server, clock: clock, folder: folder)
      .load("TEST", from: "2024-01-01", to: "2024-04-01", offline: true)
    #expect(offline.series == online.series && offline.series.count == 65)
    #expect(offline.provenance.snapshot == online.provenance.snapshot)
    #expect(!offline.provenance.wasFetched && offline.provenance.age == 27 * 3_600_000)
    #expect(offline.provenance.notes == online.provenance.notes)
    // Without the switch, and without the network, too: nothing is asked for that is there.
    let again = try await TestService(yahoo.server, clock: clock, folder: folder)
      .load("TEST", from: "2024-02-01", to: "2024-03-01")
    #expect(again.series.times.first == TestClock.milliseconds("2024-02-01 00:00"))
    #expect(yahoo.requests.count == 1)
  }

  @Test func offlineWithoutAnEndGivesTheBarsOfTheLastFetch() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 12:00")
    let service = TestService(yahoo.server, clock: clock)
    let online = try await service.load("TEST", from: "2024-01-01")
    clock.set("2024-03-12 12:00")
    let offline = try await service.load("TEST", from: "2024-01-01", offline: true)
    #expect(offline.series == online.series)
    #expect(offline.provenance.notes == ["Bars of the cache are used, fetched 6 days ago, which end with 2024-03-05."])
  }

  @Test func offlineWithoutTheBarsSaysWhatThereIs() async throws {
    let yahoo = try double()
    let service = TestService(yahoo.server, clock: TestClock("2024-06-10 12:00"))
    await #expect(throws: MarketDataError.notCached(symbol: "TEST", interval: "1d", cached: nil)) {
      try await service.load("TEST", from: "2024-01-01", to: "2024-02-01", offline: true)
    }
    _ = try await service.load("TEST", from: "2024-02-01", to: "2024-03-01")
    await #expect(
      throws: MarketDataError.notCached(
        symbol: "TEST", interval: "1d", cached: "1d bars from 2024-02-01 to 2024-02-29")
    ) {
      try await service.load("TEST", from: "2024-01-01", to: "2024-03-01", offline: true)
    }
    await #expect(throws: MarketDataError.self) {
      try await service.load("TEST", from: "2024-02-01", to: "2024-03-05", offline: true)
    }
    #expect(yahoo.requests.count == 1)
  }

  @Test func offlineAndRefreshExcludeEachOther() async throws {
    let service = TestService(try double().server)
    await #expect(throws: MarketDataError.self) { try await service.load("TEST", offline: true, refresh: true) }
  }

  // MARK: Growing

  @Test func onlyTheTailIsFetchedWithAnOverlap() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 12:00")
    let service = TestService(yahoo.server, clock: clock)
    _ = try await service.load("TEST", from: "2024-01-01")
    clock.set("2024-03-20 22:00")
    let loaded = try await service.load("TEST", from: "2024-01-01")
    #expect(loaded.series.count == 58 && loaded.series.times.last == TestClock.milliseconds("2024-03-20 00:00"))
    #expect(yahoo.requests.count == 2)
    let start = try #require(yahoo.requests[1].parameter("period1").flatMap { Int64($0) })
    // Ten sessions before the first that was not final: 4 March on a fetch of the 6th.
    #expect(UTCText.formatDate(start * 1000) == "2024-02-20")
    #expect(loaded.provenance.notes.isEmpty)
  }

  @Test func earlierBeginningFetchesAllInOneRequest() async throws {
    let yahoo = try double()
    let service = TestService(yahoo.server, clock: TestClock("2024-06-20 12:00"))
    _ = try await service.load("TEST", from: "2024-03-01", to: "2024-04-01")
    let loaded = try await service.load("TEST", from: "2024-01-01", to: "2024-02-01")
    #expect(loaded.series.count == 23)
    #expect(yahoo.requests.count == 2)
    _ = try await service.load("TEST", from: "2024-01-01", to: "2024-04-01")
    #expect(yahoo.requests.count == 2)
  }

  @Test func knownFirstTradeAnswersAnyEarlierBeginning() async throws {
    let yahoo = try double { $0.firstTrade = "2024-01-01" }
    let service = TestService(yahoo.server, clock: TestClock("2024-06-20 12:00"))
    _ = try await service.load("TEST", from: "2023-12-01", to: "2024-04-01")
    let loaded = try await service.load("TEST", from: "1990-01-01", to: "2024-04-01")
    #expect(yahoo.requests.count == 1)
    #expect(loaded.provenance.notes == ["The bars begin with 2024-01-01, later than asked for."])
  }

  // MARK: The last bar

  @Test func barOfASessionThatHasNotEndedIsLeftOutAndNotKept() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 18:00")
    let service = TestService(yahoo.server, clock: clock)
    let during = try await service.load("TEST", from: "2024-03-01")
    #expect(during.series.times.last == TestClock.milliseconds("2024-03-05 00:00"))
    #expect(
      during.provenance.notes == ["The bar of 2024-03-06 is left out, since it has not ended for sure."])
    // The session ends at 20:00, and half an hour later it counts.
    clock.set("2024-03-06 20:29")
    #expect(try await service.load("TEST", from: "2024-03-01").series.count == 3)
    clock.set("2024-03-06 20:30")
    #expect(try await service.load("TEST", from: "2024-03-01").series.count == 4)
    #expect(yahoo.requests.count == 2)
  }

  @Test func lastBarRevisedOvernightIsFetchedAgain() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 21:00")
    let service = TestService(yahoo.server, clock: clock)
    let before = try await service.load("TEST", from: "2024-03-01", to: "2024-03-07")
    yahoo.change { market in
      let row = market.days.firstIndex { $0.day == "2024-03-06" }!
      market.days[row].price += 0.5
    }
    clock.set("2024-03-07 08:59")
    #expect(try await service.load("TEST", from: "2024-03-01", to: "2024-03-07").series == before.series)
    clock.set("2024-03-07 21:00")
    let after = try await service.load("TEST", from: "2024-03-01", to: "2024-03-07")
    #expect(after.series.close[3] == before.series.close[3] + 0.5)
    #expect(after.provenance.notes.isEmpty)
    // Final now.
    clock.set("2024-04-01 12:00")
    _ = try await service.load("TEST", from: "2024-03-01", to: "2024-03-07")
    #expect(yahoo.requests.count == 2)
  }

  // MARK: The past changes

  @Test func splitFetchesAllAgain() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 12:00")
    let service = TestService(yahoo.server, clock: clock)
    let before = try await service.load("TEST", from: "2024-01-01", to: "2024-03-01")
    yahoo.change {
      $0.priceScale = 0.25
      $0.splits = [("2024-03-11", 4)]
    }
    clock.set("2024-03-20 22:00")
    let after = try await service.load("TEST", from: "2024-01-01")
    #expect(yahoo.requests.count == 3)
    #expect(after.series.close[0] == 25 && after.series.close[50] == 150 / 4)
    #expect(
      after.provenance.notes == ["A split (prices times 0.25) changed all past bars, so they were fetched again."])
    #expect(
      after.actions == [
        CorporateAction(
          time: TestClock.milliseconds("2024-03-11 00:00"), kind: .split(numerator: 4, denominator: 1))
      ])
    // What a run used before is still there.
    let kept = try service.service.snapshotBlocking(sha256: before.provenance.snapshot)
    #expect(kept.series == before.series)
  }

  @Test func dividendFetchesAllAgainSoThatTheAdjustmentIsYahoos() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 12:00")
    let service = TestService(yahoo.server, clock: clock)
    _ = try await service.load("TEST", from: "2024-01-01")
    yahoo.change {
      $0.factorScale = 0.99
      $0.dividends = [("2024-03-18", 1.5)]
    }
    clock.set("2024-03-20 22:00")
    let after = try await service.load("TEST", from: "2024-01-01")
    #expect(yahoo.requests.count == 3)
    #expect(after.series.close[0] == 99)
    #expect(
      after.provenance.notes == [
        "A dividend changed the adjustment of past bars, so they were fetched again."
      ])
    let raw = try await service.load("TEST", from: "2024-01-01", adjusted: false)
    #expect(raw.series.close[0] == 100 && !raw.provenance.adjusted)
    #expect(yahoo.requests.count == 3)
  }

  @Test func restatedHistoryFetchesAllAgain() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 12:00")
    let service = TestService(yahoo.server, clock: clock)
    _ = try await service.load("TEST", from: "2024-01-01")
    yahoo.change { market in
      for day in ["2024-01-10", "2024-02-27"] {
        let row = market.days.firstIndex { $0.day == day }!
        market.days[row].price *= 1.1
      }
    }
    clock.set("2024-03-20 22:00")
    let after = try await service.load("TEST", from: "2024-01-01")
    #expect(yahoo.requests.count == 3)
    #expect(
      after.provenance.notes == [
        "Yahoo restated 1 past bar, the first of 2024-02-27, so all were fetched again."
      ])
    #expect(after.series.close[7] == 107 * 1.1)
  }

  /// Equal calls differ in the seventh digit.
  @Test func jitterOfSinglePrecisionChangesNothing() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 12:00")
    let service = TestService(yahoo.server, clock: clock)
    _ = try await service.load("TEST", from: "2024-01-01")
    yahoo.change {
      $0.priceScale = 1 + 4e-7
      $0.factorScale = 1 - 4e-7
    }
    clock.set("2024-03-20 22:00")
    let after = try await service.load("TEST", from: "2024-01-01")
    #expect(yahoo.requests.count == 2 && after.provenance.notes.isEmpty)
  }

  @Test func recentHolesAreAskedForAgain() async throws {
    let yahoo = try double { $0.nulls = ["2024-02-20"] }
    let clock = TestClock("2024-03-06 12:00")
    let service = TestService(yahoo.server, clock: clock)
    let before = try await service.load("TEST", from: "2024-01-01", to: "2024-03-01")
    #expect(before.series.count == 43)
    yahoo.change { $0.nulls = [] }
    clock.set("2024-03-07 12:00")
    let after = try await service.load("TEST", from: "2024-01-01", to: "2024-03-01")
    #expect(after.series.count == 44)
    #expect(after.provenance.notes == ["Yahoo filled 1 hole since the last fetch."])
    clock.set("2024-03-25 12:00")
    _ = try await service.load("TEST", from: "2024-01-01", to: "2024-03-01")
    #expect(yahoo.requests.count == 2)
  }

  @Test func barThatYahooLosesForDaysStays() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 12:00")
    let service = TestService(yahoo.server, clock: clock)
    _ = try await service.load("TEST", from: "2024-01-01")
    yahoo.change {
      $0.absent = ["2024-02-28"]
      $0.nulls = ["2024-02-27"]
    }
    clock.set("2024-03-07 22:00")
    let after = try await service.load("TEST", from: "2024-01-01", to: "2024-03-08")
    #expect(after.series.count == 49)
    #expect(
      after.provenance.notes == [
        "Yahoo left out 2 bars that it had sent before; they are used from the cache."
      ])
  }

  @Test func refreshReplacesWhatIsHeld() async throws {
    let yahoo = try double()
    let service = TestService(yahoo.server, clock: TestClock("2024-06-20 12:00"))
    _ = try await service.load("TEST", from: "2024-01-01", to: "2024-04-01")
    yahoo.change { $0.days[5].price = 500 }
    #expect(try await service.load("TEST", from: "2024-01-01", to: "2024-04-01").series.close[5] == 105)
    #expect(try await service.load("TEST", from: "2024-02-01", to: "2024-04-01", refresh: true).provenance.wasFetched)
    #expect(try await service.load("TEST", from: "2024-01-01", to: "2024-04-01").series.close[5] == 500)
    #expect(yahoo.requests.count == 2)
  }

  // MARK: Trouble

  @Test func throttledWithACacheUsesItAndShowsItsAge() async throws {
    let yahoo = try double()
    let clock = TestClock("2024-03-06 12:00")
    let service = TestService(yahoo.server, clock: clock)
    let before = try await service.load("TEST", from: "2024-01-01")
    for failure in [
      ReplayReply.page("Edge: Too Many Requests", status: 429), .page("<html>Will be right back</html>", status: 200),
      ReplayReply(body: Array("{\"chart\":{\"res".utf8)), ReplayReply(body: Array("{}".utf8), manner: .reset(after: 1)),
    ] {
      yahoo.change { $0.failure = failure }
      clock.now += 86_400_000
      let after = try await service.load("TEST", from: "2024-01-01")
      #expect(after.series == before.series)
      #expect(!after.provenance.wasFetched)
      try #require(after.provenance.notes.count == 2)
      #expect(after.provenance.notes[1].hasPrefix("Bars of the cache are used, fetched "))
      #expect(after.provenance.notes.allSatisfy { !$0.contains("delisted") })
      // Who asks for fresh bars is told that there are none.
      await #expect(throws: MarketDataError.self) { try await service.load("TEST", from: "2024-01-01", refresh: true) }
    }
  }

  @Test func cacheThatLacksBarsDoesNotHideTheTrouble() async throws {
    let yahoo = try double()
    let service = TestService(yahoo.server, clock: TestClock("2024-06-06 12:00"))
    _ = try await service.load("TEST", from: "2024-02-01", to: "2024-03-01")
    yahoo.change { $0.failure = .page("Too Many Requests", status: 429) }
    await #expect(throws: MarketDataError.throttled(host: "127.0.0.1:\(yahoo.server.port)")) {
      try await service.load("TEST", from: "2024-01-01", to: "2024-03-01")
    }
  }

  @Test func twoProcessesFetchTheSameSymbolAtOnce() async throws {
    let yahoo = try double()
    let folder = TemporaryFolder()
    let clock = TestClock("2024-06-20 12:00")
    // Services share nothing but the file, as processes do.
    let series = try await withThrowingTaskGroup(of: BarSeries.self) { group in
      for number in 0..<8 {
        let service = TestService(yahoo.server, clock: clock, folder: folder)
        group.addTask {
          try await service.load("TEST", from: "2024-0\(1 + number % 3)-01", to: "2024-04-01").series
        }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Set(series.map(\.count)) == [65, 42, 21])
    let whole = try await TestService(yahoo.server, clock: clock, folder: folder)
      .load("TEST", from: "2024-01-01", to: "2024-04-01", offline: true)
    #expect(whole.series.count == 65)
  }

  @Test func loadsOfOneServiceFetchOnce() async throws {
    let yahoo = try double()
    let service = TestService(yahoo.server, clock: TestClock("2024-06-20 12:00"))
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<12 {
        group.addTask { try await service.load("TEST", from: "2024-01-01", to: "2024-04-01").series.count }
      }
      for try await count in group { #expect(count == 65) }
    }
    #expect(yahoo.requests.count == 1)
  }

  @Test func cancellingALoadEndsItAndFreesTheNext() async throws {
    let server = try ReplayServer { _, number in
      number == 0 ? ReplayReply(manner: .silent) : ChartBody(rows: [ChartBody.row(1_577_975_400, 10)]).reply
    }
    defer { server.stop() }
    let service = TestService(server, totalSeconds: 600)
    let first = Task { try await service.load("AAPL", from: "2020-01-01", to: "2020-01-03") }
    while server.requests.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    let waiting = Task { try await service.load("AAPL", from: "2020-01-01", to: "2020-01-03") }
    let abandoned = Task { try await service.load("AAPL", from: "2020-01-01", to: "2020-01-03") }
    abandoned.cancel()
    await #expect(throws: MarketDataError.cancelled) { try await abandoned.value }
    first.cancel()
    await #expect(throws: MarketDataError.cancelled) { try await first.value }
    #expect(try await waiting.value.series.count == 1)
  }

  @Test func cacheThatIsNoDatabaseIsNamed() async throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
    try Data("this is not a database, and long enough to be read as one".utf8)
      .write(to: URL(fileURLWithPath: folder.path + "/bars.sqlite"))
    let server = try ReplayServer { _, _ in .json("{}") }
    defer { server.stop() }
    await #expect {
      try await TestService(server, folder: folder).load("AAPL", from: "2020-01-01", to: "2020-01-03")
    } throws: { error in
      "\(error)".contains(folder.path) && "\(error)".contains("BACKTESTER_CACHE")
    }
  }

  @Test func folderThatCannotBeMadeIsNamed() async throws {
    let service = MarketDataService(
      configuration: MarketDataConfiguration(cacheDirectory: "/proc/none/such", now: { 0 }))
    await #expect {
      try await service.load(BarsRequest(symbol: "AAPL", offline: true))
    } throws: { "\($0)".contains("/proc/none/such") }
  }

  // MARK: Longer bars

  @Test func weeksAndMonthsAreBuiltFromDays() async throws {
    let yahoo = try double()
    let service = TestService(yahoo.server, clock: TestClock("2024-06-20 12:00"))
    let weeks = try await service.load("TEST", .oneWeek, from: "2024-01-03", to: "2024-02-01")
    // The week of 3 January began before the range; that of 29 January is cut by it.
    #expect(
      weeks.series.times.map { UTCText.formatDate($0) } == ["2024-01-08", "2024-01-15", "2024-01-22", "2024-01-29"])
    #expect(weeks.series.open[0] == 105 && weeks.series.close[0] == 109)
    #expect(weeks.series.high[0] == 109 * 1.01 && weeks.series.low[0] == 105 * 0.99)
    #expect(weeks.series.volume == [5000, 5000, 5000, 3000])
    #expect(weeks.provenance.notes == ["The last 1wk bar holds only days before 2024-02-01."])
    let months = try await service.load("TEST", .oneMonth, from: "2024-01-01", to: "2024-04-01")
    #expect(months.series.times.map { UTCText.formatDate($0) } == ["2024-01-01", "2024-02-01", "2024-03-01"])
    #expect(months.series.volume == [23_000, 21_000, 21_000])
    #expect(months.provenance.notes.isEmpty)
    let quarters = try await service.load("TEST", .threeMonths, from: "2024-01-01", to: "2024-04-01")
    #expect(quarters.series.count == 1 && quarters.series.close[0] == 164)
    #expect(yahoo.requests.count == 2)
  }

  @Test func halfHoursAreBuiltFromQuarters() async throws {
    var body = ChartBody(granularity: "15m", hasAdjustedClose: false)
    let open = TestClock.milliseconds("2024-10-02 13:30") / 1000
    body.rows = (0..<4).map { ChartBody.row(open + Int64($0) * 900, 100 + Double($0)) }
    let reply = body.reply
    let server = try ReplayServer { _, _ in reply }
    defer { server.stop() }
    let loaded = try await TestService(server, clock: TestClock("2024-10-04 12:00"))
      .load("TEST", .thirtyMinutes, from: "2024-10-02", to: "2024-10-03")
    #expect(loaded.series.times == [open * 1000, (open + 1800) * 1000])
    #expect(loaded.series.close == [101, 103] && loaded.series.volume == [2000, 2000])
    #expect(
      loaded.provenance.notes == [
        "Yahoo has no dividend adjustment for intraday bars; these are adjusted for splits only."
      ])
  }
}
