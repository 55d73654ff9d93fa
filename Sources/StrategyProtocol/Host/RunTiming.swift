/// Where the time of a run went, microseconds per bar.
package struct RunTiming: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Strategy, median.
  package var strategyP50Microseconds: Double
  /// Strategy, 99th percentile.
  package var strategyP99Microseconds: Double
  /// Strategy, longest.
  package var strategyMaxMicroseconds: Double
  /// Host, median.
  package var hostP50Microseconds: Double
  /// Host, 99th percentile.
  package var hostP99Microseconds: Double
  /// Host, longest.
  package var hostMaxMicroseconds: Double

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case strategyP50Microseconds = "strategy_p50_us"
    case strategyP99Microseconds = "strategy_p99_us"
    case strategyMaxMicroseconds = "strategy_max_us"
    case hostP50Microseconds = "host_p50_us"
    case hostP99Microseconds = "host_p99_us"
    case hostMaxMicroseconds = "host_max_us"
  }

  /// Makes it of its fields.
  package init(
    strategyP50Microseconds: Double, strategyP99Microseconds: Double, strategyMaxMicroseconds: Double,
    hostP50Microseconds: Double, hostP99Microseconds: Double, hostMaxMicroseconds: Double
  ) {
    self.strategyP50Microseconds = strategyP50Microseconds
    self.strategyP99Microseconds = strategyP99Microseconds
    self.strategyMaxMicroseconds = strategyMaxMicroseconds
    self.hostP50Microseconds = hostP50Microseconds
    self.hostP99Microseconds = hostP99Microseconds
    self.hostMaxMicroseconds = hostMaxMicroseconds
  }

  package func check(_ path: WirePath) throws {
    try path.member("strategy_p50_us").check(strategyP50Microseconds, minimum: 0)
    try path.member("strategy_p99_us").check(strategyP99Microseconds, minimum: 0)
    try path.member("strategy_max_us").check(strategyMaxMicroseconds, minimum: 0)
    try path.member("host_p50_us").check(hostP50Microseconds, minimum: 0)
    try path.member("host_p99_us").check(hostP99Microseconds, minimum: 0)
    try path.member("host_max_us").check(hostMaxMicroseconds, minimum: 0)
  }
}
