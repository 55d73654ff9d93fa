import StrategyKit

/// Buys when the close rises above the highest high of the bars before it, and trails a stop under the lows.
///
/// The stop starts at the lowest low of the last `exit` bars and follows it upwards, never down.
struct Breakout: NamedStrategy {
  static let descriptor = StrategyDescriptor(
    name: "breakout_swift",
    summary: "Buys above the highest high of the bars before, with a stop that follows the lows upwards.",
    parameters: [
      .integer("entry", 20, minimum: 1, summary: "Bars whose highest high must be passed"),
      .integer("exit", 10, minimum: 1, summary: "Bars whose lowest low is the stop"),
      .number(
        "fraction", 0.5, minimum: 0, maximum: 1, exclusiveMinimum: true, exclusiveMaximum: true,
        summary: "Part of the buying power to invest"),
    ])

  private let entry: Int
  private let exit: Int
  private let fraction: Double

  init(parameters: ParameterValues) {
    entry = parameters.integer("entry")
    exit = parameters.integer("exit")
    fraction = parameters.number("fraction")
  }

  /// The breakout is measured against the bars before the newest one.
  mutating func prepare(_ run: RunDescription) -> [Int] { [entry + 1, exit] }

  mutating func next(_ context: inout StrategyContext) {
    let market = context.market
    let floor = (0..<min(exit, market.count)).map { market.bar(ago: $0).low }.min() ?? market.low
    for trade in context.trades where floor > trade.stopLoss ?? 0 {
      context.setStopLoss(of: trade.id, to: floor)
    }
    guard context.isFlat, context.broker.pendingOrders.isEmpty, market.index > 0 else { return }
    let ceiling = (1...min(entry, market.index)).map { market.bar(ago: $0).high }.max() ?? market.high
    if market.close > ceiling, floor < market.close {
      context.buy(size: .fraction(fraction), stopLoss: floor, tag: "breakout")
    }
  }
}
