import BacktestService
import Foundation
import PluginHost
import RunStore
import TradingModel

/// Runs as the store would give them back.
struct SampleRun {
  var record: RunRecord
  var result: RunResult

  /// A built-in strategy over a source of bars.
  init(_ strategy: String = "sma_cross", data: DataSource = .sample(name: "GOOG", adjusted: true)) throws {
    let service = BacktestService(
      catalog: StrategyCatalog(directory: PluginDirectory([], environment: { _ in nil }), pythonPackage: nil),
      pluginOptions: Plugin.Options(hostVersion: "1", timeoutScale: 30, hostProcessID: 1))
    let report = try service.run(BacktestRequest(strategy: strategy, data: data))
    record = report.record(id: "20200102-030405-abcd", finished: 1_577_934_245_000, engineVersion: "1.2.3")
    result = RunResult(report.run)
  }
}

/// A folder that is removed afterwards.
func withFolder<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let folder = FileManager.default.temporaryDirectory.appending(path: "backtester-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  return try body(folder)
}

/// The checkout's root.
let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
