public import StrategyKit

/// Buys weakness and sells strength by Wilder's relative strength index of the close.
@frozen
public struct RSIReversion: NamedStrategy {
  /// Its name, what it does and its parameters.
  public static let descriptor = StrategyDescriptor(
    name: "rsi",
    summary: "Buys when the relative strength index falls below lower, closes when it rises above upper.",
    parameters: [
      .integer("period", 14, minimum: 1, summary: "Changes averaged by the index"),
      .number("lower", 30, minimum: 0, maximum: 100, summary: "Index below which to buy"),
      .number("upper", 70, minimum: 0, maximum: 100, summary: "Index above which to close"),
    ])

  @usableFromInline let lower: Double
  @usableFromInline let upper: Double
  @usableFromInline var strength: RelativeStrengthIndex
  @usableFromInline var lowerCrossover = Crossover()
  @usableFromInline var upperCrossover = Crossover()
  @usableFromInline var fellBelowLower = false
  @usableFromInline var roseAboveUpper = false

  /// Makes the strategy; `lower` may lie above `upper`.
  public init(parameters: ParameterValues) {
    lower = parameters.number("lower")
    upper = parameters.number("upper")
    strength = RelativeStrengthIndex(period: parameters.integer("period"))
  }

  /// Looks at none.
  public var readsOrderEvents: Bool { false }

  /// Needs one bar more than the index has changes.
  @inlinable
  public mutating func prepare(_ run: RunDescription) -> [Int] { [strength.period + 1] }

  /// Updates the index.
  @inlinable
  public mutating func observe(_ market: MarketView) {
    let value = strength.update(market.close)
    fellBelowLower = lowerCrossover.update(value, lower) == .below
    roseAboveUpper = upperCrossover.update(value, upper) == .above
  }

  /// Buys when flat, closes when not.
  @inlinable
  public mutating func next(_ context: inout StrategyContext) {
    guard fellBelowLower || roseAboveUpper else { return }
    if context.position == 0 {
      if fellBelowLower { context.buy() }
    } else if roseAboveUpper {
      context.closePosition()
    }
  }
}
