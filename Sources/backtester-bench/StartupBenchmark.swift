import PluginHost

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Whole processes: what a user feels.
enum StartupBenchmark {
  static func run() throws {
    let program = try ServedHost.program()
    try StoreBenchmark.withFolder { folder in
      for (name, arguments) in [
        ("backtester --version", "--version"),
        ("run sma_cross --sample GOOG, not saved", "run sma_cross --sample GOOG --no-save"),
        ("run sma_cross --sample GOOG, saved", "run sma_cross --sample GOOG --db \(folder)/runs.sqlite"),
        ("run sma_cross --sample GOOG --json, saved", "run sma_cross --sample GOOG --json --db \(folder)/runs.sqlite"),
      ] {
        let seconds = Measure.seconds(20) { _ = system("\(program) \(arguments) >/dev/null 2>&1") }
        Measure.report(name, "\(Measure.decimals(seconds * 1e3, 1)) ms")
      }
      let bare = Measure.seconds(20) { _ = system("true >/dev/null 2>&1") }
      Measure.report("the shell alone, to take off", "\(Measure.decimals(bare * 1e3, 1)) ms")
    }
  }
}
