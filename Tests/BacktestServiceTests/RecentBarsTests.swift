import BacktestService
import Foundation
import MarketData
import PluginHost
import Testing
import TradingModel

/// The bars of earlier runs are used again exactly as long as they are what a new reading would give.
struct RecentBarsTests {
  /// A folder and a service whose clock says that every file is old.
  private final class Fixture {
    let folder = FileManager.default.temporaryDirectory.appending(path: "recent-\(UUID().uuidString)")
    let recent: RecentBars
    let service: BacktestService

    init(maximumBytes: Int = RecentBars.maximumBytes, now: EpochMilliseconds = 1 << 52) throws {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      recent = RecentBars(maximumBytes: maximumBytes, now: { now })
      service = BacktestService(
        catalog: StrategyCatalog(directory: PluginDirectory([], environment: { _ in nil }), pythonPackage: nil),
        pluginOptions: Plugin.Options(hostVersion: "0", hostProcessID: 1),
        marketData: MarketDataProvider(environment: { _ in nil }), recentBars: recent)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func path(_ name: String = "bars.csv") -> String { folder.appending(path: name).path() }

    /// Writes bars of one price in place.
    func write(_ price: Int, rows: Int = 40, name: String = "bars.csv") throws {
      let lines = (0..<rows).map {
        "\(UTCText.formatDate(Int64($0) * 86_400_000)),\(price),\(price),\(price),\(price),1"
      }
      let text = "Date,Open,High,Low,Close,Volume\n" + lines.joined(separator: "\n") + "\n"
      if !FileManager.default.fileExists(atPath: path(name)) { try Data().write(to: URL(filePath: path(name))) }
      let handle = try FileHandle(forWritingTo: URL(filePath: path(name)))
      try handle.truncate(atOffset: 0)
      try handle.write(contentsOf: Data(text.utf8))
      try handle.close()
    }

    func run(_ source: DataSource, from: EpochMilliseconds? = nil, to: EpochMilliseconds? = nil) throws
      -> BacktestReport
    {
      let report = try service.run(BacktestRequest(strategy: "buy_and_hold", data: source, from: from, to: to))
      #expect(report.data.sha256 == DataSnapshot.sha256(of: report.bars))
      return report
    }

    func file(_ name: String = "bars.csv", _ options: CSVOptions = CSVOptions()) -> DataSource {
      .file(path: path(name), options: options)
    }
  }

  /// Whether two runs used the very same memory.
  private func isShared(_ one: BacktestReport, _ other: BacktestReport) -> Bool {
    one.bars.close.withUnsafeBufferPointer { one in
      other.bars.close.withUnsafeBufferPointer { one.baseAddress == $0.baseAddress }
    }
  }

  @Test func samplesAreReadOnce() throws {
    let fixture = try Fixture()
    let first = try fixture.run(.sample(name: "FB", adjusted: true))
    #expect(isShared(first, try fixture.run(.sample(name: "fb", adjusted: true))))
    #expect(!isShared(first, try fixture.run(.sample(name: "FB", adjusted: false))))
    #expect(try first.bars == Samples.load("FB", adjusted: true))
    #expect(fixture.recent.extent.count == 2)
  }

  @Test func aFileIsReadAgainWhenItChanges() throws {
    let fixture = try Fixture()
    try fixture.write(10)
    let first = try fixture.run(fixture.file())
    #expect(isShared(first, try fixture.run(fixture.file())))

    // Rewritten in place with as many bytes and its old time of modification.
    let modified = try FileManager.default.attributesOfItem(atPath: fixture.path())[.modificationDate]
    var before = stat()
    var after = stat()
    #expect(lstat(fixture.path(), &before) == 0)
    repeat {
      // Until the file system's clock has gone on.
      try fixture.write(20)
      #expect(lstat(fixture.path(), &after) == 0)
    } while after.changeTime == before.changeTime
    try FileManager.default.setAttributes([.modificationDate: modified as Any], ofItemAtPath: fixture.path())
    let second = try fixture.run(fixture.file())
    #expect(second.bars.close.first == 20 && second.data.sha256 != first.data.sha256)

    // Another file of that name.
    try fixture.write(30, name: "other.csv")
    #expect(rename(fixture.path("other.csv"), fixture.path()) == 0)
    #expect(try fixture.run(fixture.file()).bars.close.first == 30)

    try FileManager.default.removeItem(atPath: fixture.path())
    #expect(throws: ServiceError.self) { try fixture.run(fixture.file()) }
  }

