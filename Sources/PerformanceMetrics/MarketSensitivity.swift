/// How the account moves with the market.
enum MarketSensitivity {
  /// Sample covariance of the log returns per bar of account and close over the sample variance of the close's.
  ///
  /// Log returns are taken of the rounded ratio, ln(fl(a/b)): for an account that hardly moves, that rounding shows in
  /// the seventh digit, and the reference has it.
  ///
  /// - Returns: `nil` with fewer than two returns, when the close never moves, or when an account value is 0 or less.
  static func beta(of equity: ArraySlice<Double>, to closes: ArraySlice<Double>) -> Double? {
    let count = equity.count - 1
    guard count > 1, closes.count == equity.count, let firstEquity = equity.first, let lastEquity = equity.last,
      let firstClose = closes.first, let lastClose = closes.last
    else { return nil }
    // Log returns add up to the whole change, so their means are known beforehand: one pass, nothing stored.
    // Account and market go side by side in one vector: x is the account, y the market.
    let means = Elementary.logarithm(SIMD2(lastEquity, lastClose) / SIMD2(firstEquity, firstClose)) / Double(count)
    var previous = SIMD2(firstEquity, firstClose)
    var sums = SIMD2(0.0, 0.0)
    var product = 0.0
    var square = 0.0
    for (value, close) in zip(equity.dropFirst(), closes.dropFirst()) {
      let current = SIMD2(value, close)
      let deviations = Elementary.logarithm(current / previous) - means
      sums += deviations
      product += deviations.x * deviations.y
      square += deviations.y * deviations.y
      previous = current
    }
    // What rounding left of the means is taken off again. The common factor 1/(count − 1) cancels.
    let covariance = product - sums.x * sums.y / Double(count)
    let variance = square - sums.y * sums.y / Double(count)
    return (covariance / variance).ifFinite
  }
}
