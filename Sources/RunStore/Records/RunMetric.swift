/// One statistic of a run.
public struct RunMetric: Sendable, Equatable {
  /// Its key, e.g. `sharpe`; unique in its run.
  public var name: String
  /// Its value; `nil` where it is undefined. A NaN is stored as `nil`.
  public var value: Double?

  /// Makes a statistic.
  public init(name: String, value: Double?) {
    self.name = name
    self.value = value
  }
}
