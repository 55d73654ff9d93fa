import ArgumentParser
import TradingModel

/// Options that say how orders are executed.
struct ExecutionOptions: ParsableArguments {
  // Negative numbers are taken as values, so that the range is what the error speaks of.
  @Option(parsing: .unconditional, help: "Money at the start.")
  var cash = 10_000.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Charge per execution: a fraction of its value (0.002 is 0.2 %), or FIXED,RATE (1,0.001).",
      valueName: "rate | fixed,rate"))
  var commission = "0"

  @Option(parsing: .unconditional, help: "Bid-ask spread as a fraction of the price, paid on entries.")
  var spread = 0.0

  @Option(parsing: .unconditional, help: "Part of a position's value that must be owned; 0.5 is 2:1 leverage.")
  var margin = 1.0

  @Flag(help: "Fill market orders at the close of the bar they are placed on.")
  var tradeOnClose = false

  @Flag(help: "Allow long and short trades side by side.")
  var hedging = false

  @Flag(help: "Let a new order cancel the others and close open trades.")
  var exclusiveOrders = false

  @Flag(help: "Close and count trades still open after the last bar.")
  var finalize = false

  @Option(help: "Rules of execution: compat (as backtesting.py 0.6.6) or strict (without its look-ahead).")
  var profile = ExecutionProfile.compat

  func settings() throws -> ExecutionSettings {
    let settings = ExecutionSettings(
      cash: cash, commission: try parseCommission(), spread: spread, margin: margin, tradeOnClose: tradeOnClose,
      hedging: hedging, exclusiveOrders: exclusiveOrders, finalizeTrades: finalize, profile: profile)
    do { try settings.validate() } catch { throw CommandFailure.usage("\(error)") }
    return settings
  }

  private func parseCommission() throws -> Commission {
    let parts = commission.split(separator: ",", omittingEmptySubsequences: false).map { Double($0) }
    switch parts.count {
    case 1: if let rate = parts[0] { return .rate(rate) }
    case 2: if let fixed = parts[0], let rate = parts[1] { return .fixedAndRate(fixed: fixed, rate: rate) }
    default: break
    }
    throw CommandFailure.usage(
      "--commission was \(commission); it must be a rate like 0.002 or FIXED,RATE like 1,0.001.")
  }
}