  @Test func aFileJustWrittenIsNotTrusted() throws {
    // The clock stands where the file's own does.
    let fixture = try Fixture(now: Int64(Date().timeIntervalSince1970 * 1000))
    try fixture.write(10)
    let first = try fixture.run(fixture.file())
    try fixture.write(20)
    #expect(try fixture.run(fixture.file()).bars.close.first == 20)
    #expect(first.bars.close.first == 10 && fixture.recent.extent.count == 0)
  }

  @Test func rangesAndOptionsAreKeptApart() throws {
    let fixture = try Fixture()
    try fixture.write(10)
    let day: Int64 = 86_400_000
    let whole = try fixture.run(fixture.file())
    let part = try fixture.run(fixture.file(), from: 5 * day, to: 9 * day)
    #expect(part.bars == whole.bars.slice(from: 5 * day, to: 9 * day) && part.bars.count == 4)
    #expect(isShared(part, try fixture.run(fixture.file(), from: 5 * day, to: 9 * day)))
    #expect(try fixture.run(fixture.file(), from: 5 * day).bars.count == 35)
    #expect(isShared(whole, try fixture.run(fixture.file())))
    var options = CSVOptions()
    options.priceDivisor = 10
    #expect(try fixture.run(fixture.file("bars.csv", options)).bars.close.first == 1)
    // A range that was asked for first is of the file as it is, too.
    try fixture.write(30, name: "other.csv")
    #expect(rename(fixture.path("other.csv"), fixture.path()) == 0)
    #expect(try fixture.run(fixture.file(), from: 5 * day, to: 9 * day).bars.close == [30, 30, 30, 30])
    #expect(throws: ServiceError.self) { try fixture.run(fixture.file(), from: 500 * day) }
  }

  @Test func whatIsKeptIsBounded() throws {
    let fixture = try Fixture(maximumBytes: 3 * (256 + 40 * 48))
    for number in 0..<6 {
      try fixture.write(10 + number, name: "\(number).csv")
      #expect(try fixture.run(fixture.file("\(number).csv")).bars.close.first == Double(10 + number))
      _ = try fixture.run(fixture.file("0.csv"))
    }
    #expect(fixture.recent.extent.count == 3 && fixture.recent.extent.bytes <= 3 * (256 + 40 * 48))
    // What was used again and again is still there; what is too large never was.
    let used = try fixture.run(fixture.file("0.csv"))
    #expect(isShared(used, try fixture.run(fixture.file("0.csv"))))
    try fixture.write(7, rows: 4000, name: "large.csv")
    let large = try fixture.run(fixture.file("large.csv"))
    #expect(!isShared(large, try fixture.run(fixture.file("large.csv"))))
    #expect(isShared(used, try fixture.run(fixture.file("0.csv"))))
  }

  @Test func manyThreadsGetTheSameBars() async throws {
    let fixture = try Fixture()
    try fixture.write(10)
    let service = fixture.service
    let sources = [fixture.file(), .sample(name: "FB", adjusted: true), .sample(name: "GOOG", adjusted: true)]
    let expected = try sources.map { try fixture.run($0).fingerprint }
    let found = await withTaskGroup(of: Bool.self) { group in
      for number in 0..<60 {
        group.addTask {
          let report = try? service.run(BacktestRequest(strategy: "buy_and_hold", data: sources[number % 3]))
          return report?.fingerprint == expected[number % 3]
        }
      }
      return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
    }
    #expect(found == 60)
  }
}

extension stat {
  /// When the file last changed in any way, in nanoseconds.
  fileprivate var changeTime: Int64 {
    #if os(Linux)
    Int64(st_ctim.tv_sec) * 1_000_000_000 + Int64(st_ctim.tv_nsec)
    #else
    Int64(st_ctimespec.tv_sec) * 1_000_000_000 + Int64(st_ctimespec.tv_nsec)
    #endif
  }
}
