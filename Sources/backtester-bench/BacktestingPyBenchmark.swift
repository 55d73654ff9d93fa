import MarketData
import PluginHost
import StrategyProtocol
import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The same strategy file run by backtesting.py in its own process, and by this host over pipes.
///
/// `BACKTESTER_BENCH_PYTHON` names a Python that has backtesting.py; otherwise `python3` is asked.
enum BacktestingPyBenchmark {
  /// Runs the example on a CSV file with `import backtester` made to mean backtesting.py, and prints seconds of CPU, the
  /// number of trades and the final equity.
  private static let script = """
    import importlib.util, sys, time, warnings
    warnings.simplefilter("ignore")
    import backtesting, backtesting.lib
    import pandas
    bars, strategy, indicators, repetitions = sys.argv[1:]
    spec = importlib.util.spec_from_file_location("backtester.indicators", indicators)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.modules.update({
        "backtester": backtesting, "backtester.lib": backtesting.lib, "backtester.indicators": module,
    })
    names = {}
    exec(compile(open(strategy).read(), strategy, "exec"), names)
    data = pandas.read_csv(bars, index_col=0, float_precision="round_trip")
    data.index = pandas.to_datetime(data.index, unit="ms")
    test = backtesting.Backtest(data, names["LaBomba"], cash=1e9, commission=1e-6)
    best = 1e9
    for _ in range(int(repetitions)):
        start = time.process_time()
        result = test.run()
        best = min(best, time.process_time() - start)
    print(backtesting.__version__, best, result["# Trades"], repr(float(result["Equity Final [$]"])))
    """

  static func run() throws {
    print("  la_bomba in Python, with statistics, CPU, beside the same file run by backtesting.py")
    try StoreBenchmark.withFolder { folder in
      try one("GOOG", try Samples.load("GOOG", adjusted: true), folder, repetitions: 7)
      try one("100 k bars", try SyntheticBars.make(100_000), folder, repetitions: 3)
    }
  }

  private static func one(_ name: String, _ series: BarSeries, _ folder: String, repetitions: Int) throws {
    let path = "plugins/python/examples/la_bomba.py"
    let peer = try backtestingPy(series, path, folder, repetitions)
    let engine = EngineBenchmark.engine(series)
    let plugin = try Plugin(PluginBenchmark.command(path), options: PluginBenchmark.options)
    defer { plugin.close() }
    if let peer {
      Measure.report("\(name): backtesting.py \(peer.version)", "\(PluginBenchmark.fixed(peer.seconds * 1e3, 1)) ms")
    } else {
      print("    backtesting.py is not installed; BACKTESTER_BENCH_PYTHON may name a Python that has it")
    }
    for mode in [ExecutionMode.lockstep, .preload] {
      let seconds = try PluginBenchmark.wholeRun(plugin, mode, engine, repetitions: repetitions)
      let result = try PluginBenchmark.run(plugin, mode, engine)
      Measure.report(
        "\(name): this host, \(mode.rawValue)", "\(PluginBenchmark.fixed(seconds * 1e3, 1)) ms",
        ratio: peer.map { seconds / $0.seconds })
      if let peer, peer.trades != result.trades.count || peer.equity != result.equity.last {
        print("    its results differ: \(result.trades.count) trades and not \(peer.trades)")
      }
    }
  }

  private struct Peer {
    var version: String
    var seconds: Double
    var trades: Int
    var equity: Double
  }

  /// `nil` when it is not installed.
  private static func backtestingPy(
    _ series: BarSeries, _ strategy: String, _ folder: String, _ repetitions: Int
  ) throws -> Peer? {
    var text = "time,Open,High,Low,Close,Volume\n"
    for row in 0..<series.count {
      text += "\(series.times[row]),\(series.open[row]),\(series.high[row]),\(series.low[row]),\(series.close[row]),"
      text += "\(series.volume[row])\n"
    }
    try PluginBenchmark.write(text, to: "\(folder)/bars.csv")
    try PluginBenchmark.write(script, to: "\(folder)/peer.py")
    let python = getenv("BACKTESTER_BENCH_PYTHON").map { String(cString: $0) } ?? "python3"
    let command =
      "'\(python)' '\(folder)/peer.py' '\(folder)/bars.csv' '\(strategy)' "
      + "plugins/python/backtester/indicators.py \(repetitions) 2>/dev/null"
    guard let output = popen(command, "r") else { return nil }
    defer { pclose(output) }
    var line = [CChar](repeating: 0, count: 256)
    guard fgets(&line, Int32(line.count), output) != nil else { return nil }
    let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
      .split(whereSeparator: \.isWhitespace)
    guard words.count == 4, let seconds = Double(words[1]), let trades = Int(words[2]), let equity = Double(words[3])
    else { return nil }
    return Peer(version: String(words[0]), seconds: seconds, trades: trades, equity: equity)
  }
}
