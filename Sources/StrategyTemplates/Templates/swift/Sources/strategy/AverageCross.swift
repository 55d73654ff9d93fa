import StrategyKit

/// Buys when the close rises above its average over n bars, closes when it falls below.
struct AverageCross: NamedStrategy {
  static let descriptor = StrategyDescriptor(
    name: "{{name}}", summary: "Long while the close is above its average over n bars.",
    parameters: [.integer("n", 20, minimum: 1, summary: "Bars of the average")])

  private var average: SimpleMovingAverage
  private var crossover = Crossover()
  private var cross = Cross.none

  init(parameters: ParameterValues) { average = SimpleMovingAverage(period: parameters.integer("n")) }

  mutating func prepare(_ run: RunDescription) -> [Int] { [average.period] }

  mutating func observe(_ market: MarketView) {
    cross = crossover.update(market.close, average.update(market.close))
  }

  mutating func next(_ context: inout StrategyContext) {
    switch cross {
    case .above: context.buy()
    case .below: context.closePosition()
    case .none: break
    }
  }
}
