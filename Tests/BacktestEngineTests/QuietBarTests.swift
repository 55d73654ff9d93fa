import BacktestEngine
import MarketData
import StrategyKit
import Testing
import TradingModel

/// Bars on which no order rests are worked off on a shorter way, and so are market orders without texts; both must lead to
/// the same place.
struct QuietBarTests {
  /// Buys and sells at the market, with pauses in which nothing rests. Impossible sizes too.
  private struct Trader: Strategy {
    /// Gives every order a tag, which keeps it off the short way.
    var tag: String?
    /// Keeps an order resting that no price reaches, so that no bar is quiet.
    var keepsOrderResting = false

    mutating func next(_ context: inout StrategyContext) {
      if keepsOrderResting, context.broker.pendingOrders.isEmpty { context.buy(size: .units(1), limit: 1e-6) }
      switch context.index % 37 {
      case 3: context.buy(size: .fraction(0.4), tag: tag)
      case 9: context.sell(size: .units(7), tag: tag)
      case 15: context.buy(tag: tag)
      case 16: context.buy(size: .units(0.5), tag: tag)
      case 17: context.sell(size: .fraction(1), tag: tag)
      case 18: context.buy(size: .units(1e9), tag: tag)
      case 22: context.closePosition(portion: 0.5)
      case 30: context.closePosition()
      default: break
      }
    }
  }

  private func run(_ strategy: Trader, _ settings: ExecutionSettings) throws -> BacktestRun {
    var strategy = strategy
    return try BacktestEngine(
      instruments: [Instrument(symbol: "GOOG")], series: [try Samples.load("GOOG", adjusted: true)], settings: settings
    ).run(&strategy)
  }

  private static let settings: [ExecutionSettings] = ExecutionProfile.allCases.flatMap { profile in
    [(false, false, false), (true, false, false), (false, true, false), (true, false, true)].map {
      ExecutionSettings(
        commission: .rate(0.002), spread: 0.001, margin: 0.2, tradeOnClose: $0.2, hedging: $0.0, exclusiveOrders: $0.1,
        finalizeTrades: $0.1, profile: profile)
    }
  }

  @Test(arguments: settings)
  func tagChangesNothingButTheTag(_ settings: ExecutionSettings) throws {
    let plain = try run(Trader(), settings)
    var tagged = try run(Trader(tag: "t"), settings)
    for index in tagged.trades.indices { tagged.trades[index].tag = nil }
    #expect(plain.trades == tagged.trades && !plain.trades.isEmpty)
    #expect(plain.equity.map(\.bitPattern) == tagged.equity.map(\.bitPattern))
    #expect(plain.orderEvents == tagged.orderEvents)
  }

  @Test(arguments: settings)
  func restingOrderThatNeverFillsChangesNoTrade(_ settings: ExecutionSettings) throws {
    guard !settings.exclusiveOrders else { return }
    let quiet = try run(Trader(), settings)
    let resting = try run(Trader(keepsOrderResting: true), settings)
    #expect(quiet.trades == resting.trades && !quiet.trades.isEmpty)
    #expect(quiet.equity.map(\.bitPattern) == resting.equity.map(\.bitPattern))
  }
}
