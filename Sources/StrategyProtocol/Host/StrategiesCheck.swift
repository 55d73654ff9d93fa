/// Runs the conformance checks on a strategy.
package struct StrategiesCheckRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Name, path or command.
  package var strategy: StrategySelector
  /// Which checks; `all` when left out.
  package var level: RequestedCheckLevel?
  /// Multiplies every waiting time; 1 when left out.
  package var timeoutScale: Double?
  /// Token for $/progress.
  package var progressToken: WireValue?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case strategy
    case level
    case timeoutScale = "timeout_scale"
    case progressToken = "progress_token"
  }

  /// Makes the message of its fields.
  package init(
    strategy: StrategySelector, level: RequestedCheckLevel? = nil, timeoutScale: Double? = nil,
    progressToken: WireValue? = nil
  ) {
    self.strategy = strategy
    self.level = level
    self.timeoutScale = timeoutScale
    self.progressToken = progressToken
  }

  package func check(_ path: WirePath) throws {
    try strategy.check(path.member("strategy"))
    try path.member("timeout_scale").check(timeoutScale, above: 0, maximum: 1000)
    try path.member("progress_token").check(token: progressToken)
  }
}

/// The conformance report.
package struct StrategiesCheckResponse: Codable, Equatable, Sendable, WireShape {
  /// Whether no check failed.
  package var passed: Bool
  /// Which checks were asked for.
  package var level: RequestedCheckLevel
  /// One entry a check, in order.
  package var checks: [CheckResult]

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case passed
    case level
    case checks
  }

  /// Makes the message of its fields.
  package init(passed: Bool, level: RequestedCheckLevel, checks: [CheckResult]) {
    self.passed = passed
    self.level = level
    self.checks = checks
  }
}

/// How one conformance check ended.
package struct CheckResult: Codable, Equatable, Sendable, WireShape {
  /// Its id in checks.json.
  package var id: String
  /// Its level.
  package var level: CheckLevel
  /// Passed, failed or skipped.
  package var status: CheckStatus
  /// What was seen.
  package var detail: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case id
    case level
    case status
    case detail
  }

  /// Makes it of its fields.
  package init(id: String, level: CheckLevel, status: CheckStatus, detail: String? = nil) {
    self.id = id
    self.level = level
    self.status = status
    self.detail = detail
  }
}
