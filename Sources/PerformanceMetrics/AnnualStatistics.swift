import TradingModel

/// What the returns of single periods make of a year of A of them.
struct AnnualStatistics {
  /// (1 + g)^A − 1 with the geometric mean g of the returns; `nil` without any.
  let growth: Double?
  /// √((s² + (1 + g)²)^A − (1 + g)^(2A)) with the sample variance s²; `nil` with fewer than two returns.
  ///
  /// The deviation of a product of A independent factors with mean 1 + g and variance s². Source: Leo A. Goodman, "The
  /// Variance of the Product of K Random Variables", Journal of the American Statistical Association 57 (1962).
  let volatility: Double?
  /// √(mean of min(r, 0)²)·√A; 0 when no period lost.
  let downsideDeviation: Double

  init(_ returns: PeriodReturns) {
    let values = returns.values
    let count = Double(values.count)
    let periods = returns.perYear
    downsideDeviation =
      (Elementary.sumOfSquares(values, cappedAt: 0) / count).squareRoot() * periods.squareRoot()
    guard !values.isEmpty else {
      growth = nil
      volatility = nil
      return
    }
    let mean = 1 + Elementary.geometricMean(values)
    growth = Elementary.power(mean, periods) - 1
    guard values.count > 1 else {
      volatility = nil
      return
    }
    let center = PairwiseSum.sum(values) / count
    let variance = Elementary.sumOfSquares(values, around: center) / (count - 1)
    // The difference of two nearly equal powers: another order of operations would move many digits.
    volatility =
      (Elementary.power(variance + mean * mean, periods) - Elementary.power(mean, 2 * periods)).squareRoot()
  }
}
