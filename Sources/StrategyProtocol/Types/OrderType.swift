/// How an order waits for its price. Follows from the prices; an action may name it, and is refused when it contradicts
/// them.
package enum OrderType: String, WireName {
  /// Fills at the next chance.
  case market
  /// Fills at its limit or better.
  case limit
  /// Becomes a market order when its stop is touched.
  case stop
  /// Becomes a limit order when its stop is touched.
  case stopLimit = "stop_limit"

  /// The type that an order with these prices has.
  package init(hasLimit: Bool, hasStop: Bool) {
    switch (hasLimit, hasStop) {
    case (false, false): self = .market
    case (true, false): self = .limit
    case (false, true): self = .stop
    case (true, true): self = .stopLimit
    }
  }
}
