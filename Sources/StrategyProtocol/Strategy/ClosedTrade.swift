package import TradingModel

/// A closed trade, or the closed part of one.
package struct ClosedTrade: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Number of the trade.
  package var tradeID: Int
  /// Which instrument.
  package var symbol: String
  /// Units, below 0 when short.
  package var quantity: Double
  /// Bar of the entry.
  package var entryIndex: Int
  /// Bar of the exit.
  package var exitIndex: Int
  /// Opening time of the entry's bar.
  package var entryTime: EpochMilliseconds
  /// Opening time of the exit's bar.
  package var exitTime: EpochMilliseconds
  /// Price per unit at the entry.
  package var entryPrice: Double
  /// Price per unit at the exit.
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

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case tradeID = "trade_id"
    case symbol
    case quantity
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
  }

  /// Makes it of its fields.
  package init(
    tradeID: Int, symbol: String, quantity: Double, entryIndex: Int, exitIndex: Int, entryTime: EpochMilliseconds,
    exitTime: EpochMilliseconds, entryPrice: Double, exitPrice: Double, pnl: Double, returnPercent: Double,
    commission: Double, stopLoss: Double?, takeProfit: Double?, tag: String?
  ) {
    self.tradeID = tradeID
    self.symbol = symbol
    self.quantity = quantity
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
  }

  package func check(_ path: WirePath) throws {
    try path.member("trade_id").check(tradeID, minimum: 1)
    try path.member("entry_index").check(entryIndex, minimum: 0)
    try path.member("exit_index").check(exitIndex, minimum: 0)
  }
}
