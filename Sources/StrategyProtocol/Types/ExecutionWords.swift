/// When market orders fill.
package enum FillTime: String, WireName {
  /// At the open of the next bar.
  case nextOpen = "next_open"
  /// At the close of the bar they were placed on.
  case close
}

/// Which execution rules apply.
package enum RuleBook: String, WireName {
  /// Those of backtesting.py 0.6.6, quirks included.
  case compat
  /// The same without use of information nobody had.
  case strict
}
