import Foundation
import MarketData
import TestSupport
import Testing
import TradingModel

@Suite("Snapshots and imported sets")
struct SnapshotTests {
  private func series(_ closes: [Double] = [10, 11, 12]) throws -> BarSeries {
    try BarSeries(
      closes.enumerated().map { row, close in
        Bar(
          time: Int64(row) * 86_400_000, open: close, high: close + 1, low: close - 1, close: close,
          volume: row == 1 ? .nan : 5)
      })
  }

  private func service(
    _ folder: TemporaryFolder = TemporaryFolder(), _ clock: TestClock = TestClock("2024-06-20 12:00")
  )
    -> TestService
  { TestService(base: "http://127.0.0.1:1", clock: clock, folder: folder) }

  @Test func hashIsOfTheContentOnly() throws {
    let hash = DataSnapshot.sha256(of: try series())
    #expect(hash.count == 64)
    #expect(try hash == DataSnapshot.sha256(of: series()))
    #expect(try hash != DataSnapshot.sha256(of: series([10, 11, 12.000000000000002])))
    // SHA-256 of eight zero bytes, by sha256sum: no bars.
    #expect(
      try DataSnapshot.sha256(of: series([])) == "af5570f5a1810b7af78caf4bc70a660f0df51e42baf91d4de5b2328de0e83dfc")
  }

  @Test func importedSetComesBackAsItWas() throws {
    let (service, bars) = (service().service, try series())
    try service.importBlocking(bars, name: "my bars", interval: .oneDay, currency: "EUR", origin: "bars.csv")
    let loaded = try service.loadImportedBlocking(name: "my bars")
    // A volume that is not known counts as none.
    #expect(
      loaded.series.close == bars.close && loaded.series.times == bars.times && loaded.series.volume == [5, 0, 5])
    #expect(loaded.instrument == Instrument(symbol: "my bars", currency: "EUR"))
    #expect(loaded.provenance.source == "import" && loaded.provenance.host == "bars.csv")
    let part = try service.loadImportedBlocking(name: "my bars", from: 86_400_000, to: 172_800_000)
    #expect(part.series.close == [11])
    try service.importBlocking(try series([1.5]), name: "my bars", origin: "other.csv")
    #expect(try service.loadImportedBlocking(name: "my bars").series.close == [1.5])
    #expect(try service.dataSetsBlocking().count == 1)
    #expect(throws: MarketDataError.noSuchDataSet("other")) { try service.loadImportedBlocking(name: "other") }
    #expect(throws: MarketDataError.self) { try service.importBlocking(bars, name: " ", origin: "x") }
  }

  /// What was read once is used again only while nobody, in this program or another, has changed the file.
  @Test func aChangeIsSeenByWhoeverHasReadBefore() throws {
    let folder = TemporaryFolder()
    let (one, other) = (service(folder).service, service(folder).service)
    func closes(_ service: MarketDataService) throws -> [Double] {
      try service.loadImportedBlocking(name: "a").series.close
    }
    try one.importBlocking(try series([1.5, 2]), name: "a", origin: "a.csv")
    for _ in 0..<2 { #expect(try closes(one) == [1.5, 2] && closes(other) == [1.5, 2]) }
    // The same revision, time and row number: the set is deleted and made again.
    try one.importBlocking(try series([3, 4]), name: "a", origin: "a.csv")
    for _ in 0..<2 { #expect(try closes(one) == [3, 4] && closes(other) == [3, 4]) }
    try other.importBlocking(try series([5, 6]), name: "b", origin: "b.csv")
    #expect(try closes(one) == [3, 4] && one.loadImportedBlocking(name: "b").series.close == [5, 6])
    try other.importBlocking(try series([7, 8]), name: "a", origin: "a.csv")
    #expect(try closes(one) == [7, 8] && closes(other) == [7, 8])
    #expect(try other.clearBlocking(symbol: "a") == 1)
    #expect(throws: MarketDataError.noSuchDataSet("a")) { try closes(one) }
    #expect(throws: MarketDataError.noSuchDataSet("a")) { try closes(other) }
  }

  @Test func theSameBarsAreMadeAndHashedOnce() throws {
    let service = service().service
    func isShared(_ one: LoadedBars, _ other: LoadedBars) -> Bool {
      one.series.close.withUnsafeBufferPointer { one in
        other.series.close.withUnsafeBufferPointer { one.baseAddress == $0.baseAddress }
      }
    }
    try service.importBlocking(try series(), name: "a", origin: "a.csv")
    let whole = try service.loadImportedBlocking(name: "a")
    #expect(isShared(whole, try service.loadImportedBlocking(name: "a")))
    #expect(whole.provenance.snapshot == DataSnapshot.sha256(of: whole.series))
    let part = try service.loadImportedBlocking(name: "a", from: 86_400_000)
    #expect(part.series.close == [11, 12] && part.provenance.snapshot == DataSnapshot.sha256(of: part.series))
    #expect(isShared(part, try service.loadImportedBlocking(name: "a", from: 86_400_000)))
    try service.importBlocking(try series([4, 5, 6]), name: "a", origin: "a.csv")
    let changed = try service.loadImportedBlocking(name: "a")
    #expect(
      changed.series.close == [4, 5, 6] && changed.provenance.snapshot == DataSnapshot.sha256(of: changed.series))
  }

  @Test func snapshotsOfRunsStayAndOthersGoAfterNinetyDays() throws {
    let clock = TestClock("2024-01-01 12:00")
    let service = service(TemporaryFolder(), clock).service
    try service.importBlocking(try series([1.5, 2]), name: "a", origin: "a.csv")
    try service.importBlocking(try series([3, 4]), name: "b", origin: "b.csv")
    let kept = try service.loadImportedBlocking(name: "a").provenance.snapshot
    let forgotten = try service.loadImportedBlocking(name: "b").provenance.snapshot
    #expect(try service.keepSnapshotBlocking(sha256: kept))
    #expect(try !service.keepSnapshotBlocking(sha256: "none"))
    clock.set("2024-04-02 12:00")
    try service.importBlocking(try series([5, 6]), name: "c", origin: "c.csv")
    _ = try service.loadImportedBlocking(name: "c")
    #expect(try service.snapshotBlocking(sha256: kept).series.close == [1.5, 2])
    #expect(throws: MarketDataError.noSuchDataSet(forgotten)) { try service.snapshotBlocking(sha256: forgotten) }
    #expect(try service.clearSnapshotsBlocking() == 1)
    #expect(try service.clearSnapshotsBlocking(evenKept: true) == 1)
  }

  @Test func dataSetsAreListedDescribedAndCleared() async throws {
    var market = YahooDouble.Market()
    market.days = YahooDouble.weekdays(from: "2024-01-01", count: 40)
    market.dividends = [("2024-01-10", 0.5)]
    let yahoo = try YahooDouble(market)
    let service = TestService(yahoo.server, clock: TestClock("2024-06-20 12:00"))
    _ = try await service.load("TEST", from: "2024-01-01", to: "2024-02-01")
    try service.service.importBlocking(try series(), name: "mine", origin: "mine.csv")
    let sets = try service.service.dataSetsBlocking()
    #expect(sets.map(\.symbol) == ["TEST", "mine"])
    #expect(sets[0].barCount == 23 && sets[0].interval == "1d" && sets[0].currency == "USD")
    #expect(sets[0].host == "127.0.0.1:\(yahoo.server.port)")
    let shown = try service.service.describeBlocking(symbol: "test", interval: .oneWeek)
    #expect(shown.actions.count == 1 && shown.quality.dividendCount == 1 && shown.timeZone == "America/New_York")
    #expect(throws: MarketDataError.noSuchDataSet("TEST")) {
      try service.service.describeBlocking(symbol: "TEST", interval: .oneMinute)
    }
    #expect(try service.service.clearBlocking(symbol: "test") == 1)
    #expect(try service.service.clearBlocking(symbol: "test") == 0)
    #expect(try service.service.clearBlocking() == 1)
    #expect(try service.service.dataSetsBlocking().isEmpty)
  }

  @Test func configurationReadsTheEnvironment() throws {
    func make(_ environment: [String: String]) throws(MarketDataError) -> MarketDataConfiguration {
      try MarketDataConfiguration(environment: environment, now: { 0 })
    }
    let plain = try make(["HOME": "/home/me"])
    #expect(plain.cacheDirectory == "/home/me/.local/share/backtester")
    #expect(plain.yahooBases == ["https://query2.finance.yahoo.com", "https://query1.finance.yahoo.com"])
    #expect(try make(["HOME": "/h", "XDG_DATA_HOME": "/data"]).cacheDirectory == "/data/backtester")
    #expect(try make(["HOME": "/h", "XDG_DATA_HOME": "relative"]).cacheDirectory == "/h/.local/share/backtester")
    let own = try make([
      "BACKTESTER_CACHE": "/c", "BACKTESTER_YAHOO_URL": "http://127.0.0.1:8080/", "BACKTESTER_CA_FILE": "/ca.pem",
      "BACKTESTER_USER_AGENT": "Mine/1", "BACKTESTER_HTTP_TIMEOUT": "2.5",
    ])
    #expect(own.cacheDirectory == "/c" && own.yahooBases == ["http://127.0.0.1:8080"])
    #expect(own.http == HTTPClient.Settings(userAgent: "Mine/1", certificateFile: "/ca.pem"))
    #expect(own.limits.totalSeconds == 2.5 && own.limits.connectSeconds == 2.5)
    for (name, value) in [
      ("BACKTESTER_YAHOO_URL", "ftp://x"), ("BACKTESTER_HTTP_TIMEOUT", "soon"), ("BACKTESTER_USER_AGENT", "a\nb"),
    ] {
      #expect { try make(["HOME": "/h", name: value]) } throws: { "\($0)".contains(name) }
    }
    #expect { try make([:]) } throws: { "\($0)".contains("BACKTESTER_CACHE") }
  }
}
