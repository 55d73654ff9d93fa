import BacktestEngine
import CBenchmark
import MarketData
import PerformanceMetrics
import PluginHost
import StrategyKit
import StrategyProtocol
import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a bar costs when the strategy is a process, by language and mode.
///
/// Each figure is the CPU time of host and strategy together, run by run in turn with a plain C program that says the
/// same bytes to the same strategy, and beside two C programs that exchange lines of the same lengths. In lock-step and
/// preload both sides share one core, where CPU time is the time that passes on a quiet machine.
enum PluginBenchmark {
  static var options: Plugin.Options { Plugin.Options(hostVersion: "bench", hostProcessID: Int(getpid())) }

  private static let examples: [(name: String, path: String)] = [
    ("la_bomba, Python class", "plugins/python/examples/la_bomba.py"),
    ("la_bomba, Python on_bar", "plugins/python/examples/la_bomba_on_bar.py"),
    ("sma_cross, Python on_bar", "plugins/python/examples/sma_cross_on_bar.py"),
    ("sma_cross, Python arrays", "plugins/python/examples/sma_cross_vectorized.py"),
    ("la_bomba, JavaScript", "plugins/javascript/examples/la_bomba"),
    ("sma_cross, JavaScript", "plugins/javascript/examples/sma_cross"),
    ("la_bomba, C", "plugins/c/examples/la_bomba"),
    ("sma_cross, C", "plugins/c/examples/sma_cross"),
    ("la_bomba, Swift", "plugins/swift/examples/la_bomba"),
    ("sma_cross, Swift", "plugins/swift/examples/sma_cross"),
    ("la_bomba, shell and awk", "plugins/shell/la_bomba"),
  ]

  static func run() throws {
    // A part of the names, to measure some of them only.
    let wanted = getenv("BACKTESTER_BENCH_STRATEGY").map { String(cString: $0) } ?? ""
    let examples = examples.filter { wanted.isEmpty || $0.name.contains(wanted) }
    // One interpreter for our strategies and for backtesting.py.
    if let python = getenv("BACKTESTER_BENCH_PYTHON") { setenv("BACKTESTER_PYTHON", python, 0) }
    let goog = EngineBenchmark.engine(try Samples.load("GOOG", adjusted: true))
    // Few enough that columns are sent in messages, which can be said again.
    let long = EngineBenchmark.engine(try SyntheticBars.make(5000))
    print("  a bar, CPU of both processes                               host    C parent  ratio  host's share  C and C")
    for (name, path) in examples { leavingOut(name) { try all(name, path, long) } }
    if wanted.isEmpty {
      print("  a bar function that does nothing")
      leavingOut("Python") { try idle(long) }
    }
    print("  start to the answer of initialize; a whole run of GOOG, 2,148 bars, with statistics, after the start")
    for (name, path) in examples { leavingOut(name) { try whole(name, path, goog) } }
    if !wanted.isEmpty { return }
    try BacktestingPyBenchmark.run()
    try ColumnBenchmark.run()
  }

  private static func leavingOut(_ name: String, _ body: () throws -> Void) {
    do { try body() } catch { print("  \(name) left out: \(error)") }
  }

  static func command(_ path: String) throws -> PluginCommand {
    guard let command = try StrategyReference.command(path: path, pythonPackage: "plugins/python") else {
      throw LeftOut("\(path) is no strategy; run the program in the checkout")
    }
    return command
  }

  static func write(_ text: String, to path: String) throws {
    guard let file = fopen(path, "w") else {
      throw LeftOut("\(path) cannot be written")
    }
    fputs(text, file)
    fclose(file)
  }

  // MARK: A bar

  private static func all(_ name: String, _ path: String, _ engine: BacktestEngine) throws {
    let command = try command(path)
    let plugin = try Plugin(command, options: options)
    let modes = ExecutionMode.allCases.filter { plugin.offers($0) }
    plugin.close()
    for mode in modes { try compare("\(name), \(mode.rawValue)", command, mode, engine) }
  }

  /// Python's cost without any strategy in it.
  private static func idle(_ engine: BacktestEngine) throws {
    try StoreBenchmark.withFolder { folder in
      let path = "\(folder)/idle.py"
      let text = """
        from backtester import on_bar

        @on_bar(needs_account=False)
        def idle(bar, ctx):
            pass
        """
      try write(text, to: path)
      try all("nothing, Python on_bar", path, engine)
    }
  }

