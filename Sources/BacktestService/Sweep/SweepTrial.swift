public import PerformanceMetrics
public import RunStore
public import StrategyKit

/// One trial of a sweep that has ended.
public struct SweepTrial: Sendable {
  /// Its number, counted from 0 in the order of the plan.
  public let number: Int
  /// The run it is stored as, or would be.
  public let runID: RunID
  /// How it ended; never cancelled: a trial that was stopped half-way leaves nothing.
  public let status: BacktestReport.Status
  /// Every parameter of the strategy.
  public let parameters: ParameterValues
  /// Why it failed, without the conversation with a strategy process.
  public let failure: BacktestReport.Failure?
  /// One number a metric, in their order, NaN where undefined; empty when the trial failed before its first bar.
  let values: [Double]

  /// A metric; `nil` where it is undefined.
  public subscript(key: MetricKey) -> Double? {
    guard let index = MetricKey.allCases.firstIndex(of: key), index < values.count, !values[index].isNaN else {
      return nil
    }
    return values[index]
  }

  /// Every metric under its key, in the order they are reported; empty when the trial failed before its first bar.
  public var metrics: [(key: String, value: Double?)] {
    zip(MetricKey.allCases, values).map { ($0.rawValue, $1.isNaN ? nil : $1) }
  }
}
