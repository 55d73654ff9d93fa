public import StrategyKit

/// Follows the crossing of two exponential moving averages of the close.
///
/// When the one over `n1` bars crosses above the one over `n2`, closes what is open and buys with all buying power;
/// when it crosses below, closes and sells short.
@frozen
public struct EMACross: NamedStrategy {
  /// Its name, what it does and its parameters.
  public static let descriptor = StrategyDescriptor(
    name: "ema_cross",
    summary: "Long while the exponential average over n1 bars is above the one over n2, short while it is below.",
    parameters: [
      .integer("n1", 10, minimum: 1, summary: "Bars of the first average"),
      .integer("n2", 20, minimum: 1, summary: "Bars of the second average"),
    ])

  @usableFromInline var first: ExponentialMovingAverage
  @usableFromInline var second: ExponentialMovingAverage
  @usableFromInline var crossover = Crossover()
  @usableFromInline var cross = Cross.none

  /// Makes the strategy; both averages may have any length.
  public init(parameters: ParameterValues) {
    first = ExponentialMovingAverage(period: parameters.integer("n1"))
    second = ExponentialMovingAverage(period: parameters.integer("n2"))
  }

  /// Looks at none.
  public var readsOrderEvents: Bool { false }

  /// Needs both averages.
  @inlinable
  public mutating func prepare(_ run: RunDescription) -> [Int] { [first.period, second.period] }

  /// Updates the averages.
  @inlinable
  @inline(__always)
  public mutating func observe(_ market: MarketView) {
    let close = market.close
    cross = crossover.update(first.update(close), second.update(close))
  }

  /// Turns the position over on a crossing.
  @inlinable
  @inline(__always)
  public mutating func next(_ context: inout StrategyContext) {
    if cross != .none { context.turnPosition(on: cross) }
  }
}
