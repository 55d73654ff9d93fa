public import TradingModel

/// The statistics of one run. `nil` is undefined; nothing is ever NaN or infinite.
///
/// Percentages are in percent, drawdowns negative, durations in seconds. The formulas are those of backtesting.py 0.6.6
/// and agree with it; a risk-free rate of 0 is assumed throughout. ``MetricDefinition`` says of each metric what it is
/// and when it is undefined.
public struct PerformanceMetrics: Sendable, Equatable {
  /// Opening time of the first bar.
  public internal(set) var start: EpochMilliseconds?
  /// Opening time of the last bar.
  public internal(set) var end: EpochMilliseconds?
  /// Time from start to end.
  public internal(set) var durationSeconds: Double?
  /// Share of all bars on which a closed trade was open.
  public internal(set) var exposureTimePercent: Double?

  /// Account value after the last bar.
  public internal(set) var finalEquity: Double?
  /// Largest account value after any bar.
  public internal(set) var peakEquity: Double?
  /// Commissions paid, in money.
  public internal(set) var commissions: Double?
  /// Growth of the account value.
  public internal(set) var totalReturnPercent: Double?
  /// Growth of the close since the last warm-up bar.
  public internal(set) var buyAndHoldReturnPercent: Double?
  /// Geometric mean of the returns per period, compounded over a year.
  public internal(set) var annualReturnPercent: Double?
  /// Deviation of the returns per period, compounded over a year.
  public internal(set) var annualVolatilityPercent: Double?
  /// Growth per year of calendar time.
  public internal(set) var cagrPercent: Double?

  /// Annual return over annual volatility.
  public internal(set) var sharpe: Double?
  /// Annual return over annual downside deviation.
  public internal(set) var sortino: Double?
  /// Annual return over the deepest drawdown.
  public internal(set) var calmar: Double?
  /// Return beyond ``beta`` times the buy & hold return.
  public internal(set) var alphaPercent: Double?
  /// Sensitivity to the close's log returns.
  public internal(set) var beta: Double?

  /// Deepest fall below an earlier peak, 0 or negative.
  public internal(set) var maxDrawdownPercent: Double?
  /// Mean depth of the drawdowns, negative.
  public internal(set) var averageDrawdownPercent: Double?
  /// Longest time from a peak to its recovery, or to the end.
  public internal(set) var maxDrawdownDurationSeconds: Double?
  /// Mean time from a peak to its recovery, or to the end.
  public internal(set) var averageDrawdownDurationSeconds: Double?

  /// Closed trades, slices counted one by one.
  public internal(set) var tradeCount = 0
  /// Share of trades with a profit.
  public internal(set) var winRatePercent: Double?
  /// Largest return of a trade.
  public internal(set) var bestTradePercent: Double?
  /// Smallest return of a trade.
  public internal(set) var worstTradePercent: Double?
  /// Geometric mean of the trades' returns.
  public internal(set) var averageTradePercent: Double?
  /// Longest time from entry to exit.
  public internal(set) var maxTradeDurationSeconds: Double?
  /// Mean time from entry to exit.
  public internal(set) var averageTradeDurationSeconds: Double?
  /// Winning trades' sum over losing trades' sum.
  public internal(set) var profitFactor: Double?
  /// Arithmetic mean of the trades' returns.
  public internal(set) var expectancyPercent: Double?
  /// System quality number.
  public internal(set) var sqn: Double?
  /// Kelly criterion.
  public internal(set) var kellyCriterion: Double?

  /// Computes all metrics.
  ///
  /// - Parameters:
  ///   - times: Opening time of each bar, strictly increasing.
  ///   - equity: Account value after each bar.
  ///   - closes: Close of each bar. When the three arrays differ in length, the shortest counts, as for a run that was
  ///     cancelled half-way.
  ///   - trades: Closed trades in closing order.
  ///   - commissions: Commissions paid, in money.
  ///   - warmUpIndex: Last bar of the warm-up, where buying and holding begins.
  ///   - profile: `compat` follows the reference even where it errs; `strict` takes the profit factor in money and counts
  ///     a drawdown that begins on the last bar.
  public init(
    times: [EpochMilliseconds], equity: [Double], closes: [Double], trades: [Trade], commissions: Double,
    warmUpIndex: Int, profile: ExecutionProfile
  ) {
    let count = min(times.count, equity.count, closes.count)
    let period = DataPeriod(times[..<count])
    self.commissions = commissions.ifFinite
    measure(trades, period, profile)
    guard count > 0 else { return }
    let year = AnnualStatistics(PeriodReturns(times[..<count], equity[..<count], per: period.bucket))
    measureAccount(times[..<count], equity[..<count], year, period, profile)
    measureMarket(equity[..<count], closes[..<count], trades, warmUpIndex: warmUpIndex)
  }

  /// Computes all metrics of a run, given the closes of its instrument.
  public init(_ run: BacktestRun, closes: [Double], profile: ExecutionProfile) {
    self.init(
      times: run.times, equity: run.equity, closes: closes, trades: run.trades, commissions: run.commissions,
      warmUpIndex: run.warmUpIndex, profile: profile)
  }

