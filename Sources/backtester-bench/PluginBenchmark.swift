import BacktestEngine
import CBenchmark
import MarketData
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

/// What a bar costs when the strategy is a process, by language and mode, beside the bare pipe between two C programs.
enum PluginBenchmark {
  static func run() throws {
    let trips = 50_000
    let small = cbenchmark_ping_pong(trips, 130, 40)
    Measure.report("two C programs, 130 and 40 bytes, one core", "\(Measure.decimals(small / 1e3, 2)) µs")
    let series = try SyntheticBars.make(20_000)
    for (name, path) in candidates() {
      do { try measure(name, path, series, pipe: small) } catch { print("  \(name) left out: \(error)") }
    }
  }

  /// Example strategies of the checkout the program is run from.
  private static func candidates() -> [(name: String, path: String)] {
    var found: [(name: String, path: String)] = []
    for case .plugin(let manifest) in PluginDirectory([], environment: { _ in nil }).entries() {
      found.append((manifest.name, manifest.folder))
    }
    return found
  }

  private static func measure(_ name: String, _ path: String, _ series: BarSeries, pipe: Double) throws {
    guard let command = try StrategyReference.command(path: path, pythonPackage: "plugins/python") else { return }
    let options = Plugin.Options(hostVersion: "bench", hostProcessID: Int(getpid()))
    var startup = 0.0
    var plugin: Plugin?
    startup = try Measure.seconds(1) { plugin = try Plugin(command, options: options) }
    guard let plugin else { return }
    defer { plugin.close() }
    Measure.report("\(name): start to first answer", "\(Measure.decimals(startup * 1e3, 0)) ms")
    let engine = EngineBenchmark.engine(series)
    for mode in [ExecutionMode.lockstep, .preload, .streamed, .vectorized] {
      guard plugin.offers(mode), plugin.isReusable else { continue }
      let parameters = try ParameterValues([], for: plugin.descriptor(named: name))
      let seconds = try Measure.seconds(3) {
        var strategy = PluginStrategy(plugin, mode: mode, parameters: parameters)
        _ = try engine.run(&strategy)
      }
      let perBar = seconds / Double(series.count) * 1e9
      Measure.report(
        "\(name): \(mode.rawValue)", "\(Measure.decimals(perBar / 1e3, 2)) µs/bar",
        "bare pipe \(Measure.decimals(pipe / 1e3, 2)) µs", ratio: perBar / pipe)
    }
  }
}
