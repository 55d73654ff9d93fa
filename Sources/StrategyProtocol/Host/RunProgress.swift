/// How far a run, sweep or check is.
package struct RunProgressNotification: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The request's progress_token.
  package var token: WireValue
  /// Where it stands.
  package var value: RunProgress

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case token
    case value
  }

  /// Makes the message of its fields.
  package init(token: WireValue, value: RunProgress) {
    self.token = token
    self.value = value
  }

  package func check(_ path: WirePath) throws {
    try path.member("token").check(token: token)
    try value.check(path.member("value"))
  }
}

/// Where work for a client stands.
package struct RunProgress: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Begin, report or end.
  package var kind: ProgressKind
  /// For people.
  package var message: String?
  /// 0 to 100.
  package var percentage: Double?
  /// The run.
  package var runID: String?
  /// The sweep.
  package var sweepID: String?
  /// Bars processed.
  package var barsDone: Int?
  /// Bars of the run.
  package var barsTotal: Int?
  /// Speed.
  package var barsPerSecond: Double?
  /// Account value now.
  package var equity: Double?
  /// Trials ended.
  package var trialsDone: Int?
  /// Trials of the sweep.
  package var trialsTotal: Int?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case kind
    case message
    case percentage
    case runID = "run_id"
    case sweepID = "sweep_id"
    case barsDone = "bars_done"
    case barsTotal = "bars_total"
    case barsPerSecond = "bars_per_second"
    case equity
    case trialsDone = "trials_done"
    case trialsTotal = "trials_total"
  }

  /// Makes it of its fields.
  package init(
    kind: ProgressKind, message: String? = nil, percentage: Double? = nil, runID: String? = nil, sweepID: String? = nil,
    barsDone: Int? = nil, barsTotal: Int? = nil, barsPerSecond: Double? = nil, equity: Double? = nil,
    trialsDone: Int? = nil, trialsTotal: Int? = nil
  ) {
    self.kind = kind
    self.message = message
    self.percentage = percentage
    self.runID = runID
    self.sweepID = sweepID
    self.barsDone = barsDone
    self.barsTotal = barsTotal
    self.barsPerSecond = barsPerSecond
    self.equity = equity
    self.trialsDone = trialsDone
    self.trialsTotal = trialsTotal
  }

  package func check(_ path: WirePath) throws {
    try path.member("percentage").check(percentage, minimum: 0, maximum: 100)
    try path.member("bars_done").check(barsDone, minimum: 0)
    try path.member("bars_total").check(barsTotal, minimum: 0)
    try path.member("bars_per_second").check(barsPerSecond, minimum: 0)
    try path.member("trials_done").check(trialsDone, minimum: 0)
    try path.member("trials_total").check(trialsTotal, minimum: 0)
  }
}