  /// Computes all metrics of one of many runs over the same bars; the same numbers as ``init(_:closes:profile:)`` gives.
  ///
  /// - Parameter market: Made of the series the run was over. A run that ended before its last bar is measured without.
  public init(_ run: BacktestRun, market: MetricsBasis, profile: ExecutionProfile) {
    let count = market.closes.count
    guard run.equity.count == count, run.times.count == count, count > 0 else {
      self = PerformanceMetrics(run, closes: market.closes, profile: profile)
      return
    }
    commissions = run.commissions.ifFinite
    measure(run.trades, market.period, profile)
    let year = AnnualStatistics(PeriodReturns(market.ends, run.equity[...]))
    measureAccount(run.times[...], run.equity[...], year, market.period, profile)
    measureMarket(
      run.equity[...], market.closes[...], run.trades, warmUpIndex: run.warmUpIndex,
      deviations: market.marketDeviations)
  }

  private mutating func measureMarket(
    _ equity: ArraySlice<Double>, _ closes: ArraySlice<Double>, _ trades: [Trade], warmUpIndex: Int,
    deviations: [Double]? = nil
  ) {
    let count = closes.count
    exposureTimePercent = Double(Exposure.coveredBars(of: trades, count: count)) / Double(count) * 100
    let bought = closes[min(max(0, warmUpIndex), count - 1)]
    buyAndHoldReturnPercent = ((closes[count - 1] - bought) / bought * 100).ifFinite
    beta = MarketSensitivity.beta(of: equity, to: closes, marketDeviations: deviations)
    if let beta, let total = totalReturnPercent, let hold = buyAndHoldReturnPercent {
      alphaPercent = (total - beta * hold).ifFinite
    }
  }

  private mutating func measureAccount(
    _ times: ArraySlice<EpochMilliseconds>, _ equity: ArraySlice<Double>, _ year: AnnualStatistics,
    _ period: DataPeriod, _ profile: ExecutionProfile
  ) {
    guard let start = times.first, let end = times.last, let first = equity.first, let last = equity.last else {
      return
    }
    let drawdowns = Drawdowns(times, equity)
    self.start = start
    self.end = end
    durationSeconds = Double(end &- start) / 1000
    finalEquity = last.ifFinite
    peakEquity = drawdowns.peakEquity.ifFinite
    totalReturnPercent = ((last - first) / first * 100).ifFinite
    cagrPercent = CalendarGrowth.rate(from: first, to: last, over: end &- start).flatMap { ($0 * 100).ifFinite }
    measure(drawdowns, period, profile)
    guard let growth = year.growth else { return }
    annualReturnPercent = (growth * 100).ifFinite
    annualVolatilityPercent = year.volatility.flatMap { ($0 * 100).ifFinite }
    // A volatility too large for a double still gives a ratio: 0, as in the reference.
    sharpe = year.volatility.flatMap { (growth * 100 / ($0 * 100)).ifFinite }
    sortino = (growth / year.downsideDeviation).ifFinite
    calmar = (growth / drawdowns.maxDepth).ifFinite
  }

  private mutating func measure(_ drawdowns: Drawdowns, _ period: DataPeriod, _ profile: ExecutionProfile) {
    maxDrawdownPercent = drawdowns.maxDepth == 0 ? 0 : (-drawdowns.maxDepth * 100).ifFinite
    var episodes = drawdowns.episodes
    if let last = drawdowns.onLastBar {
      if profile == .strict {
        episodes.add(last)
      } else if episodes.count == 0 {
        // The reference has no episode to measure then, and reports its depth in place of the durations.
        averageDrawdownPercent = (-last.depth * 100).ifFinite
        maxDrawdownDurationSeconds = last.depth.ifFinite
        averageDrawdownDurationSeconds = last.depth.ifFinite
        return
      }
    }
    guard episodes.count > 0 else { return }
    let count = Double(episodes.count)
    averageDrawdownPercent = (-episodes.totalDepth / count * 100).ifFinite
    maxDrawdownDurationSeconds = period.roundedUpSeconds(Double(episodes.longest))
    averageDrawdownDurationSeconds = period.roundedUpSeconds(Double(episodes.totalTime) / count)
  }

  private mutating func measure(_ trades: [Trade], _ period: DataPeriod, _ profile: ExecutionProfile) {
    tradeCount = trades.count
    guard let statistics = TradeStatistics(trades) else { return }
    winRatePercent = statistics.winRate * 100
    bestTradePercent = (statistics.best * 100).ifFinite
    worstTradePercent = (statistics.worst * 100).ifFinite
    averageTradePercent = (statistics.geometricMean * 100).ifFinite
    maxTradeDurationSeconds = period.roundedUpSeconds(statistics.longest)
    averageTradeDurationSeconds = period.roundedUpSeconds(statistics.averageTime)
    profitFactor = (profile == .strict ? statistics.moneyProfitFactor : statistics.returnProfitFactor)?.ifFinite
    expectancyPercent = (statistics.mean * 100).ifFinite
    sqn = statistics.systemQuality.ifFinite
    kellyCriterion = statistics.kelly.ifFinite
  }
}
