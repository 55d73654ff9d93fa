/// What a metric is, for tables and documents.
public struct MetricDefinition: Sendable, Equatable {
  /// What a metric's number counts.
  public enum Unit: String, Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    case time
    case seconds = "s"
    case percent = "%"
    case money
    case ratio
    case count
  }

  /// The tables metrics are shown in.
  public enum Group: String, Sendable, CaseIterable {
    case period = "Period"
    case returns = "Returns"
    case risk = "Risk"
    case drawdown = "Drawdown"
    case trades = "Trades"
  }

  /// Which metric.
  public let key: MetricKey
  /// The name people read.
  public let title: String
  /// What its number counts.
  public let unit: Unit
  /// The table it is shown in.
  public let group: Group
  /// What it is and when it is undefined, one sentence.
  public let meaning: String

  /// Every metric, in the order of ``MetricKey``.
  public static let all: [MetricDefinition] = period + returns + risk + drawdown + trades

  private static let period: [MetricDefinition] = [
    define(.start, "Start", .time, .period, "Opening time of the first bar."),
    define(.end, "End", .time, .period, "Opening time of the last bar."),
    define(.durationSeconds, "Duration", .seconds, .period, "Time from start to end."),
    define(
      .exposureTimePercent, "Exposure Time", .percent, .period,
      "Share of all bars on which a closed trade was open, entry and exit bars included."),
  ]

  private static let returns: [MetricDefinition] = [
    define(.finalEquity, "Equity Final", .money, .returns, "Account value after the last bar."),
    define(.peakEquity, "Equity Peak", .money, .returns, "Largest account value after any bar."),
    define(.commissions, "Commissions", .money, .returns, "Commissions paid; 0 when there were none."),
    define(
      .totalReturnPercent, "Return", .percent, .returns, "Growth of the account value from the first to the last bar."),
    define(
      .buyAndHoldReturnPercent, "Buy & Hold Return", .percent, .returns,
      "Growth of the close from the last warm-up bar to the last bar."),
    define(
      .annualReturnPercent, "Return (Ann.)", .percent, .returns,
      "Geometric mean of the returns per day (week, month, year for such bars), compounded over a year."),
    define(
      .cagrPercent, "CAGR", .percent, .returns,
      "Growth a year that gives the total return over the calendar time of the run; undefined for one bar."),
  ]

  private static let risk: [MetricDefinition] = [
    define(
      .annualVolatilityPercent, "Volatility (Ann.)", .percent, .risk,
      "Standard deviation of the returns, compounded over a year; undefined with fewer than two returns."),
    define(
      .sharpe, "Sharpe Ratio", .ratio, .risk,
      "Annual return over annual volatility, without a risk-free rate; undefined without volatility."),
    define(
      .sortino, "Sortino Ratio", .ratio, .risk,
      "Annual return over annual downside deviation; undefined when no period lost."),
    define(
      .calmar, "Calmar Ratio", .ratio, .risk, "Annual return over the deepest drawdown; undefined without a drawdown."),
    define(
      .alphaPercent, "Alpha", .percent, .risk,
      "Return beyond beta times the buy & hold return, over the whole run; undefined as beta."),
    define(
      .beta, "Beta", .ratio, .risk,
      "Covariance of the log returns of account and close over the variance of the close's; undefined for steady prices."
    ),
  ]

  private static let drawdown: [MetricDefinition] = [
    define(
      .maxDrawdownPercent, "Max. Drawdown", .percent, .drawdown, "Deepest fall below an earlier peak, 0 or negative."),
    define(
      .averageDrawdownPercent, "Avg. Drawdown", .percent, .drawdown,
      "Mean depth of all drawdowns, negative; undefined without one."),
    define(
      .maxDrawdownDurationSeconds, "Max. Drawdown Duration", .seconds, .drawdown,
      "Longest time from a peak to its recovery or the end; undefined without a drawdown."),
    define(
      .averageDrawdownDurationSeconds, "Avg. Drawdown Duration", .seconds, .drawdown,
      "Mean time from a peak to its recovery or the end; undefined without a drawdown."),
  ]

  private static let trades: [MetricDefinition] = [
    define(.tradeCount, "Trades", .count, .trades, "Closed trades; a trade closed in parts counts once a part."),
    define(.winRatePercent, "Win Rate", .percent, .trades, "Share of trades with a profit after commissions."),
    define(.bestTradePercent, "Best Trade", .percent, .trades, "Largest return of a trade on its entry value."),
    define(.worstTradePercent, "Worst Trade", .percent, .trades, "Smallest return of a trade on its entry value."),
    define(
      .averageTradePercent, "Avg. Trade", .percent, .trades,
      "Geometric mean of the trades' returns; 0 when one lost its whole entry value."),
    define(
      .maxTradeDurationSeconds, "Max. Trade Duration", .seconds, .trades, "Longest time from an entry to its exit."),
    define(.averageTradeDurationSeconds, "Avg. Trade Duration", .seconds, .trades, "Mean time from entry to exit."),
    define(
      .profitFactor, "Profit Factor", .ratio, .trades,
      "Sum of winning over sum of losing trades' returns (in money with profile strict); undefined without a loss."),
    define(.expectancyPercent, "Expectancy", .percent, .trades, "Arithmetic mean of the trades' returns."),
    define(
      .sqn, "SQN", .ratio, .trades,
      "System quality number: root of the trade count times mean over deviation of profits; undefined below two trades."
    ),
    define(
      .kellyCriterion, "Kelly Criterion", .ratio, .trades,
      "Win rate less loss rate over the ratio of mean win to mean loss; undefined without a win and a loss."),
  ]

  private static func define(
    _ key: MetricKey, _ title: String, _ unit: Unit, _ group: Group, _ meaning: String
  ) -> MetricDefinition {
    MetricDefinition(key: key, title: title, unit: unit, group: group, meaning: meaning)
  }
}
