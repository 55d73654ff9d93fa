public import PerformanceMetrics

/// What makes one trial better than another: a metric, and whether more or less of it is better.
public struct SweepObjective: Sendable, Equatable {
  /// Which end is best.
  public enum Direction: String, Sendable {
    case maximize, minimize
  }

  /// Which end is best.
  public var direction: Direction
  /// The metric compared.
  public var metric: MetricKey

  /// The largest Sharpe ratio.
  public static let standard = SweepObjective(.maximize, .sharpe)

  /// Makes an objective.
  public init(_ direction: Direction, _ metric: MetricKey) {
    self.direction = direction
    self.metric = metric
  }

  /// Makes an objective from the metric's name.
  ///
  /// - Throws: ``SweepError/unknownMetric(_:)``, whose sentence names the near miss.
  public init(_ direction: Direction, named name: String) throws(SweepError) {
    guard let metric = MetricKey(rawValue: name) else { throw .unknownMetric(name) }
    self.init(direction, metric)
  }

  /// What a user probably does not expect of it, one sentence; `nil` when there is nothing.
  public var caution: String? {
    let isDepth = metric == .maxDrawdownPercent || metric == .averageDrawdownPercent
    guard isDepth, direction == .minimize else { return nil }
    return "Drawdowns are negative percentages, so the smallest \(metric.rawValue) is the deepest drawdown; --maximize "
      + "\(metric.rawValue) finds the shallowest."
  }

  /// Whether a value is better than another; an undefined one, as NaN, is better than no other.
  func isBetter(_ value: Double, than other: Double) -> Bool {
    if value.isNaN { return false }
    if other.isNaN { return true }
    return direction == .maximize ? value > other : value < other
  }
}
