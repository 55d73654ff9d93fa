import BacktestEngine
import StrategyKit
import TradingModel

/// What orders and open trades cost the broker.
enum BrokerBenchmark {
  /// Places an order on every bar.
  private struct OrderEveryBar: Strategy {
    mutating func next(_ context: inout StrategyContext) {
      if context.index % 2 == 0 { context.buy(size: .units(1)) } else { context.sell(size: .units(1)) }
    }
  }

  /// Keeps a thousand trades with brackets open and moves one stop a bar.
  private struct ManyTrades: Strategy {
    let count: Int
    mutating func next(_ context: inout StrategyContext) {
      let close = context.close
      if context.broker.openTradeCount < count {
        context.buy(size: .units(1), stopLoss: close * 0.5, takeProfit: close * 2)
      } else {
        let trades = context.trades
        context.setStopLoss(of: trades[context.index % trades.count].id, to: close * 0.5)
      }
    }
  }

  static func run() throws {
    let series = try SyntheticBars.make(200_000)
    let engine = engine(series, hedging: false)
    let orders = try Measure.seconds(3) {
      var strategy = OrderEveryBar()
      _ = try engine.run(&strategy)
    }
    Measure.report("an order on every bar, 200 k bars", "\(Measure.decimals(orders / 200_000 * 1e9, 0)) ns/bar")
    var first = 0.0
    for count in [10, 100, 1000] {
      let short = try SyntheticBars.make(20_000)
      let hedged = Self.engine(short, hedging: true)
      let seconds = try Measure.seconds(3) {
        var strategy = ManyTrades(count: count)
        _ = try hedged.run(&strategy)
      }
      let perBar = seconds / 20_000 * 1e9
      if first == 0 { first = perBar }
      Measure.report(
        "\(count) open trades with brackets, one moved a bar", "\(Measure.decimals(perBar, 0)) ns/bar",
        "\(Measure.decimals(perBar / Double(2 * count), 2)) ns per resting order", ratio: perBar / first)
    }
    // The cost a bar must not grow with the number of closed trades.
    for bars in [50_000, 400_000] {
      let series = try SyntheticBars.make(bars)
      let engine = Self.engine(series, hedging: false)
      let seconds = try Measure.seconds(3) {
        var strategy = OrderEveryBar()
        _ = try engine.run(&strategy)
      }
      Measure.report("\(bars / 2) closed trades", "\(Measure.decimals(seconds / Double(bars) * 1e9, 0)) ns/bar")
    }
  }

  private static func engine(_ series: BarSeries, hedging: Bool) -> BacktestEngine {
    BacktestEngine(
      instruments: [Instrument(symbol: "BENCH")], series: [series],
      settings: ExecutionSettings(cash: 1e9, commission: .rate(0.0002), hedging: hedging))
  }
}
