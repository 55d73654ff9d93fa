import BacktestEngine
import BuiltInStrategies
import CBenchmark
import MarketData
import PerformanceMetrics
import StrategyKit
import TradingModel

/// Nanoseconds a bar of the whole run of each built-in strategy, equity, trades and events stored.
enum EngineBenchmark {
  static func run() throws {
    try all("GOOG, 2,148 bars", try Samples.load("GOOG", adjusted: true), repetitions: 50)
    for (name, count, repetitions) in [
      ("100 k bars", 100_000, 10), ("1 M bars", 1_000_000, 5), ("10 M bars", 10_000_000, 1),
    ] {
      try all(name, SyntheticBars.make(count), repetitions: repetitions)
    }
    Measure.report("peak memory so far", "\(Measure.decimals(Measure.peakMegabytes, 0)) MB")
    try statistics()
  }

  private static func all(_ name: String, _ series: BarSeries, repetitions: Int) throws {
    let limit = plainC(series, repetitions)
    let count = Double(series.count)
    Measure.report("\(name): sma_cross in plain C", "\(Measure.decimals(limit / count * 1e9, 2)) ns/bar")
    func one<S: NamedStrategy>(_ type: S.Type) throws {
      let parameters = try ParameterValues([], for: S.descriptor)
      let engine = engine(series)
      let seconds = try Measure.seconds(repetitions) {
        var strategy = try S(parameters: parameters)
        _ = try engine.run(&strategy)
      }
      Measure.report(
        "\(name): \(S.descriptor.name)", "\(Measure.decimals(seconds / count * 1e9, 2)) ns/bar",
        "\(Measure.decimals(count / seconds / 1e6, 1)) M bars/s", ratio: seconds / limit)
    }
    try one(SMACross.self)
    try one(EMACross.self)
    try one(RSIReversion.self)
    try one(MACDCross.self)
    try one(LaBomba.self)
    try one(BuyAndHold.self)
  }

  static func engine(_ series: BarSeries) -> BacktestEngine {
    BacktestEngine(
      instruments: [Instrument(symbol: "BENCH")], series: [series],
      settings: ExecutionSettings(cash: 1e6, commission: .rate(0.0002)))
  }

  private static func plainC(_ series: BarSeries, _ repetitions: Int) -> Double {
    var curve = [Double](repeating: 0, count: series.count)
    var trades = [cbenchmark_trade](repeating: cbenchmark_trade(), count: series.count / 2 + 1)
    return Measure.seconds(repetitions) {
      _ = cbenchmark_sma_cross(series.open, series.close, series.count, 10, 20, 1e6, 0.0002, 10, &curve, &trades)
    }
  }

  private static func statistics() throws {
    for (name, series) in [
      ("GOOG", try Samples.load("GOOG", adjusted: true)), ("1 M bars", try SyntheticBars.make(1_000_000)),
    ] {
      let engine = engine(series)
      let parameters = try ParameterValues([], for: SMACross.descriptor)
      var strategy = SMACross(parameters: parameters)
      let run = try engine.run(&strategy)
      let metrics = Measure.seconds(10) { _ = PerformanceMetrics(run, closes: series.close, profile: .compat) }
      Measure.report("\(name): all statistics", "\(Measure.decimals(metrics * 1e6, 1)) µs")
      let whole = try Measure.seconds(10) {
        var strategy = SMACross(parameters: parameters)
        let run = try engine.run(&strategy)
        _ = PerformanceMetrics(run, closes: series.close, profile: .compat)
      }
      Measure.report("\(name): sma_cross with all statistics", "\(Measure.decimals(whole * 1e6, 1)) µs")
    }
  }
}
