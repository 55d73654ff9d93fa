import BacktestService
import Foundation
import MarketData
import PluginHost
import RunStore
import TestSupport
import Testing
import TradingModel

/// Data sets by id, and runs on fetched and imported bars.
struct DatasetsTests {
  /// A cache in a folder of its own whose Yahoo is a replay server.
  private final class Fixture {
    let folder = FileManager.default.temporaryDirectory.appending(path: "datasets-\(UUID().uuidString)").path()
    let server: ReplayServer
    let provider: MarketDataProvider
    let service: BacktestService

    init() throws {
      // Friday 2020-01-03 to Thursday 2020-01-09, 14:30 UTC.
      let days: [Int64] = [1_578_061_800, 1_578_321_000, 1_578_407_400, 1_578_493_800, 1_578_580_200]
      let body = ChartBody(
        symbol: "TEST", firstTrade: days[0],
        rows: days.enumerated().map { ChartBody.row($1, 10 + Double($0), factor: 0.5) })
      server = try ReplayServer { _, _ in body.reply }
      let environment = ["BACKTESTER_YAHOO_URL": server.base, "BACKTESTER_CACHE": folder]
      provider = MarketDataProvider(environment: { environment[$0] }, now: { 1_600_000_000_000 })
      service = BacktestService(
        catalog: StrategyCatalog(directory: PluginDirectory([], environment: { _ in nil }), pythonPackage: nil),
        pluginOptions: Plugin.Options(hostVersion: "0", timeoutScale: 30, hostProcessID: 1), marketData: provider)
    }

    deinit {
      server.stop()
      try? FileManager.default.removeItem(atPath: folder)
    }

    func run(_ source: DataSource, from: EpochMilliseconds? = nil, to: EpochMilliseconds? = nil) throws
      -> BacktestReport
    {
      try service.run(BacktestRequest(strategy: "buy_and_hold", data: source, from: from, to: to))
    }
  }

  @Test func aRunsHashIsTheHashOfItsSnapshot() throws {
    let fixture = try Fixture()
    let fetched = try fixture.run(.yahoo(YahooBars(symbol: "test")))
    #expect(fetched.data.sha256 == DataSnapshot.sha256(of: fetched.bars))
    #expect(try fixture.provider.service().snapshotBlocking(sha256: fetched.data.sha256).series == fetched.bars)
    // A sample has no snapshot; its hash is the same function of its bars.
    let sample = try fixture.run(.sample(name: "FB", adjusted: true))
    #expect(try sample.data.sha256 == DataSnapshot.sha256(of: Samples.load("FB", adjusted: true)))
  }

  @Test func aStoredRunKeepsItsBarsWhenTheCacheIsCleared() throws {
    let fixture = try Fixture()
    var report = try fixture.run(.yahoo(YahooBars(symbol: "TEST")))
    let database = fixture.folder + "/runs.sqlite"
    report.save(in: database, now: 1_600_000_000_000, engineVersion: "0", makeID: { "r1" })
    #expect(report.saveFailure == nil)
    let market = try fixture.provider.service()
    #expect(try market.clearBlocking() == 1)
    #expect(try market.clearSnapshotsBlocking() == 0)
    let record = try SQLiteRunStore(file: database, program: "test").record("r1")
    #expect(record.dataset == "yahoo:TEST:1d")
    guard case .loaded(let bars) = StoredBars.load(record, marketData: fixture.provider) else {
      Issue.record("the bars of the run are gone")
      return
    }
    #expect(bars == report.bars)
    #expect(try market.clearSnapshotsBlocking(evenKept: true) == 1)
    guard case .unavailable(let why) = StoredBars.load(record, marketData: fixture.provider) else {
      Issue.record("bars came from nowhere")
      return
    }
    #expect(why.contains("no longer holds"))
  }

  @Test func dataSetsAreListedDescribedAndRunByID() throws {
    let fixture = try Fixture()
    _ = try fixture.run(.yahoo(YahooBars(symbol: "TEST")))
    let bars = try Samples.load("FB", adjusted: true)
    try fixture.provider.service().importBlocking(bars, name: "my bars", interval: .oneDay, origin: "fb.csv")
    let datasets = Datasets(fixture.provider)
    let all = try datasets.list()
    #expect(
      all.map(\.id) == [
        "sample:AAPL", "sample:FB", "sample:GOOG", "sample:IBM", "sample:MSFT", "yahoo:TEST:1d", "import:my bars",
      ])
    for dataset in all {
      #expect(try datasets.describe(dataset.id) == dataset)
      let source = try datasets.source(dataset.id)
      #expect(source == dataset.source)
      #expect(source.datasetID == dataset.id)
      let run = try fixture.run(source)
      #expect(run.data.sha256 == dataset.sha256, "\(dataset.id)")
      #expect(run.data.count == dataset.rows)
      #expect([run.data.start, run.data.end] == [dataset.start, dataset.end])
      #expect(run.request.symbol == dataset.symbol)
    }
    #expect(try datasets.describe("goog").id == "sample:GOOG")
    #expect(try datasets.describe("my bars").id == "import:my bars")
    #expect(try datasets.describe("yahoo:test:1d").id == "yahoo:TEST:1d")
    #expect(throws: ServiceError.self) { try datasets.describe("import:MY BARS") }
    do {
      _ = try datasets.source("yahoo:TSET:1d")
      Issue.record("a data set that is not there was found")
    } catch {
      #expect(error.isUsageError)
      #expect("\(error)".contains("did you mean yahoo:TEST:1d?"))
    }
    // The first load's, nothing since.
    #expect(fixture.server.requests.count == 1)
  }

  @Test func aDataSetIsCutByBarTimes() throws {
    let fixture = try Fixture()
    _ = try fixture.run(.yahoo(YahooBars(symbol: "TEST")))
    let source = try Datasets(fixture.provider).source("yahoo:TEST:1d")
    let day: Int64 = 86_400_000
    let monday: EpochMilliseconds = 1_578_268_800_000
    let cut = try fixture.run(source, from: monday, to: monday + 2 * day)
    #expect(cut.bars.times == [monday, monday + day])
    #expect([cut.request.from, cut.request.to] == [monday, monday + 2 * day])
    // As with a file, a range that reaches beyond the bars takes those there are.
    let wide = try fixture.run(source, from: 0, to: monday + 1000 * day)
    #expect(wide.bars.count == 5)
    #expect(throws: ServiceError.self) { try fixture.run(source, from: monday + 100 * day) }
  }

  @Test func faultySettingHarmsOnlyRunsThatUseIt() throws {
    let environment = ["BACKTESTER_YAHOO_URL": "nonsense", "HOME": "/nonexistent"]
    let provider = MarketDataProvider(environment: { environment[$0] }, now: { 0 })
    let service = BacktestService(
      catalog: StrategyCatalog(directory: PluginDirectory([], environment: { _ in nil }), pythonPackage: nil),
      pluginOptions: Plugin.Options(hostVersion: "0", timeoutScale: 30, hostProcessID: 1), marketData: provider)
    let sample = BacktestRequest(strategy: "buy_and_hold", data: .sample(name: "FB", adjusted: true))
    #expect(try service.run(sample).status == .completed)
    let fetched = BacktestRequest(strategy: "buy_and_hold", data: .yahoo(YahooBars(symbol: "AAPL")))
    do {
      _ = try service.run(fetched)
      Issue.record("a run used a setting that cannot be used")
    } catch let error as ServiceError {
      #expect(error.isUsageError)
      #expect("\(error)".contains("BACKTESTER_YAHOO_URL"))
    }
  }
}
