import StrategyProtocol

/// How a strategy that is a process of its own is given its bars.
public enum RunMode: String, Sendable, CaseIterable {
  /// What the strategy itself prefers, lock-step or preload first.
  case auto
  /// One bar at a time; it never has a later one.
  case lockstep
  /// All columns first, then one decision a bar.
  case preload
  /// Bars in chunks, for strategies that do not look at the account.
  case streamed
  /// All columns, one answer for all bars.
  case vectorized

  /// The protocol's word; `nil` leaves it to the strategy.
  var wish: ExecutionMode? { ExecutionMode(rawValue: rawValue) }
}