  private static func compare(
    _ name: String, _ command: PluginCommand, _ mode: ExecutionMode, _ engine: BacktestEngine
  ) throws {
    let session = try RecordedSession(command, mode, engine)
    let plugin = try Plugin(command, options: options)
    defer { plugin.close() }
    let parent = try PlainParent(command, session, mode)
    var ours = Double.infinity
    var plain = Double.infinity
    let parentID = parent.processID
    for _ in 0..<15 {
      ours = min(ours, try cpuSeconds(plugin.connection.processID) { try run(plugin, mode, engine) })
      plain = min(plain, try cpuSeconds(parentID) { try parent.run() })
    }
    parent.close()
    var bare = Double.nan
    if mode == .lockstep || mode == .preload {
      bare = .infinity
      for _ in 0..<7 {
        var cpu = 0.0
        _ = cbenchmark_ping_pong(10_000, session.lineSizes.request, session.lineSizes.answer, &cpu)
        bare = min(bare, cpu)
      }
    }
    let bars = Double(engine.series[0].count)
    func micro(_ seconds: Double) -> String { seconds.isNaN ? "" : fixed(seconds * 1e6, 2) }
    print(
      "  " + name.padded(50) + micro(ours / bars).padded(-9) + " µs" + micro(plain / bars).padded(-9)
        + fixed(ours / plain, 2).padded(-7) + micro((ours - plain) / bars).padded(-14) + micro(bare).padded(-9))
  }

  /// CPU seconds of this process and another one; seconds that passed where the system does not tell the other's.
  static func cpuSeconds(_ process: Int32, _ body: () throws -> Void) rethrows -> Double {
    let before = cbenchmark_cpu_seconds(process)
    if before < 0 { return try Measure.seconds(1, body) }
    let own = Measure.cpuSeconds
    try body()
    return Measure.cpuSeconds - own + cbenchmark_cpu_seconds(process) - before
  }

  @discardableResult
  static func run(_ plugin: Plugin, _ mode: ExecutionMode, _ engine: BacktestEngine) throws -> BacktestRun {
    let parameters = try ParameterValues([], for: plugin.descriptor(named: "bench"))
    var strategy = PluginStrategy(plugin, mode: mode, parameters: parameters)
    return try engine.run(&strategy)
  }

  // MARK: A whole run

  private static func whole(_ name: String, _ path: String, _ engine: BacktestEngine) throws {
    let command = try command(path)
    var start = Double.infinity
    for _ in 0..<5 {
      var started: Plugin?
      start = min(start, try Measure.seconds(1) { started = try Plugin(command, options: options) })
      started?.close()
    }
    let plugin = try Plugin(command, options: options)
    defer { plugin.close() }
    var shown = "start " + fixed(start * 1e3, 1).padded(-6) + " ms"
    for mode in ExecutionMode.allCases where plugin.offers(mode) {
      let seconds = try wholeRun(plugin, mode, engine)
      shown += "   \(mode.rawValue) \(fixed(seconds * 1e3, 1)) ms"
    }
    print("  " + name.padded(28) + shown)
  }

  /// CPU seconds of a run with its statistics.
  static func wholeRun(
    _ plugin: Plugin, _ mode: ExecutionMode, _ engine: BacktestEngine, repetitions: Int = 7
  ) throws -> Double {
    var best = Double.infinity
    for _ in 0..<repetitions {
      let seconds = try cpuSeconds(plugin.connection.processID) {
        let result = try run(plugin, mode, engine)
        _ = PerformanceMetrics(result, closes: engine.series[0].close, profile: .compat)
      }
      best = min(best, seconds)
    }
    return best
  }

  static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return "-" }
    let text = Measure.decimals(value, places)
    guard let point = text.firstIndex(of: "."), places > 0 else { return text }
    return text + String(repeating: "0", count: max(0, places - text.distance(from: point, to: text.endIndex) + 1))
  }
}

/// Why something is not measured.
struct LeftOut: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}

extension String {
  /// With spaces behind up to a width, or before for a negative one.
  func padded(_ width: Int) -> String {
    let spaces = String(repeating: " ", count: max(0, abs(width) - count))
    return width < 0 ? spaces + self : self + spaces
  }
}
