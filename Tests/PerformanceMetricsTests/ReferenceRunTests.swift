import Foundation
import PerformanceMetrics
import Testing
import TradingModel

/// Whole runs of the reference engine and the statistics it reported; `Snapshots/make_runs.py` made them.
struct ReferenceRunTests {
  struct Run: Decodable, Sendable {
    struct Closed: Decodable, Sendable {
      var entry_index: Int
      var exit_index: Int
      var pnl: Double
      var return_fraction: Double
    }
    var times: [EpochMilliseconds]
    var equity: [Double]
    var closes: [Double]
    var warm_up_index: Int
    var trades: [Closed]
    var metrics: [String: Double?]
  }

  /// Empty when the file cannot be read, which ``thereAreRunsOfEveryKind()`` then says.
  static let runs: [String: Run] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Snapshots/runs.json")
    let runs = try? JSONDecoder().decode([String: Run].self, from: Data(contentsOf: file))
    return runs ?? [:]
  }()

  @Test func thereAreRunsOfEveryKind() {
    #expect(Self.runs.count == 14)
    #expect(Self.runs.values.map(\.trades.count).reduce(0, +) > 80)
  }

  @Test(arguments: runs.keys.sorted())
  func agreesWithTheReference(_ name: String) throws {
    let reference = try #require(Self.runs[name])
    let trades = reference.trades.map { closed in
      Trade(
        id: 0, instrument: 0, size: 1, entryIndex: closed.entry_index, exitIndex: closed.exit_index,
        entryTime: reference.times[closed.entry_index], exitTime: reference.times[closed.exit_index], entryPrice: 1,
        exitPrice: 1, pnl: closed.pnl, returnFraction: closed.return_fraction, commission: 0)
    }
    let metrics = PerformanceMetrics(
      times: reference.times, equity: reference.equity, closes: reference.closes, trades: trades,
      commissions: (reference.metrics["commissions"] ?? nil) ?? 0, warmUpIndex: reference.warm_up_index,
      profile: .compat)
    #expect(Set(reference.metrics.keys) == Set(metrics.values.map(\.key)))
    for (key, value) in metrics.values {
      let expected = reference.metrics[key] ?? nil
      switch (value, expected) {
      case (nil, nil): break
      case (let value?, let expected?):
        #expect(abs(value - expected) <= 1e-10 * max(abs(value), abs(expected)), "\(key): \(value), not \(expected)")
      default: Issue.record("\(key): \(String(describing: value)), not \(String(describing: expected))")
      }
    }
  }
}
