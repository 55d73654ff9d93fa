import BacktestEngine
import BuiltInStrategies
import CBenchmark
import MarketData
import PerformanceMetrics
import StrategyKit
import TradingModel

/// CPU nanoseconds a bar of the whole run of each built-in strategy, equity, trades and events stored, beside two loops in
/// plain C: one that only turns ten units over at each crossing, and one that does what the host does for sma_cross.
enum EngineBenchmark {
  static func run() throws {
    try all("GOOG, 2,148 bars", try Samples.load("GOOG", adjusted: true), repetitions: 300)
    for (name, count, repetitions) in [
      ("100 k bars", 100_000, 20), ("1 M bars", 1_000_000, 7), ("10 M bars", 10_000_000, 1),
    ] {
      try all(name, SyntheticBars.make(count), repetitions: repetitions)
    }
    try statistics()
  }

  private static func all(_ name: String, _ series: BarSeries, repetitions: Int) throws {
    let engine = engine(series)
    var works: [(name: String, run: () throws -> Void)] = []
    func add<S: NamedStrategy>(_ type: S.Type) throws {
      let parameters = try ParameterValues([], for: S.descriptor)
      works.append(
        (
          S.descriptor.name,
          {
            var strategy = try S(parameters: parameters)
            _ = try engine.run(&strategy)
          }
        ))
    }
    try add(SMACross.self)
    try add(EMACross.self)
    try add(RSIReversion.self)
    try add(MACDCross.self)
    try add(LaBomba.self)
    try add(BuyAndHold.self)
    if repetitions == 1 {
      // Before the loops in C, whose memory is not the host's; the longest series decides.
      for work in works { try work.run() }
      Measure.report("\(name): peak memory, every strategy", "\(Measure.decimals(Measure.peakMegabytes, 0)) MB")
    }
    try checkSameWork(series, engine)
    let alone = repetitions == 1 ? try Measure.turns(3, [units(series)]) : []
    let seconds =
      try alone
      + Measure.turns(
        repetitions,
        (alone.isEmpty ? [units(series)] : []) + [{ _ = orders(series, engine.settings) }] + works.map(\.run))
    let ofUnits = seconds[0]
    let count = Double(series.count)
    func nanoseconds(_ seconds: Double) -> String { "\(Measure.decimals(seconds / count * 1e9, 2)) ns/bar" }
    Measure.report("\(name): plain C, ten units a crossing", nanoseconds(seconds[0]))
    Measure.report("\(name): plain C, sma_cross's own work", nanoseconds(seconds[1]), ratio: seconds[1] / seconds[0])
    for (work, seconds) in zip(works, seconds.dropFirst(2)) {
      let speed = "\(Measure.decimals(count / seconds / 1e6, 1)) M bars/s"
      Measure.report("\(name): \(work.name)", nanoseconds(seconds), speed, ratio: seconds / ofUnits)
    }
    Measure.report(
      "\(name): sma_cross beside its own work in C", nanoseconds(seconds[2]), nanoseconds(seconds[1]),
      ratio: seconds[2] / seconds[1])
  }

  /// So much cash and so small a commission that the account pays for an order at each of half a million crossings.
  static func engine(_ series: BarSeries) -> BacktestEngine {
    BacktestEngine(
      instruments: [Instrument(symbol: "BENCH")], series: [series],
      settings: ExecutionSettings(cash: 1e9, commission: .rate(rate)))
  }

  private static let rate = 1e-6

  /// A loop with a fixed size, running sums and nothing kept of an order; its memory is there beforehand.
  private static func units(_ series: BarSeries) -> () -> Void {
    var curve = [Double](repeating: 0, count: series.count)
    var trades = [cbenchmark_trade](repeating: cbenchmark_trade(), count: series.count / 2 + 1)
    return {
      _ = cbenchmark_sma_cross(series.open, series.close, series.count, 10, 20, 1e9, rate, 10, &curve, &trades)
    }
  }

  private static func orders(_ series: BarSeries, _ settings: ExecutionSettings) -> cbenchmark_result {
    cbenchmark_sma_cross_orders(series.times, series.open, series.close, series.count, 10, 20, settings.cash, rate)
  }

  /// The two ratios are worth nothing unless both sides trade the same.
  private static func checkSameWork(_ series: BarSeries, _ engine: BacktestEngine) throws {
    var strategy = SMACross(parameters: try ParameterValues([], for: SMACross.descriptor))
    let run = try engine.run(&strategy)
    let plain = orders(series, engine.settings)
    if plain.trades != run.trades.count || plain.equity != run.equity.last {
      print(
        "  NOT THE SAME WORK: C \(plain.trades) trades, equity \(plain.equity); sma_cross \(run.trades.count), ",
        run.equity.last ?? .nan)
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
      let seconds = try Measure.turns(
        series.count < 10_000 ? 300 : 7,
        [
          { _ = PerformanceMetrics(run, closes: series.close, profile: .compat) },
          {
            var strategy = SMACross(parameters: parameters)
            _ = PerformanceMetrics(try engine.run(&strategy), closes: series.close, profile: .compat)
          },
          { _ = orders(series, engine.settings) },
        ])
      Measure.report("\(name): all statistics", "\(Measure.decimals(seconds[0] * 1e6, 1)) µs")
      Measure.report(
        "\(name): sma_cross with all statistics", "\(Measure.decimals(seconds[1] * 1e6, 1)) µs",
        "C without statistics \(Measure.decimals(seconds[2] * 1e6, 1)) µs", ratio: seconds[1] / seconds[2])
    }
  }
}
