package import TradingModel

/// Asks for the trades of a run, in closing order.
package struct RunsTradesRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The run.
  package var runID: String
  /// `next_cursor` of the page before; left out for the first page.
  package var cursor: String?
  /// Most items of the page; 100 when left out.
  package var limit: Int?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case cursor
    case limit
  }

  /// Makes the message of its fields.
  package init(runID: String, cursor: String? = nil, limit: Int? = nil) {
    self.runID = runID
    self.cursor = cursor
    self.limit = limit
  }

  package func check(_ path: WirePath) throws {
    try path.member("limit").check(limit, minimum: 1, maximum: 1000)
  }
}

/// A page of trades.
package struct RunsTradesResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Trades, in closing order.
  package var items: [TradeRecord]
  /// Asks for the next page; left out on the last one.
  package var nextCursor: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case items
    case nextCursor = "next_cursor"
  }

  /// Makes the message of its fields.
  package init(items: [TradeRecord], nextCursor: String? = nil) {
    self.items = items
    self.nextCursor = nextCursor
  }

  package func check(_ path: WirePath) throws {
    try items.check(path.member("items"))
  }
}

/// A closed trade.
package struct TradeRecord: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Units, below 0 when short.
  package var size: Double
  /// Bar of the entry.
  package var entryIndex: Int
  /// Bar of the exit.
  package var exitIndex: Int
  /// Opening time of the entry's bar, epoch ms.
  package var entryTime: EpochMilliseconds
  /// Opening time of the exit's bar, epoch ms.
  package var exitTime: EpochMilliseconds
  /// Price per unit.
  package var entryPrice: Double
  /// Price per unit.
  package var exitPrice: Double
  /// Profit or loss in money, after commissions.
  package var pnl: Double
  /// pnl as a percentage of the entry value.
  package var returnPercent: Double
  /// Commissions of both ends, money.
  package var commission: Double
  /// Its stop-loss when it closed.
  @Nullable package var stopLoss: Double?
  /// Its take-profit when it closed.
  @Nullable package var takeProfit: Double?
  /// Text of the order that opened it.
  @Nullable package var tag: String?
  /// Which instrument.
  package var symbol: String

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case size
    case entryIndex = "entry_index"
    case exitIndex = "exit_index"
    case entryTime = "entry_time"
    case exitTime = "exit_time"
    case entryPrice = "entry_price"
    case exitPrice = "exit_price"
    case pnl
    case returnPercent = "return_pct"
    case commission
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
    case tag
    case symbol
  }

  /// Makes it of its fields.
  package init(
    size: Double, entryIndex: Int, exitIndex: Int, entryTime: EpochMilliseconds, exitTime: EpochMilliseconds,
    entryPrice: Double, exitPrice: Double, pnl: Double, returnPercent: Double, commission: Double, stopLoss: Double?,
    takeProfit: Double?, tag: String?, symbol: String
  ) {
    self.size = size
    self.entryIndex = entryIndex
    self.exitIndex = exitIndex
    self.entryTime = entryTime
    self.exitTime = exitTime
    self.entryPrice = entryPrice
    self.exitPrice = exitPrice
    self.pnl = pnl
    self.returnPercent = returnPercent
    self.commission = commission
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
    self.tag = tag
    self.symbol = symbol
  }

  package func check(_ path: WirePath) throws {
    try path.member("entry_index").check(entryIndex, minimum: 0)
    try path.member("exit_index").check(exitIndex, minimum: 0)
  }
}
