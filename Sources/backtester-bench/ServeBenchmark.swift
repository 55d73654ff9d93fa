import CBenchmark
import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `backtester serve` as its clients feel it: small runs a second, one by one and many under way, beside a C program that
/// answers lines as long with lines as long; and what a run adds to the host's memory.
enum ServeBenchmark {
  private static let count = 500
  private static let window = 32

  static func run() throws {
    try StoreBenchmark.withFolder { folder in
      try runs("not saved", ["--no-save"])
      try runs("saved", ["--db", "\(folder)/runs.sqlite"])
      try discovery()
      try memory(folder)
    }
  }

  /// One run of sma_cross over GOOG, never the same as the one before.
  private static func params(_ number: Int, dataset: String = "GOOG") -> String {
    #"{"strategy":"sma_cross","dataset":"\#(dataset)","parameters":{"n1":\#(5 + number % 20),"n2":\#(30 + number % 40)}}"#
  }

  private static func runs(_ what: String, _ arguments: [String]) throws {
    let host = try ServedHost(arguments)
    let all = (0..<count).map { params($0) }
    let sizes = try host.ask("backtest/run", all[0])
    // Both sides in turn, so that what else the machine does meets both.
    var (single, many, echoSingle, echoMany) = (Double.infinity, Double.infinity, Double.infinity, Double.infinity)
    for _ in 0..<3 {
      single = min(single, try Measure.seconds(1) { for one in all { _ = try host.ask("backtest/run", one) } })
      echoSingle = min(echoSingle, cbenchmark_echo(count * 10, sizes.request, sizes.answer, 1) * 1e-9)
      many = min(many, try Measure.seconds(1) { try host.ask("backtest/run", all, window: window) })
      echoMany = min(echoMany, cbenchmark_echo(count * 10, sizes.request, sizes.answer, window) * 1e-9)
    }
    report("GOOG, \(what), one by one", single / Double(count), echoSingle)
    report("GOOG, \(what), \(window) under way", many / Double(count), echoMany)
    Measure.report(
      "bytes of a request and its answer", "\(sizes.request) and \(sizes.answer)",
      "under way beside one by one: \(Measure.decimals(single / many, 2)) x as many")
  }

  private static func report(_ what: String, _ seconds: Double, _ echo: Double) {
    Measure.report(
      "\(what): runs a second", Measure.decimals(1 / seconds, 0),
      "\(Measure.decimals(seconds * 1e6, 0)) µs each, C echo \(Measure.decimals(echo * 1e6, 1)) µs",
      ratio: seconds / echo)
  }

  private static func discovery() throws {
    let host = try ServedHost(["--no-save"])
    let sizes = try host.ask("rpc.discover", "{}")
    let seconds = try Measure.seconds(5) { for _ in 0..<50 { _ = try host.ask("rpc.discover", "{}") } } / 50
    let echo = cbenchmark_echo(500, sizes.request, sizes.answer, 1) * 1e-9
    Measure.report(
      "rpc.discover, \(sizes.answer) bytes", "\(Measure.decimals(seconds * 1e6, 0)) µs",
      "C echo \(Measure.decimals(echo * 1e6, 0)) µs", ratio: seconds / echo)
  }

  /// The peak of a host's memory with 1, 10 and 50 workers that each have two runs to do.
  private static func memory(_ folder: String) throws {
    let bars = 100_000
    let file = "\(folder)/bars.csv"
    try CSVText.write(try SyntheticBars.make(bars), to: file)
    for (name, dataset, held) in [("GOOG", "GOOG", 0.0), ("100 k bars", file, Double(bars) * 48 / 1_048_576)] {
      var alone: Double?
      for workers in [1, 10, 50] {
        let host = try ServedHost(["--no-save", "--jobs", "\(workers)"])
        try host.ask("backtest/run", (0..<2 * workers).map { params($0, dataset: dataset) }, window: 2 * workers)
        guard let peak = host.peakMegabytes else {
          print("  memory left out: this system does not tell a process's peak.")
          return
        }
        let each = alone.map { (peak - $0) / Double(workers - 1) }
        alone = alone ?? peak
        Measure.report(
          "\(name): memory with \(workers) run\(workers == 1 ? "" : "s") at a time", "\(Measure.decimals(peak, 1)) MB",
          each.map { "\(Measure.decimals($0, 2)) MB for each further run" }
            ?? (held > 0 ? "bars \(Measure.decimals(held, 1)) MB, held once" : ""))
      }
    }
  }
}

/// Bars as a CSV file.
enum CSVText {
  static func write(_ series: BarSeries, to path: String) throws {
    guard let file = fopen(path, "w") else { throw ServedHost.Missing(path: path) }
    defer { fclose(file) }
    fputs("time,open,high,low,close,volume\n", file)
    for row in 0..<series.count {
      let bar = series[row]
      fputs("\(bar.time),\(bar.open),\(bar.high),\(bar.low),\(bar.close),\(bar.volume)\n", file)
    }
  }
}
