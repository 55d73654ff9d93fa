package import TradingModel

/// A run begins.
package struct RunStartRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Names the run in every later message.
  package var runID: String
  /// How the run will be driven.
  package var mode: ExecutionMode
  /// What is traded, in the order of every object keyed by symbol.
  package var symbols: [TradableSymbol]
  /// Length of a bar: 1m, 5m, 1h, 1d, 1wk, 1mo; left out when unknown.
  package var timeframe: String?
  /// Unit of every time.
  package var timeUnit: String
  /// Order of the values in a bar row.
  package var fields: [String]
  /// Which edge of a bar its time names.
  package var timestamp: String
  /// Time of the first bar, epoch ms.
  package var start: EpochMilliseconds
  /// Time of the last bar, epoch ms.
  package var end: EpochMilliseconds
  /// Number of bars of the run, warm-up included.
  package var barsTotal: Int
  /// A value for every parameter the strategy declared.
  package var parameters: WireValue
  /// Seed for the strategy's own randomness.
  package var seed: Int
  /// The account at the start.
  package var account: RunAccount
  /// How orders are executed.
  package var execution: ExecutionTerms
  /// Order types the run accepts.
  package var orderTypes: [String]
  /// Encoding of the columns to come; only in the modes preload and vectorized.
  package var encoding: ColumnEncoding?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case mode
    case symbols
    case timeframe
    case timeUnit = "time_unit"
    case fields
    case timestamp
    case start
    case end
    case barsTotal = "bars_total"
    case parameters
    case seed
    case account
    case execution
    case orderTypes = "order_types"
    case encoding
  }

  /// Makes the message of its fields.
  package init(
    runID: String, mode: ExecutionMode, symbols: [TradableSymbol], timeframe: String? = nil, timeUnit: String = "ms",
    fields: [String] = ["open", "high", "low", "close", "volume"], timestamp: String = "open", start: EpochMilliseconds,
    end: EpochMilliseconds, barsTotal: Int, parameters: WireValue, seed: Int, account: RunAccount,
    execution: ExecutionTerms, orderTypes: [String], encoding: ColumnEncoding? = nil
  ) {
    self.runID = runID
    self.mode = mode
    self.symbols = symbols
    self.timeframe = timeframe
    self.timeUnit = timeUnit
    self.fields = fields
    self.timestamp = timestamp
    self.start = start
    self.end = end
    self.barsTotal = barsTotal
    self.parameters = parameters
    self.seed = seed
    self.account = account
    self.execution = execution
    self.orderTypes = orderTypes
    self.encoding = encoding
  }

  package func check(_ path: WirePath) throws {
    try path.member("run_id").check(length: runID, minimum: 1)
    try path.member("symbols").check(count: symbols.count, minimum: 1)
    try symbols.check(path.member("symbols"))
    try path.member("time_unit").check(timeUnit, is: "ms")
    try path.member("fields").check(fields, is: ["open", "high", "low", "close", "volume"])
    try path.member("timestamp").check(timestamp, is: "open")
    try path.member("bars_total").check(barsTotal, minimum: 1)
    try path.member("parameters").check(object: parameters)
    try path.member("seed").check(seed, minimum: 0, maximum: 9_007_199_254_740_991)
    try account.check(path.member("account"))
    try execution.check(path.member("execution"))
  }
}

/// The strategy is ready for the run.
package struct RunStartResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The mode asked for, repeated.
  package var mode: ExecutionMode?
  /// Bars the strategy must see before it can decide; 0 when left out.
  package var warmupBars: Int?
  /// Whether the answer about the last warm-up bar may hold actions; false when left out.
  package var earlyOrders: Bool?
  /// Stored with the run.
  package var label: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case mode
    case warmupBars = "warmup_bars"
    case earlyOrders = "early_orders"
    case label
  }

  /// Makes the message of its fields.
  package init(
    mode: ExecutionMode? = nil, warmupBars: Int? = nil, earlyOrders: Bool? = nil, label: String? = nil
  ) {
    self.mode = mode
    self.warmupBars = warmupBars
    self.earlyOrders = earlyOrders
    self.label = label
  }

  package func check(_ path: WirePath) throws {
    try path.member("warmup_bars").check(warmupBars, minimum: 0, maximum: 9_007_199_254_740_991)
  }
}

/// The account at the start of a run.
package struct RunAccount: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// ISO 4217 code; left out when unknown.
  package var currency: String?
  /// Money at the start.
  package var initialCash: Double
  /// 1 / margin; 1 is none.
  package var leverage: Double

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case currency
    case initialCash = "initial_cash"
    case leverage
  }

  /// Makes it of its fields.
  package init(currency: String? = nil, initialCash: Double, leverage: Double) {
    self.currency = currency
    self.initialCash = initialCash
    self.leverage = leverage
  }

  package func check(_ path: WirePath) throws {
    try path.member("initial_cash").check(initialCash, above: 0)
    try path.member("leverage").check(leverage, minimum: 1)
  }
}
