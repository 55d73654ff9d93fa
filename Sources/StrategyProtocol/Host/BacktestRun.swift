package import TradingModel

/// The mode a client asks for.
package enum RequestedMode: String, WireName {
  /// The fastest one that is safe for the strategy.
  case auto
  /// One bar, one answer.
  case lockstep
  /// All columns first, then one message a bar.
  case preload
  /// Chunks of bars.
  case streamed
  /// All columns, one answer.
  case vectorized
}

/// An optional part of a run record.
package enum RunPart: String, WireName {
  /// Statistics.
  case metrics
  /// The request with every default filled in.
  case request
  /// What a user should know.
  case warnings
  /// The last output of the strategy's process on stderr.
  case stderrTail = "stderr_tail"
  /// Time per bar.
  case timing
}

/// Asks for one run.
package struct BacktestRunRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Name, path or command.
  package var strategy: StrategySelector
  /// Id of a data set, or path of a CSV file (one with a slash); this or symbols.
  package var dataset: String?
  /// Symbols: of the data set, or to be downloaded when there is no data set.
  package var symbols: [String]?
  /// Length of a bar to download; 1d when left out.
  package var timeframe: String?
  /// First time to use, epoch ms; the beginning when left out.
  package var start: EpochMilliseconds?
  /// First time not to use, epoch ms; the end when left out.
  package var end: EpochMilliseconds?
  /// Values of the strategy's parameters; defaults for the others.
  package var parameters: WireValue?
  /// Seed for the strategy's randomness; 0 when left out.
  package var seed: Int?
  /// How the strategy is driven; auto when left out.
  package var mode: RequestedMode?
  /// The account at the start.
  package var account: AccountRequest?
  /// How orders are executed.
  package var execution: ExecutionRequest?
  /// Whether to check for look-ahead where the mode allows it; false when left out.
  package var lookaheadCheck: Bool?
  /// Whether a rejected order fails the run; false when left out.
  package var strictOrders: Bool?
  /// Whether to keep a transcript of the strategy's messages; false when left out.
  package var record: Bool?
  /// Whether the run is stored; true when left out.
  package var save: Bool?
  /// Whether the answer waits for the end of the run; true when left out.
  package var wait: Bool?
  /// Optional parts of the record; [metrics, request, warnings] when left out.
  package var include: [RunPart]?
  /// Token for $/progress.
  package var progressToken: WireValue?
  /// Words to find the run by.
  package var tags: [String]?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case strategy
    case dataset
    case symbols
    case timeframe
    case start
    case end
    case parameters
    case seed
    case mode
    case account
    case execution
    case lookaheadCheck = "lookahead_check"
    case strictOrders = "strict_orders"
    case record
    case save
    case wait
    case include
    case progressToken = "progress_token"
    case tags
  }

  /// Makes the message of its fields.
  package init(
    strategy: StrategySelector, dataset: String? = nil, symbols: [String]? = nil, timeframe: String? = nil,
    start: EpochMilliseconds? = nil, end: EpochMilliseconds? = nil, parameters: WireValue? = nil, seed: Int? = nil,
    mode: RequestedMode? = nil, account: AccountRequest? = nil, execution: ExecutionRequest? = nil,
    lookaheadCheck: Bool? = nil, strictOrders: Bool? = nil, record: Bool? = nil, save: Bool? = nil, wait: Bool? = nil,
    include: [RunPart]? = nil, progressToken: WireValue? = nil, tags: [String]? = nil
  ) {
    self.strategy = strategy
    self.dataset = dataset
    self.symbols = symbols
    self.timeframe = timeframe
    self.start = start
    self.end = end
    self.parameters = parameters
    self.seed = seed
    self.mode = mode
    self.account = account
    self.execution = execution
    self.lookaheadCheck = lookaheadCheck
    self.strictOrders = strictOrders
    self.record = record
    self.save = save
    self.wait = wait
    self.include = include
    self.progressToken = progressToken
    self.tags = tags
  }

  package func check(_ path: WirePath) throws {
    try strategy.check(path.member("strategy"))
    try path.member("symbols").check(count: symbols?.count, minimum: 1)
    try path.member("parameters").check(object: parameters)
    try path.member("seed").check(seed, minimum: 0, maximum: 9_007_199_254_740_991)
    try account?.check(path.member("account"))
    try execution?.check(path.member("execution"))
    try path.member("progress_token").check(token: progressToken)
    if dataset == nil, symbols == nil { throw path.error("must have a dataset or symbols") }
  }
}
