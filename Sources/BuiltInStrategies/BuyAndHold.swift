public import StrategyKit

/// Buys with all buying power as soon as it can, and holds to the end.
@frozen
public struct BuyAndHold: NamedStrategy {
  /// Its name, what it does and its parameters.
  public static let descriptor = StrategyDescriptor(
    name: "buy_and_hold", summary: "Buys with all buying power on the first bar and holds to the end.")

  /// Makes the strategy.
  public init(parameters: ParameterValues) {}

  /// Looks at none.
  public var readsOrderEvents: Bool { false }

  /// Buys unless something is held or on order already.
  @inlinable
  public mutating func next(_ context: inout StrategyContext) {
    if context.position == 0, context.broker.pendingOrders.isEmpty { context.buy() }
  }
}
