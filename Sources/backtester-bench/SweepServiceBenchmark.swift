import BacktestService
import MarketData
import PluginHost
import RunStore
import StrategyKit
import TradingModel

/// Whole sweeps through the service: 10,000 trials of sma_cross on GOOG with one and two workers, saved and not, beside the
/// same runs one by one; how long a cancellation takes; memory.
enum SweepServiceBenchmark {
  private static let service = BacktestService(
    catalog: StrategyCatalog(directory: PluginDirectory([], environment: { _ in nil }), pythonPackage: nil),
    pluginOptions: Plugin.Options(hostVersion: "bench", hostProcessID: 1))
  private static let base = BacktestRequest(strategy: "sma_cross", data: .sample(name: "GOOG", adjusted: true))

  private struct Cost {
    var wall: Double
    var processor: Double
  }

  static func run() throws {
    let single = try oneByOne()
    report("one by one, a run with everything", single, single)
    let plain = try best { try sweep(workers: 1, folder: nil) }
    report("sweep of 10,000, 1 worker, not saved", plain, single)
    let two = try best { try sweep(workers: 2, folder: nil) }
    report("sweep of 10,000, 2 workers, not saved", two, single)
    Measure.report("scaling from 1 to 2 workers, not saved", Measure.decimals(plain.wall / two.wall, 2))
    let saved = try best { try sweep(workers: 1, folder: "one") }
    report("sweep of 10,000, 1 worker, saved", saved, single)
    let savedByTwo = try best { try sweep(workers: 2, folder: "two") }
    report("sweep of 10,000, 2 workers, saved", savedByTwo, single)
    Measure.report("scaling from 1 to 2 workers, saved", Measure.decimals(saved.wall / savedByTwo.wall, 2))
    Measure.report(
      "saving a trial", "\(Measure.decimals((saved.processor - plain.processor) * 1e6, 1)) µs CPU")
    try hundreds()
    try memory()
    try cancellation()
  }

  /// A hundred trials with their summaries saved, by two workers, beside the same runs one by one and plain C.
  private static func hundreds() throws {
    try StoreBenchmark.withFolder { folder in
      let file = "\(folder)/bars.csv"
      let long = try SyntheticBars.make(100_000)
      try CSVText.write(long, to: file)
      for (name, data, series) in [
        ("GOOG", base.data, try Samples.load("GOOG", adjusted: true)),
        ("100 k bars", DataSource.file(path: file, options: CSVOptions()), long),
      ] {
        let request = BacktestRequest(strategy: base.strategy, data: data)
        let axes: [SweepRequest.Axis] = [.text("n1=5:14"), .text("n2=20:65:5")]
        func sweep(_ store: SQLiteRunStore?) throws -> Double {
          let sweep = try service.sweep(
            SweepRequest(base: request, space: .grid(axes), workers: 2), id: RunQueue.newID(), store: store,
            engineVersion: "bench", clock: { 0 })
          return try Measure.seconds(1) { try finish(sweep) }
        }
        let store = try SQLiteRunStore(file: "\(folder)/hundred.sqlite", program: "bench")
        var (computed, saved, single, limit) = (Double.infinity, Double.infinity, Double.infinity, Double.infinity)
        for _ in 0..<(series.count > 10_000 ? 3 : 10) {
          computed = min(computed, try sweep(nil))
          saved = min(saved, try sweep(store))
          limit = min(limit, SweepBenchmark.plainC(series, repetitions: 1))
          single = min(
            single,
            try Measure.seconds(1) {
              for fast in 5..<15 {
                for slow in stride(from: 20, through: 65, by: 5) {
                  var one = request
                  one.parameters = [("n1", .value(.integer(fast))), ("n2", .value(.integer(slow)))]
                  _ = try service.run(one)
                }
              }
            })
        }
        try store.close()
        for (what, seconds) in [("2 workers", computed), ("2 workers, saved", saved), ("one by one", single)] {
          Measure.report(
            "\(name): 100 trials, \(what)", "\(Measure.decimals(seconds * 1e3, 2)) ms",
            "C on one core \(Measure.decimals(limit * 1e3, 2)) ms; one by one / this \(Measure.decimals(single / seconds, 2))",
            ratio: seconds / limit)
        }
      }
    }
  }

  private static func report(_ what: String, _ cost: Cost, _ single: Cost) {
    Measure.report(
      what, "\(Measure.decimals(cost.processor * 1e6, 1)) µs CPU",
      "\(Measure.decimals(cost.wall * 1e6, 1)) µs wall a trial", ratio: single.processor / cost.processor)
  }

  /// The cheapest of three: what the rest of the machine does can only add.
  private static func best(_ body: () throws -> Cost) rethrows -> Cost {
    var best = try body()
    for _ in 0..<2 {
      let next = try body()
      best.wall = min(best.wall, next.wall)
      best.processor = min(best.processor, next.processor)
    }
    return best
  }

  private static func measured(_ count: Int, _ body: () throws -> Void) rethrows -> Cost {
    let processor = Measure.cpuSeconds
    let wall = try Measure.seconds(1, body)
    return Cost(wall: wall / Double(count), processor: (Measure.cpuSeconds - processor) / Double(count))
  }

  private static func oneByOne() throws -> Cost {
    try best {
      try measured(200) {
        for number in 0..<200 {
          var request = base
          request.parameters = [("n1", .value(.integer(1 + number % 100))), ("n2", .value(.integer(101 + number / 2)))]
          _ = try service.run(request)
        }
      }
    }
  }

  private static func make(_ workers: Int, _ store: SQLiteRunStore?, n1: String = "n1=1:100") throws -> Sweep {
    let request = SweepRequest(base: base, space: .grid([.text(n1), .text("n2=101:200")]), workers: workers)
    return try service.sweep(request, id: "bench", store: store, engineVersion: "bench", clock: { 0 })
  }

  private static func finish(_ sweep: Sweep) throws {
    try sweep.start()
    while !sweep.wait(upTo: .seconds(10)) {}
  }

  private static func sweep(workers: Int, folder: String?) throws -> Cost {
    guard let folder else {
      let sweep = try make(workers, nil)
      return try measured(sweep.plan.count) { try finish(sweep) }
    }
    var cost = Cost(wall: 0, processor: 0)
    try StoreBenchmark.withFolder { path in
      let store = try SQLiteRunStore(file: "\(path)/\(folder).sqlite", program: "bench")
      let sweep = try make(workers, store)
      cost = try measured(sweep.plan.count) { try finish(sweep) }
      if let failure = sweep.progress.saveFailure { print("  not saved: \(failure)") }
      try store.close()
    }
    return cost
  }

  /// Ten times the trials must not take more than their results do: 257 bytes each.
  private static func memory() throws {
    let before = Measure.peakMegabytes
    let sweep = try make(2, nil, n1: "n1=1:1000")
    try finish(sweep)
    Measure.report(
      "100,000 trials: peak memory above 10,000's", "\(Measure.decimals(Measure.peakMegabytes - before, 1)) MB",
      "results 24.5 MB")
  }

  private static func cancellation() throws {
    var longest = 0.0
    for _ in 0..<5 {
      let sweep = try make(2, nil, n1: "n1=1:10000")
      try sweep.start()
      _ = sweep.wait(upTo: .milliseconds(100))
      let seconds = Measure.seconds(1) {
        sweep.cancel()
        while !sweep.wait(upTo: .seconds(1)) {}
      }
      longest = max(longest, seconds)
    }
    Measure.report("from cancelling to the end, longest of 5", "\(Measure.decimals(longest * 1e3, 2)) ms")
  }
}
