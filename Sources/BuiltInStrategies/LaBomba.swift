public import StrategyKit
public import TradingModel

/// Enters on the crossing of two simple moving averages with a stop-loss and a take-profit, and moves the stop-loss to
/// the entry price once the trade has gained enough.
@frozen
public struct LaBomba: NamedStrategy {
  /// Its name, what it does and its parameters.
  public static let descriptor = StrategyDescriptor(
    name: "la_bomba",
    summary: "Enters when two simple averages cross, with stop-loss, take-profit and a break-even stop.",
    parameters: [
      .integer("n1", 10, minimum: 1, summary: "Bars of the first average"),
      .integer("n2", 50, minimum: 1, summary: "Bars of the second average"),
      .number(
        "stop_loss_pct", 0.01, minimum: 0, maximum: 1, exclusiveMaximum: true,
        summary: "Distance of the stop-loss from the close as a fraction; 0.01 is 1 %"),
      .number(
        "take_profit_pct", 0.02, minimum: 0, maximum: 1, exclusiveMaximum: true,
        summary: "Distance of the take-profit from the close as a fraction; 0.02 is 2 %"),
      ParameterDefinition(
        name: "breakeven_pct", kind: .number, defaultValue: .number(0.01), minimum: 0,
        summary: "Gain from which the stop-loss moves to the entry price, as a fraction; 0.01 is 1 %"),
    ])

  @usableFromInline let stopLossFraction: Double
  @usableFromInline let takeProfitFraction: Double
  @usableFromInline let breakEvenFraction: Double
  @usableFromInline var means: RollingMeanPair
  @usableFromInline var crossover = Crossover()
  @usableFromInline var cross = Cross.none

  /// Makes the strategy; both averages may have any length.
  public init(parameters: ParameterValues) {
    stopLossFraction = parameters.number("stop_loss_pct")
    takeProfitFraction = parameters.number("take_profit_pct")
    breakEvenFraction = parameters.number("breakeven_pct")
    means = RollingMeanPair(parameters.integer("n1"), parameters.integer("n2"))
  }

  /// Looks at none.
  public var readsOrderEvents: Bool { false }

  /// Needs both averages.
  @inlinable
  public mutating func prepare(_ run: RunDescription) -> [Int] { [means.firstPeriod, means.secondPeriod] }

  /// Updates the averages.
  @inlinable
  @inline(__always)
  public mutating func observe(_ market: MarketView) {
    let means = means.update(market)
    cross = crossover.update(means.x, means.y)
  }

  /// Moves stops of winning trades to their entry, then enters on a crossing when flat.
  @inlinable
  public mutating func next(_ context: inout StrategyContext) {
    let price = context.close
    if !context.isFlat { moveStopsToEntry(at: price, &context) }
    guard cross != .none, context.position == 0 else { return }
    if cross == .above {
      context.buy(stopLoss: price * (1 - stopLossFraction), takeProfit: price * (1 + takeProfitFraction))
    } else {
      context.sell(stopLoss: price * (1 + stopLossFraction), takeProfit: price * (1 - takeProfitFraction))
    }
  }

  @inlinable
  func moveStopsToEntry(at price: Double, _ context: inout StrategyContext) {
    for trade in context.trades {
      let entry = trade.entryPrice
      let gain = trade.isLong ? price / entry - 1 : entry / price - 1
      guard gain >= breakEvenFraction, let stop = trade.stopLoss else { continue }
      if trade.isLong ? stop < entry : stop > entry { context.setStopLoss(of: trade.id, to: entry) }
    }
  }
}
