/// A resting order.
package struct OrderState: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Number of the order, from 1.
  package var orderID: Int
  /// The strategy's own name for it.
  @Nullable package var clientOrderID: String?
  /// Why it exists.
  package var role: OrderRole
  /// Which instrument.
  package var symbol: String
  /// Buy or sell.
  package var side: OrderSide
  /// Units; this or fraction.
  package var quantity: Double?
  /// Part of the buying power; this or quantity.
  package var fraction: Double?
  /// Its limit.
  @Nullable package var limitPrice: Double?
  /// Its stop, until triggered.
  @Nullable package var stopPrice: Double?
  /// Stop-loss of the trade it will open.
  @Nullable package var stopLoss: Double?
  /// Take-profit of the trade it will open.
  @Nullable package var takeProfit: Double?
  /// Text carried to the trade.
  @Nullable package var tag: String?
  /// The trade it closes; null for an entry.
  @Nullable package var tradeID: Int?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case orderID = "order_id"
    case clientOrderID = "client_order_id"
    case role
    case symbol
    case side
    case quantity
    case fraction
    case limitPrice = "limit_price"
    case stopPrice = "stop_price"
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
    case tag
    case tradeID = "trade_id"
  }

  /// Makes it of its fields.
  package init(
    orderID: Int, clientOrderID: String?, role: OrderRole, symbol: String, side: OrderSide, quantity: Double? = nil,
    fraction: Double? = nil, limitPrice: Double?, stopPrice: Double?, stopLoss: Double?, takeProfit: Double?,
    tag: String?, tradeID: Int?
  ) {
    self.orderID = orderID
    self.clientOrderID = clientOrderID
    self.role = role
    self.symbol = symbol
    self.side = side
    self.quantity = quantity
    self.fraction = fraction
    self.limitPrice = limitPrice
    self.stopPrice = stopPrice
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
    self.tag = tag
    self.tradeID = tradeID
  }

  package func check(_ path: WirePath) throws {
    try path.member("order_id").check(orderID, minimum: 1)
    try path.member("quantity").check(quantity, above: 0)
    try path.member("fraction").check(fraction, above: 0, maximum: 1)
    if (quantity == nil) == (fraction == nil) { throw path.error("must have one of quantity and fraction") }
  }
}
