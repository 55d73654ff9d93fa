/// Which rules the broker simulator follows.
public enum ExecutionProfile: String, Sendable, CaseIterable {
  /// Trade for trade what backtesting.py 0.6.6 does, its quirks included.
  case compat
  /// The same model without the parts that use information nobody had.
  case strict
}
