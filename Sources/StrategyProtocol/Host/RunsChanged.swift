/// A run changed its state, or a sweep that nobody waits for has ended.
package struct RunsChangedNotification: Codable, Equatable, Sendable, WireShape {
  /// The run.
  package var runID: String
  /// Its new state.
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
