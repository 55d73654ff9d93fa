import BacktestEngine
import BuiltInStrategies
import CBenchmark
import MarketData
import PerformanceMetrics
import StrategyKit
import TradingModel

/// A hundred trials of sma_cross over the same bars on one core, every one with all statistics and no order events.
enum SweepBenchmark {
  /// n1 5 to 14 by n2 20, 25 to 65.
  private static let combinations = (5..<15).flatMap { fast in
    stride(from: 20, through: 65, by: 5).map { (fast: fast, slow: $0) }
  }

  static func run() throws {
    for (name, series) in [
      ("GOOG", try Samples.load("GOOG", adjusted: true)), ("100 k bars", try SyntheticBars.make(100_000)),
    ] {
      let limit = plainC(series)
      Measure.report("\(name): 100 x sma_cross in plain C", "\(Measure.decimals(limit * 1e3, 2)) ms")
      var engine = EngineBenchmark.engine(series)
      engine.keepsOrderEvents = false
      let parameters = try combinations.map { pair in
        try ParameterValues(
          [(name: "n1", value: .integer(pair.fast)), (name: "n2", value: .integer(pair.slow))], for: SMACross.descriptor
        )
      }
      let loops = try Measure.seconds(10) {
        for parameters in parameters {
          var strategy = SMACross(parameters: parameters)
          _ = try engine.run(&strategy)
        }
      }
      report("\(name): 100 trials, no statistics", loops, limit)
      let whole = try Measure.seconds(10) {
        let market = MetricsBasis(series)
        for parameters in parameters {
          var strategy = SMACross(parameters: parameters)
          _ = PerformanceMetrics(try engine.run(&strategy), market: market, profile: .compat)
        }
      }
      report("\(name): 100 trials with all statistics", whole, limit)
    }
    try SweepServiceBenchmark.run()
  }

  private static func report(_ what: String, _ seconds: Double, _ limit: Double) {
    Measure.report(
      what, "\(Measure.decimals(seconds * 1e3, 2)) ms", "\(Measure.decimals(seconds * 1e4, 1)) µs a trial",
      ratio: seconds / limit)
  }

  static func plainC(_ series: BarSeries, repetitions: Int = 10) -> Double {
    var curve = [Double](repeating: 0, count: series.count)
    var trades = [cbenchmark_trade](repeating: cbenchmark_trade(), count: series.count / 2 + 1)
    return Measure.seconds(repetitions) {
      for pair in combinations {
        _ = cbenchmark_sma_cross(
          series.open, series.close, series.count, Int32(pair.fast), Int32(pair.slow), 1e6, 0.0002, 10, &curve, &trades)
      }
    }
  }
}
