/// How bars reach a strategy and decisions come back.
package enum ExecutionMode: String, WireName {
  /// One bar, one answer; the future has not been sent.
  case lockstep
  /// All columns first, then one small message a bar.
  case preload
  /// Chunks of bars; for strategies that never look at fills or the account.
  case streamed
  /// All columns once, one answer.
  case vectorized
}
