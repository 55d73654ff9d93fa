/// A group of conformance checks.
package enum CheckLevel: String, WireName {
  /// What every strategy must do.
  case core
  /// What a strategy that declares streamed must do.
  case streamed
  /// What a strategy that declares vectorized must do.
  case vectorized
  /// What a strategy should survive.
  case robust
}

/// Which conformance checks to run.
package enum RequestedCheckLevel: String, WireName {
  /// Core only.
  case core
  /// Core and streamed.
  case streamed
  /// Core and vectorized.
  case vectorized
  /// Core and robust.
  case robust
  /// Everything that applies.
  case all
}

/// How a conformance check ended.
package enum CheckStatus: String, WireName {
  /// The claim held.
  case passed
  /// It did not.
  case failed
  /// It does not apply to this strategy.
  case skipped
}
