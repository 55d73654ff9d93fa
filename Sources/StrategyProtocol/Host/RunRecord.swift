package import TradingModel

/// A run.
package struct RunRecord: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Its id.
  package var runID: String
  /// Where it stands.
  package var status: RunStatus
  /// Name of the strategy.
  package var strategy: String?
  /// Id of the data set.
  package var dataset: String?
  /// What was traded.
  package var symbols: [String]?
  /// How the strategy was driven; left out for strategies compiled in.
  package var mode: ExecutionMode?
  /// The sweep it belongs to.
  package var sweepID: String?
  /// When it was asked for, epoch ms.
  package var created: EpochMilliseconds?
  /// When it began.
  package var started: EpochMilliseconds?
  /// When it ended.
  package var finished: EpochMilliseconds?
  /// Bars processed so far.
  package var barsDone: Int?
  /// Bars of the run.
  package var barsTotal: Int?
  /// Statistics, keyed as in capabilities.metrics; null where undefined.
  package var metrics: OrderedMap<Double?>?
  /// SHA-256 over request, data and order stream.
  package var fingerprint: String?
  /// What the look-ahead check found.
  package var lookaheadCheck: LookaheadVerdict?
  /// The strategy's label for the run.
  package var label: String?
  /// Words to find it by.
  package var tags: [String]?
  /// Why it failed.
  package var failure: Failure?
  /// What a user should know.
  package var warnings: [String]?
  /// The request with defaults filled in.
  package var request: BacktestRunRequest?
  /// The last output of the strategy's process on stderr.
  package var stderrTail: String?
  /// Time per bar.
  package var timing: RunTiming?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case status
    case strategy
    case dataset
    case symbols
    case mode
    case sweepID = "sweep_id"
    case created
    case started
    case finished
    case barsDone = "bars_done"
    case barsTotal = "bars_total"
    case metrics
    case fingerprint
    case lookaheadCheck = "lookahead_check"
    case label
    case tags
    case failure
    case warnings
    case request
    case stderrTail = "stderr_tail"
    case timing
  }

  /// Makes it of its fields.
  package init(
    runID: String, status: RunStatus, strategy: String? = nil, dataset: String? = nil, symbols: [String]? = nil,
    mode: ExecutionMode? = nil, sweepID: String? = nil, created: EpochMilliseconds? = nil,
    started: EpochMilliseconds? = nil, finished: EpochMilliseconds? = nil, barsDone: Int? = nil, barsTotal: Int? = nil,
    metrics: OrderedMap<Double?>? = nil, fingerprint: String? = nil, lookaheadCheck: LookaheadVerdict? = nil,
    label: String? = nil, tags: [String]? = nil, failure: Failure? = nil, warnings: [String]? = nil,
    request: BacktestRunRequest? = nil, stderrTail: String? = nil, timing: RunTiming? = nil
  ) {
    self.runID = runID
    self.status = status
    self.strategy = strategy
    self.dataset = dataset
    self.symbols = symbols
    self.mode = mode
    self.sweepID = sweepID
    self.created = created
    self.started = started
    self.finished = finished
    self.barsDone = barsDone
    self.barsTotal = barsTotal
    self.metrics = metrics
    self.fingerprint = fingerprint
    self.lookaheadCheck = lookaheadCheck
    self.label = label
    self.tags = tags
    self.failure = failure
    self.warnings = warnings
    self.request = request
    self.stderrTail = stderrTail
    self.timing = timing
  }

  package func check(_ path: WirePath) throws {
    try path.member("bars_done").check(barsDone, minimum: 0)
    try path.member("bars_total").check(barsTotal, minimum: 0)
    try request?.check(path.member("request"))
    try timing?.check(path.member("timing"))
  }
}

/// Where a run stands.
package enum RunStatus: String, WireName {
  /// It waits for a free core.
  case queued
  /// Its strategy and data are being made ready.
  case starting
  /// Bars are being processed.
  case running
  /// It is done and stored.
  case completed
  /// It was stopped on request.
  case cancelled
  /// It broke off; `failure` says why.
  case failed
  /// The host ended before the run did.
  case interrupted
  /// It was removed; only runs/delete answers this.
  case deleted
}

/// What the look-ahead check found.
package enum LookaheadVerdict: String, WireName {
  /// Nothing.
  case passed
  /// A decision that changes with later bars.
  case failed
  /// It was not made.
  case skipped
}
