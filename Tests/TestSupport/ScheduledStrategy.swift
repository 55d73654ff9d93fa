package import StrategyKit
package import TradingModel

/// A strategy that performs given actions after given bars, for tests of the broker.
package struct ScheduledStrategy: Strategy {
  package typealias Action = (inout StrategyContext) throws -> Void

  private var actions: [Int: [Action]] = [:]
  private let lookbacks: [Int]
  /// Called on every traded bar after the actions.
  package var watch: ((StrategyContext) -> Void)?

  package init(lookbacks: [Int] = [], _ actions: KeyValuePairs<Int, Action> = [:]) {
    self.lookbacks = lookbacks
    for (index, action) in actions { self.actions[index, default: []].append(action) }
  }

  package mutating func prepare(_ run: RunDescription) throws -> [Int] { lookbacks }

  package mutating func next(_ context: inout StrategyContext) throws {
    for action in actions[context.index] ?? [] { try action(&context) }
    watch?(context)
  }
}

/// Six daily bars O10 H11 L9 C10 from 2024-01-01, some of them replaced.
package func flatBars(
  _ replaced: [Int: (open: Double, high: Double, low: Double, close: Double)] = [:], count: Int = 6
) throws -> BarSeries {
  try BarSeries(
    (0..<count).map { row in
      let prices = replaced[row] ?? (10, 11, 9, 10)
      return Bar(
        time: 1_704_067_200_000 + Int64(row) * 86_400_000, open: prices.open, high: prices.high, low: prices.low,
        close: prices.close, volume: 1000)
    })
}
