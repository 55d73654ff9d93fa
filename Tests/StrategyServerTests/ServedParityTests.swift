import BacktestEngine
import BuiltInStrategies
import StrategyKit
import StrategyProtocol
import StrategyServer
import Synchronization
import Testing
import TradingModel

/// One strategy type, compiled in and served, gives the same run.
@Suite struct ServedParityTests {
  /// Settings that change how the broker, and so its mirror, works.
  static let settings: [ExecutionSettings] = [
    ExecutionSettings(),
    ExecutionSettings(cash: 3000, commission: .rate(0.002), spread: 0.001, margin: 0.2, hedging: true),
    ExecutionSettings(cash: 50_000, commission: .fixedAndRate(fixed: 1, rate: 0.001), exclusiveOrders: true),
    ExecutionSettings(tradeOnClose: true, exclusiveOrders: true, profile: .strict),
    ExecutionSettings(margin: 0.5, hedging: true, finalizeTrades: true, profile: .strict),
  ]

  private func engine(_ series: BarSeries, _ settings: ExecutionSettings) -> BacktestEngine {
    BacktestEngine(instruments: [Instrument(symbol: "ACME")], series: [series], settings: settings, seed: 7)
  }

  private func run(_ type: any NamedStrategy.Type, _ engine: BacktestEngine, _ given: [(String, ParameterValue)]) throws
    -> BacktestRun
  {
    func start<S: NamedStrategy>(_ type: S.Type) throws -> BacktestRun {
      var strategy = try S(parameters: ParameterValues(given.map { (name: $0.0, value: $0.1) }, for: S.descriptor))
      return try engine.run(&strategy)
    }
    return try start(type)
  }

  private func expectEqual(_ served: BacktestRun, _ inProcess: BacktestRun, _ what: Comment) {
    #expect(served.trades == inProcess.trades, what)
    #expect(served.openTrades == inProcess.openTrades, what)
    #expect(served.equity.map(\.bitPattern) == inProcess.equity.map(\.bitPattern), what)
    #expect(served.warmUpIndex == inProcess.warmUpIndex, what)
    #expect(served.annotations.map(\.name) == inProcess.annotations.map(\.name), what)
  }

  @Test func builtInStrategiesTradeAlikeInEveryMode() throws {
    let strategies: [(any NamedStrategy.Type, StrategyNeeds, [(String, ParameterValue)])] = [
      (SMACross.self, .prices, [("n1", .integer(3)), ("n2", .integer(8))]), (EMACross.self, .prices, []),
      (RSIReversion.self, .account, [("lower", .number(40)), ("upper", .number(60))]), (MACDCross.self, .account, []),
      (LaBomba.self, .account, [("n1", .integer(3)), ("n2", .integer(8))]), (BuyAndHold.self, .account, []),
      (SMACross.self, .columns, [("n2", .integer(300))]),
    ]
    let series = try walk(200)
    for settings in Self.settings {
      for (type, needs, given) in strategies {
        let inProcess = try run(type, engine(series, settings), given)
        let modes: [ExecutionMode] =
          switch needs {
          case .prices: [.lockstep, .preload, .streamed, .vectorized]
          case .account: [.lockstep, .preload]
          case .columns: [.preload]
          }
        for mode in modes {
          var served = LoopbackStrategy(
            type, needs, mode: mode, parameters: given.map { (name: $0.0, value: $0.1) })
          let result = try engine(series, settings).run(&served)
          expectEqual(result, inProcess, "\(type.descriptor.name) in the mode \(mode.rawValue)")
          #expect(result.orderEvents == inProcess.orderEvents)
        }
      }
    }
  }

  @Test(arguments: 0..<25) func everyReadShowsWhatItShowsBesideTheBroker(_ seed: Int) throws {
    let series = try walk(100, seed: UInt64(seed))
    let settings = Self.settings[seed % Self.settings.count]
    let mode: ExecutionMode = seed % 3 == 2 ? .preload : .lockstep
    func given(_ diary: String) -> [(String, ParameterValue)] {
      [("diary", .string(diary)), ("seed", .integer(seed)), ("warm_up", .integer(seed % 7))]
    }
    let here = "in-process \(seed)"
    let there = "served \(seed)"
    let inProcess = try run(RandomTrader.self, engine(series, settings), given(here))
    var served = LoopbackStrategy(
      RandomTrader.self, .account, mode: mode, parameters: given(there).map { (name: $0.0, value: $0.1) })
    let result = try engine(series, settings).run(&served)
    expectEqual(result, inProcess, "seed \(seed)")

    let (expected, received) = RandomTrader.diaries.withLock { ($0[here] ?? [], $0[there] ?? []) }
    #expect(expected.count > 300)
    // What was ordered during the warm-up cannot be told in the mode preload; nothing else may differ.
    guard mode == .lockstep else { return }
    #expect(received.count == expected.count)
    for (line, pair) in zip(received, expected).enumerated() where pair.0 != pair.1 {
      let before = expected[max(0, line - 2)..<line].joined(separator: "\n  ")
      Issue.record("after\n  \(before)\nline \(line) reads\n  \(pair.0)\nwhere it must read\n  \(pair.1)")
      return
    }
  }

  @Test func noNumberThatJSONLacksReachesTheWire() throws {
    var served = LoopbackStrategy(
      RandomTrader.self, .account, mode: .lockstep, parameters: [("diary", .string("wire")), ("seed", .integer(5))])
    _ = try engine(try walk(400, seed: 5), ExecutionSettings()).run(&served)
    #expect(served.transcript.count > 800)
    for line in served.transcript {
      #expect(!line.contains(":nan") && !line.contains(":inf") && !line.contains(":-inf") && !line.contains("NaN"))
    }
  }
}
