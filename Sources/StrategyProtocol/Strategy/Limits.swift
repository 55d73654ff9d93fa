/// Sizes and rates in force.
package struct Limits: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Longest line the host accepts, without its line feed.
  package var maxMessageBytes: Int
  /// Deepest nesting of arrays and objects.
  package var maxJsonDepth: Int
  /// More actions on one bar are rejected.
  package var maxActionsPerBar: Int
  /// Longest log message kept, bytes.
  package var maxLogBytes: Int
  /// More log messages are dropped and counted.
  package var maxLogLinesPerSecond: Int
  /// How long the host waits.
  package var timeoutsMilliseconds: Timeouts

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case maxMessageBytes = "max_message_bytes"
    case maxJsonDepth = "max_json_depth"
    case maxActionsPerBar = "max_actions_per_bar"
    case maxLogBytes = "max_log_bytes"
    case maxLogLinesPerSecond = "max_log_lines_per_second"
    case timeoutsMilliseconds = "timeouts_ms"
  }

  /// Makes it of its fields.
  package init(
    maxMessageBytes: Int, maxJsonDepth: Int, maxActionsPerBar: Int, maxLogBytes: Int, maxLogLinesPerSecond: Int,
    timeoutsMilliseconds: Timeouts
  ) {
    self.maxMessageBytes = maxMessageBytes
    self.maxJsonDepth = maxJsonDepth
    self.maxActionsPerBar = maxActionsPerBar
    self.maxLogBytes = maxLogBytes
    self.maxLogLinesPerSecond = maxLogLinesPerSecond
    self.timeoutsMilliseconds = timeoutsMilliseconds
  }

  package func check(_ path: WirePath) throws {
    try path.member("max_message_bytes").check(maxMessageBytes, minimum: 1)
    try path.member("max_json_depth").check(maxJsonDepth, minimum: 1)
    try path.member("max_actions_per_bar").check(maxActionsPerBar, minimum: 1)
    try path.member("max_log_bytes").check(maxLogBytes, minimum: 1)
    try path.member("max_log_lines_per_second").check(maxLogLinesPerSecond, minimum: 1)
    try timeoutsMilliseconds.check(path.member("timeouts_ms"))
  }
}

extension Limits {
  /// What is in force unless the host is told otherwise.
  package static let standard = Limits(
    maxMessageBytes: 16 * 1024 * 1024, maxJsonDepth: 64, maxActionsPerBar: 1_000, maxLogBytes: 8 * 1024,
    maxLogLinesPerSecond: 1_000, timeoutsMilliseconds: .standard)
}
