/// An open trade.
package struct TradeState: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Number of the trade, from 1.
  package var tradeID: Int
  /// Which instrument.
  package var symbol: String
  /// Units, below 0 when short.
  package var quantity: Double
  /// Price paid per unit, spread included.
  package var entryPrice: Double
  /// Bar of the entry.
  package var entryIndex: Int
  /// Price of its stop-loss.
  @Nullable package var stopLoss: Double?
  /// Price of its take-profit.
  @Nullable package var takeProfit: Double?
  /// Text of the order that opened it.
  @Nullable package var tag: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case tradeID = "trade_id"
    case symbol
    case quantity
    case entryPrice = "entry_price"
    case entryIndex = "entry_index"
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
    case tag
  }

  /// Makes it of its fields.
  package init(
    tradeID: Int, symbol: String, quantity: Double, entryPrice: Double, entryIndex: Int, stopLoss: Double?,
    takeProfit: Double?, tag: String?
  ) {
    self.tradeID = tradeID
    self.symbol = symbol
    self.quantity = quantity
    self.entryPrice = entryPrice
    self.entryIndex = entryIndex
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
    self.tag = tag
  }

  package func check(_ path: WirePath) throws {
    try path.member("trade_id").check(tradeID, minimum: 1)
    try path.member("entry_index").check(entryIndex, minimum: 0)
  }
}
