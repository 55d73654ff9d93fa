import BacktestEngine
import BuiltInStrategies
import MarketData
import StrategyKit
import Testing
import TradingModel

/// SMA 10/30 cross on the daily GOOG sample: figures of the reference engine 0.6.6, stated on the semantics page.
///
/// They were found on another edition of the same bars whose opens differ by cents; closes are equal, so the run that
/// fills at closes is equal to the cent. Runs that fill at opens are compared in ParityTests.
struct GoldenAnchorTests {
  func run(_ change: (inout ExecutionSettings) -> Void) throws -> BacktestRun {
    var settings = ExecutionSettings(finalizeTrades: true)
    change(&settings)
    let parameters = try ParameterValues(
      [("n1", .integer(10)), ("n2", .integer(30))], for: SMACross.descriptor)
    var strategy = SMACross(parameters: parameters)
    return try BacktestEngine(
      instruments: [Instrument(symbol: "GOOG")], series: [Samples.load("GOOG", adjusted: false)], settings: settings
    ).run(&strategy)
  }

  @Test func tradingOnTheClose() throws {
    let run = try run { $0.tradeOnClose = true }
    #expect(abs((run.equity.last ?? 0) - 64392.08) < 1e-6)
    #expect(abs((run.equity.max() ?? 0) - 88430.71) < 1e-6)
  }

  @Test func tradesDoNotDependOnFees() throws {
    #expect(try run { _ in }.trades.count == 66)
    #expect(try run { $0.commission = .rate(0.002) }.trades.count == 66)
    let unfinished = try run { $0.finalizeTrades = false }
    #expect(unfinished.trades.count == 65)
    #expect(unfinished.openTrades.count == 1)
  }
}
