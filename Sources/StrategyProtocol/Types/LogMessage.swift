/// How important a log message is.
package enum LogLevel: String, WireName {
  /// For the author.
  case debug
  /// For the user.
  case info
  /// The user should know.
  case warning
  /// Something failed.
  case error
}

/// A line for the run's log.
package struct LogMessageNotification: Codable, Equatable, Sendable, WireShape {
  /// How important it is.
  package var level: LogLevel
  /// The text; more than `limits.max_log_bytes` bytes are cut.
  package var message: String
  /// Anything, stored with the line.
  package var data: WireValue?
  /// The run it belongs to.
  package var runID: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case level
    case message
    case data
    case runID = "run_id"
  }

  /// Makes the message of its fields.
  package init(level: LogLevel, message: String, data: WireValue? = nil, runID: String? = nil) {
    self.level = level
    self.message = message
    self.data = data
    self.runID = runID
  }
}
