import PluginHost
import StrategyProtocol
import TradingModel

/// What it costs to hand a million bars to a strategy before its run, by the encoding of the columns.
enum ColumnBenchmark {
  static func run() throws {
    let engine = EngineBenchmark.engine(try SyntheticBars.make(1_000_000))
    print("  1 M bars in columns to Python, which returns no signals: CPU of both processes")
    try StoreBenchmark.withFolder { folder in
      for encoding in ["json", "f64le+base64", "f64le+file"] {
        let path = "\(folder)/idle_\(encoding.filter(\.isLetter)).py"
        try PluginBenchmark.write(
          """
          from backtester import vectorized

          @vectorized
          def idle(data):
              return None

          idle.capabilities["encodings"] = ["\(encoding)"]
          """, to: path)
        let plugin = try Plugin(PluginBenchmark.command(path), options: PluginBenchmark.options)
        defer { plugin.close() }
        var cpu = Double.infinity
        var wall = Double.infinity
        for _ in 0..<3 {
          wall = min(
            wall,
            try Measure.seconds(1) {
              cpu = min(
                cpu,
                try PluginBenchmark.cpuSeconds(plugin.connection.processID) {
                  try PluginBenchmark.run(plugin, .vectorized, engine)
                })
            })
        }
        Measure.report(
          encoding, "\(PluginBenchmark.fixed(cpu * 1e3, 0)) ms",
          "\(PluginBenchmark.fixed(wall * 1e3, 0)) ms passed")
      }
    }
  }
}
