extension PerformanceMetrics {
  /// One metric by key; times and counts as numbers.
  public subscript(key: MetricKey) -> Double? {
    switch key {
    case .start: start.map { Double($0) }
    case .end: end.map { Double($0) }
    case .durationSeconds: durationSeconds
    case .exposureTimePercent: exposureTimePercent
    case .finalEquity: finalEquity
    case .peakEquity: peakEquity
    case .commissions: commissions
    case .totalReturnPercent: totalReturnPercent
    case .buyAndHoldReturnPercent: buyAndHoldReturnPercent
    case .annualReturnPercent: annualReturnPercent
    case .annualVolatilityPercent: annualVolatilityPercent
    case .cagrPercent: cagrPercent
    case .sharpe: sharpe
    case .sortino: sortino
    case .calmar: calmar
    case .alphaPercent: alphaPercent
    case .beta: beta
    case .maxDrawdownPercent: maxDrawdownPercent
    case .averageDrawdownPercent: averageDrawdownPercent
    case .maxDrawdownDurationSeconds: maxDrawdownDurationSeconds
    case .averageDrawdownDurationSeconds: averageDrawdownDurationSeconds
    case .tradeCount: Double(tradeCount)
    case .winRatePercent: winRatePercent
    case .bestTradePercent: bestTradePercent
    case .worstTradePercent: worstTradePercent
    case .averageTradePercent: averageTradePercent
    case .maxTradeDurationSeconds: maxTradeDurationSeconds
    case .averageTradeDurationSeconds: averageTradeDurationSeconds
    case .profitFactor: profitFactor
    case .expectancyPercent: expectancyPercent
    case .sqn: sqn
    case .kellyCriterion: kellyCriterion
    }
  }

  /// Every metric under its wire name, in the order of ``MetricKey``.
  public var values: [(key: String, value: Double?)] {
    MetricKey.allCases.map { ($0.rawValue, self[$0]) }
  }
}
