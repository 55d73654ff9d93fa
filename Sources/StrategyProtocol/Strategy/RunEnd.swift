/// How a run ended.
package enum RunEndReason: String, WireName {
  /// All bars were seen.
  case completed
  /// Somebody stopped it.
  case cancelled
  /// It broke off.
  case failed
}

/// The run is over.
package struct RunEndRequest: Codable, Equatable, Sendable, WireShape {
  /// The run.
  package var runID: String
  /// How it ended.
  package var reason: RunEndReason
  /// Metrics of the run.
  package var summary: OrderedMap<Double?>?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case reason
    case summary
  }

  /// Makes the message of its fields.
  package init(runID: String, reason: RunEndReason, summary: OrderedMap<Double?>? = nil) {
    self.runID = runID
    self.reason = reason
    self.summary = summary
  }
}

/// The strategy let go of the run.
package struct RunEndResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The strategy's own numbers, stored with the run.
  package var summary: WireValue?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case summary
  }

  /// Makes the message of its fields.
  package init(summary: WireValue? = nil) {
    self.summary = summary
  }

  package func check(_ path: WirePath) throws {
    try path.member("summary").check(object: summary)
  }
}
