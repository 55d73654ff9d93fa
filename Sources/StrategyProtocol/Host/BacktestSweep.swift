package import TradingModel

/// Asks for one run per combination of parameters.
package struct BacktestSweepRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
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
  /// Whether a rejected order fails the run; false when left out.
  package var strictOrders: Bool?
  /// Values to try per parameter; all combinations. One of grid and list.
  package var grid: OrderedMap<[WireValue]>?
  /// Parameter sets to try.
  package var list: [WireValue]?
  /// Try a random part of the grid.
  package var random: RandomChoice?
  /// Condition on the parameters, for example `n1 < n2`.
  package var condition: String?
  /// Metric that is best when largest; sharpe when both are left out.
  package var maximize: String?
  /// Metric that is best when smallest.
  package var minimize: String?
  /// Runs at the same time; all cores when left out.
  package var concurrency: Int?
  /// Most trials in the answer, the best ones; 100 when left out.
  package var limit: Int?
  /// Whether the answer waits for the end; true when left out. Without, runs/changed with the sweep's id tells the end.
  package var wait: Bool?
  /// Token for $/progress.
  package var progressToken: WireValue?
  /// Words to find the runs by.
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
    case strictOrders = "strict_orders"
    case grid
    case list
    case random
    case condition = "where"
    case maximize
    case minimize
    case concurrency
    case limit
    case wait
    case progressToken = "progress_token"
    case tags
  }

  /// Makes the message of its fields.
  package init(
    strategy: StrategySelector, dataset: String? = nil, symbols: [String]? = nil, timeframe: String? = nil,
    start: EpochMilliseconds? = nil, end: EpochMilliseconds? = nil, parameters: WireValue? = nil, seed: Int? = nil,
    mode: RequestedMode? = nil, account: AccountRequest? = nil, execution: ExecutionRequest? = nil,
    strictOrders: Bool? = nil, grid: OrderedMap<[WireValue]>? = nil, list: [WireValue]? = nil,
    random: RandomChoice? = nil, condition: String? = nil, maximize: String? = nil, minimize: String? = nil,
    concurrency: Int? = nil, limit: Int? = nil, wait: Bool? = nil, progressToken: WireValue? = nil,
    tags: [String]? = nil
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
    self.strictOrders = strictOrders
    self.grid = grid
    self.list = list
    self.random = random
    self.condition = condition
    self.maximize = maximize
    self.minimize = minimize
    self.concurrency = concurrency
    self.limit = limit
    self.wait = wait
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
    try random?.check(path.member("random"))
    try path.member("concurrency").check(concurrency, minimum: 1)
    try path.member("limit").check(limit, minimum: 1, maximum: 1000)
    try path.member("progress_token").check(token: progressToken)
    if dataset == nil, symbols == nil { throw path.error("must have a dataset or symbols") }
    if (grid == nil) == (list == nil) { throw path.error("must have one of grid and list") }
    if random != nil, grid == nil { throw path.error("has random without grid") }
    if maximize != nil, minimize != nil { throw path.error("must not have both maximize and minimize") }
  }
}

/// A random part of a grid.
package struct RandomChoice: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// How many combinations.
  package var count: Int
  /// Seed of the choice.
  package var seed: Int

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case count
    case seed
  }

  /// Makes it of its fields.
  package init(count: Int, seed: Int) {
    self.count = count
    self.seed = seed
  }

  package func check(_ path: WirePath) throws {
    try path.member("count").check(count, minimum: 1)
    try path.member("seed").check(seed, minimum: 0, maximum: 9_007_199_254_740_991)
  }
}

/// A sweep: its best trials first.
package struct BacktestSweepResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Its id; runs/list takes it as sweep_id, runs/cancel and runs/changed as run_id.
  package var sweepID: String
  /// Where it stands.
  package var status: RunStatus
  /// Combinations to try.
  package var trialsTotal: Int
  /// Trials ended, failed ones included.
  package var trialsDone: Int
  /// Trials failed.
  package var trialsFailed: Int
  /// The best trials, best first; runs/list with sweep_id lists all of them.
  package var items: [TrialRecord]

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case sweepID = "sweep_id"
    case status
    case trialsTotal = "trials_total"
    case trialsDone = "trials_done"
    case trialsFailed = "trials_failed"
    case items
  }

  /// Makes the message of its fields.
  package init(
    sweepID: String, status: RunStatus, trialsTotal: Int, trialsDone: Int, trialsFailed: Int, items: [TrialRecord]
  ) {
    self.sweepID = sweepID
    self.status = status
    self.trialsTotal = trialsTotal
    self.trialsDone = trialsDone
    self.trialsFailed = trialsFailed
    self.items = items
  }

  package func check(_ path: WirePath) throws {
    try path.member("trials_total").check(trialsTotal, minimum: 0)
    try path.member("trials_done").check(trialsDone, minimum: 0)
    try path.member("trials_failed").check(trialsFailed, minimum: 0)
    try items.check(path.member("items"))
  }
}

/// One trial of a sweep.
package struct TrialRecord: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Its run.
  package var runID: String
  /// How it ended.
  package var status: RunStatus
  /// What was tried.
  package var parameters: WireValue
  /// Statistics.
  package var metrics: OrderedMap<Double?>?
  /// Why it failed.
  package var failure: Failure?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case status
    case parameters
    case metrics
    case failure
  }

  /// Makes it of its fields.
  package init(
    runID: String, status: RunStatus, parameters: WireValue, metrics: OrderedMap<Double?>? = nil,
    failure: Failure? = nil
  ) {
    self.runID = runID
    self.status = status
    self.parameters = parameters
    self.metrics = metrics
    self.failure = failure
  }

  package func check(_ path: WirePath) throws {
    try path.member("parameters").check(object: parameters)
  }
}
