import JSONRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `backtester-bench [engine] [sweep] [serve] [broker] [store] [csv] [startup] [codec] [plugin]`: all when none is named.
///
/// Every figure stands beside the same work in plain C, or beside the peer named, measured in the same run; trust the
/// ratios.
@main
enum BenchMain {
  static func main() { BenchRunner.run(Array(CommandLine.arguments.dropFirst())) }
}

/// Runs the benchmarks asked for.
enum BenchRunner {
  private static let benchmarks: [(name: String, run: @Sendable () throws -> Void)] = [
    ("engine", EngineBenchmark.run), ("sweep", SweepBenchmark.run), ("serve", ServeBenchmark.run),
    ("broker", BrokerBenchmark.run), ("store", StoreBenchmark.run), ("csv", CSVBenchmark.run),
    ("startup", StartupBenchmark.run), ("codec", CodecBenchmark.run), ("plugin", PluginBenchmark.run),
  ]

  static func run(_ names: [String]) {
    DescriptorIO.ignoreBrokenPipeSignal()
    let known = benchmarks.map(\.name)
    if let unknown = names.first(where: { !known.contains($0) }) {
      print("There is no benchmark \(unknown); there are \(known.joined(separator: ", ")).")
      exit(2)
    }
    for benchmark in benchmarks where names.isEmpty || names.contains(benchmark.name) {
      print("== \(benchmark.name)")
      do { try benchmark.run() } catch { print("  left out: \(error)") }
      print("")
    }
  }
}
