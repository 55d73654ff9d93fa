/// Places an entry order.
package struct OrderAction: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The bar it belongs to; there in streamed and vectorized runs only.
  package var barIndex: Int?
  /// `order`.
  package var kind: ActionKind
  /// The strategy's own name for it, unique in the run.
  package var clientOrderID: String?
  /// Which instrument; may be left out when the run has one.
  package var symbol: String?
  /// Buy or sell.
  package var side: OrderSide
  /// market, limit, stop or stop_limit; follows from the prices when left out.
  package var type: String?
  /// Whole units, 1 or more.
  package var quantity: Double?
  /// Part of the buying power when it fills, above 0 and at most 1.
  package var fraction: Double?
  /// Worst price accepted.
  package var limitPrice: Double?
  /// Price that must be touched first.
  package var stopPrice: Double?
  /// Stop-loss of the trade it opens.
  package var stopLoss: Double?
  /// Take-profit of the trade it opens.
  package var takeProfit: Double?
  /// Text carried to the trade.
  package var tag: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case barIndex = "bar_index"
    case kind = "do"
    case clientOrderID = "client_order_id"
    case symbol
    case side
    case type
    case quantity
    case fraction
    case limitPrice = "limit_price"
    case stopPrice = "stop_price"
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
    case tag
  }

  /// Makes it of its fields.
  package init(
    barIndex: Int? = nil, clientOrderID: String? = nil, symbol: String? = nil, side: OrderSide, type: String? = nil,
    quantity: Double? = nil, fraction: Double? = nil, limitPrice: Double? = nil, stopPrice: Double? = nil,
    stopLoss: Double? = nil, takeProfit: Double? = nil, tag: String? = nil
  ) {
    self.barIndex = barIndex
    kind = .order
    self.clientOrderID = clientOrderID
    self.symbol = symbol
    self.side = side
    self.type = type
    self.quantity = quantity
    self.fraction = fraction
    self.limitPrice = limitPrice
    self.stopPrice = stopPrice
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
    self.tag = tag
  }

  package func check(_ path: WirePath) throws {
    try path.member("bar_index").check(barIndex, minimum: 0)
    try path.member("client_order_id").check(length: clientOrderID, minimum: 1, maximum: 64)
    try path.member("tag").check(length: tag, maximum: 256)
  }
}
