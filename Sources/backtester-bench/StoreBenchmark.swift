import BacktestEngine
import BuiltInStrategies
import CBenchmark
import MarketData
import RunStore
import StrategyKit
import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Saving runs, beside a C loop that inserts the same number of rows.
enum StoreBenchmark {
  static func run() throws {
    try withFolder { folder in
      for (name, series) in [
        ("GOOG", try Samples.load("GOOG", adjusted: true)), ("1 M bars", try SyntheticBars.make(1_000_000)),
      ] {
        let engine = EngineBenchmark.engine(series)
        var strategy = SMACross(parameters: try ParameterValues([], for: SMACross.descriptor))
        let result = RunResult(try engine.run(&strategy))
        let store = try SQLiteRunStore(file: "\(folder)/\(series.count).sqlite", program: "bench")
        var number = 0
        func save(_ result: RunResult) throws -> Double {
          var best = Double.infinity
          for _ in 0..<(series.count > 100_000 ? 3 : 20) {
            number += 1
            let record = RunRecord(
              id: "run-\(number)", status: .completed, strategy: "sma_cross", instruments: engine.instruments,
              interval: "1d", startingCapital: 1e6, created: Int64(number))
            let start = Measure.cpuSeconds
            try store.insert(record, result: result)
            best = min(best, Measure.cpuSeconds - start)
          }
          return best
        }
        let points = try save(RunResult(equity: result.equity))
        let withTrades = try save(RunResult(equity: result.equity, trades: result.trades))
        let best = try save(result)
        let rows = series.count + result.trades.count + result.orderEvents.count
        var limit = Double.infinity
        for attempt in 0..<3 {
          let seconds = cbenchmark_insert_rows("\(folder)/c-\(series.count)-\(attempt).sqlite", series.count)
          if seconds > 0 { limit = min(limit, seconds) }
        }
        let beside = "C, equity rows without a key \(Measure.decimals(limit * 1e3, 2)) ms"
        for (what, seconds) in [
          ("its \(series.count) equity points", points),
          ("equity and \(result.trades.count) trades", withTrades),
          ("all \(rows) rows, order events too", best),
        ] {
          Measure.report(
            "\(name): save \(what)", "\(Measure.decimals(seconds * 1e3, 2)) ms CPU", beside, ratio: seconds / limit)
        }
      }
    }
  }

  /// A folder of its own, removed afterwards.
  static func withFolder(_ body: (String) throws -> Void) throws {
    let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    let folder = "\(base)/backtester-bench-\(getpid())"
    mkdir(folder, 0o700)
    defer {
      if let stream = opendir(folder) {
        while let entry = readdir(stream) {
          let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
            pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
          }
          unlink("\(folder)/\(name)")
        }
        closedir(stream)
      }
      rmdir(folder)
    }
    try body(folder)
  }
}
