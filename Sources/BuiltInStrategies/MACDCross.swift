public import StrategyKit

/// Follows the crossing of the MACD line and its signal.
@frozen
public struct MACDCross: NamedStrategy {
  /// Its name, what it does and its parameters.
  public static let descriptor = StrategyDescriptor(
    name: "macd",
    summary: "Buys when the MACD line crosses above its signal, closes when it crosses below.",
    parameters: [
      .integer("fast", 12, minimum: 1, summary: "Span of the fast exponential average in bars"),
      .integer("slow", 26, minimum: 1, summary: "Span of the slow exponential average in bars"),
      .integer("signal", 9, minimum: 1, summary: "Span of the line's own average in bars"),
    ])

  @usableFromInline let lookBacks: [Int]
  @usableFromInline var convergence: MovingAverageConvergenceDivergence
  @usableFromInline var crossover = Crossover()
  @usableFromInline var cross = Cross.none

  /// Makes the strategy; `fast` may be longer than `slow`.
  public init(parameters: ParameterValues) {
    let slow = parameters.integer("slow")
    let signal = parameters.integer("signal")
    convergence = MovingAverageConvergenceDivergence(fast: parameters.integer("fast"), slow: slow, signal: signal)
    lookBacks = [slow, slow + signal - 1]
  }

  /// Looks at none.
  public var readsOrderEvents: Bool { false }

  /// Needs the line and its signal.
  @inlinable
  public mutating func prepare(_ run: RunDescription) -> [Int] { lookBacks }

  /// Updates both lines.
  @inlinable
  public mutating func observe(_ market: MarketView) {
    let value = convergence.update(market.close)
    cross = crossover.update(value.line, value.signal)
  }

  /// Buys when flat and the line crosses above its signal, closes when it crosses below.
  @inlinable
  public mutating func next(_ context: inout StrategyContext) {
    switch cross {
    case .none: return
    case .above: if context.position == 0 { context.buy() }
    case .below: context.closePosition()
    }
  }
}
