import CBenchmark
import MarketData
import TradingModel

/// Reading a CSV file whole, beside plain C that reads the same file into the same columns and checks next to nothing.
enum CSVBenchmark {
  private static let rows = 3_000_000
  private static let attempts = 3

  static func run() throws {
    try StoreBenchmark.withFolder { folder in
      let path = "\(folder)/minutes.csv"
      let bytes = cbenchmark_write_csv(path, rows)
      guard bytes > 0 else { throw BenchmarkFault(description: "the file could not be written") }
      let megabytes = Double(bytes) / 1e6
      let before = Measure.peakMegabytes
      var ours = Double.infinity
      for _ in 0..<attempts {
        let start = Measure.cpuSeconds
        let imported = try CSVImporter().read(path: path)
        ours = min(ours, Measure.cpuSeconds - start)
        guard imported.series.count == rows else { throw BenchmarkFault(description: "rows are missing") }
      }
      let peak = Measure.peakMegabytes
      var limits = [Double.infinity, Double.infinity]
      for attempt in 0..<attempts * 2 {
        var count = 0
        let seconds = cbenchmark_read_csv(path, attempt % 2 == 0 ? 0 : 1, &count)
        guard seconds > 0, count == rows else { throw BenchmarkFault(description: "C could not read the file") }
        limits[attempt % 2] = min(limits[attempt % 2], seconds)
      }
      func speed(_ seconds: Double) -> String { "\(Measure.decimals(megabytes / seconds, 0)) MB/s" }
      for (name, limit) in zip(["C, digit by digit", "C, strtod"], limits) {
        Measure.report(
          "\(rows / 1_000_000) M minute bars, \(Measure.decimals(megabytes, 0)) MB", speed(ours),
          "\(name) \(speed(limit))", ratio: ours / limit)
      }
      Measure.report(
        "memory at its peak", "\(Measure.decimals(peak, 0)) MB",
        "\(Measure.decimals(before, 0)) MB before; the bars are \(rows * 48 / 1_000_000) MB")
    }
  }
}

/// Why a benchmark was left out.
private struct BenchmarkFault: Error, CustomStringConvertible {
  var description: String
}
