/// The metrics of a run, in the order they are reported. Raw values are the names on the wire and in the database.
public enum MetricKey: String, Sendable, CaseIterable {
  case start
  case end
  case durationSeconds = "duration_seconds"
  case exposureTimePercent = "exposure_time_pct"
  case finalEquity = "equity_final"
  case peakEquity = "equity_peak"
  case commissions
  case totalReturnPercent = "total_return_pct"
  case buyAndHoldReturnPercent = "buy_and_hold_return_pct"
  case annualReturnPercent = "annual_return_pct"
  case annualVolatilityPercent = "annual_volatility_pct"
  case cagrPercent = "cagr_pct"
  case sharpe
  case sortino
  case calmar
  case alphaPercent = "alpha_pct"
  case beta
  case maxDrawdownPercent = "max_drawdown_pct"
  case averageDrawdownPercent = "avg_drawdown_pct"
  case maxDrawdownDurationSeconds = "max_drawdown_duration_seconds"
  case averageDrawdownDurationSeconds = "avg_drawdown_duration_seconds"
  case tradeCount = "trades"
  case winRatePercent = "winrate_pct"
  case bestTradePercent = "best_trade_pct"
  case worstTradePercent = "worst_trade_pct"
  case averageTradePercent = "avg_trade_pct"
  case maxTradeDurationSeconds = "max_trade_duration_seconds"
  case averageTradeDurationSeconds = "avg_trade_duration_seconds"
  case profitFactor = "profit_factor"
  case expectancyPercent = "expectancy_pct"
  case sqn
  case kellyCriterion = "kelly_criterion"
}
