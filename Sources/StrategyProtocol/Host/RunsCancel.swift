/// Stops a run or a sweep. The answer comes when it is over and says how it ended.
package struct RunsCancelRequest: Codable, Equatable, Sendable, WireShape {
  /// The run, or a sweep under way.
  package var runID: String
  /// Why, for people.
  package var reason: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case reason
  }

  /// Makes the message of its fields.
  package init(runID: String, reason: String? = nil) {
    self.runID = runID
    self.reason = reason
  }
}

/// Removes a run that is over.
package struct RunsDeleteRequest: Codable, Equatable, Sendable, WireShape {
  /// The run.
  package var runID: String

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
  }

  /// Makes the message of its fields.
  package init(runID: String) {
    self.runID = runID
  }
}

/// Where a run stands now.
package struct RunStatusResponse: Codable, Equatable, Sendable, WireShape {
  /// The run.
  package var runID: String
  /// Where it stands.
  package var status: RunStatus

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case status
  }

  /// Makes the message of its fields.
  package init(runID: String, status: RunStatus) {
    self.runID = runID
    self.status = status
  }
}
