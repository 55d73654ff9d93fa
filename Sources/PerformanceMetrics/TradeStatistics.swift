import TradingModel

/// Statistics over closed trades. Returns are fractions of the entry value after commissions; NaN is undefined.
struct TradeStatistics {
  /// Share of trades with a profit in money.
  let winRate: Double
  /// Largest return.
  let best: Double
  /// Smallest return.
  let worst: Double
  /// Arithmetic mean of the returns.
  let mean: Double
  /// Geometric mean of the returns; 0 when one lost everything.
  let geometricMean: Double
  /// Longest time from entry to exit, in milliseconds.
  let longest: Double
  /// Mean time from entry to exit, in milliseconds.
  let averageTime: Double
  /// Sum of the positive returns over that of the negative ones; `nil` without a loss.
  let returnProfitFactor: Double?
  /// Sum of the profits over that of the losses in money; `nil` without a loss.
  let moneyProfitFactor: Double?
  /// √m · mean(pnl)/deviation(pnl) over m trades, with the sample deviation.
  ///
  /// Source: Van K. Tharp, "Definitive Guide to Position Sizing" (2008), system quality number.
  let systemQuality: Double
  /// w − (1 − w)/(mean win/mean loss) in money, with the share w of winning trades.
  ///
  /// Source: J. L. Kelly, "A New Interpretation of Information Rate", Bell System Technical Journal 35 (1956).
  let kelly: Double

  /// `nil` without trades.
  init?(_ trades: [Trade]) {
    guard !trades.isEmpty else { return nil }
    let count = Double(trades.count)
    let returns = trades.map(\.returnFraction)
    let profits = trades.map(\.pnl)
    let gains = profits.filter { $0 > 0 }
    let losses = profits.filter { $0 < 0 }
    winRate = Double(gains.count) / count
    best = returns.max() ?? .nan
    worst = returns.min() ?? .nan
    mean = PairwiseSum.sum(returns) / count
    geometricMean = Elementary.geometricMean(returns)
    var total: EpochMilliseconds = 0
    var longest: EpochMilliseconds = 0
    for trade in trades {
      let time = trade.exitTime &- trade.entryTime
      total &+= time
      longest = max(longest, time)
    }
    self.longest = Double(longest)
    averageTime = Double(total) / count
    returnProfitFactor = Self.profitFactor(returns.filter { $0 > 0 }, returns.filter { $0 < 0 })
    moneyProfitFactor = Self.profitFactor(gains, losses)
    let meanProfit = PairwiseSum.sum(profits) / count
    let variance = Elementary.sumOfSquares(profits, around: meanProfit) / (count - 1)
    systemQuality = count.squareRoot() * meanProfit / variance.squareRoot()
    let meanGain = PairwiseSum.sum(gains) / Double(gains.count)
    let meanLoss = PairwiseSum.sum(losses) / Double(losses.count)
    kelly = winRate - (1 - winRate) / (meanGain / -meanLoss)
  }

  private static func profitFactor(_ gains: [Double], _ losses: [Double]) -> Double? {
    losses.isEmpty ? nil : PairwiseSum.sum(gains) / abs(PairwiseSum.sum(losses))
  }
}
