package import TradingModel

/// One step in an order's life.
package struct Event: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Position in the run's list of events, from 0.
  package var sequence: Int
  /// What happened.
  package var kind: EventKind
  /// Bar on which it happened.
  package var index: Int
  /// Opening time of that bar, epoch ms.
  package var time: EpochMilliseconds
  /// The order; 0 when it was refused before it became one.
  package var orderID: Int
  /// The strategy's own name for it.
  package var clientOrderID: String?
  /// Why the order existed.
  package var role: OrderRole
  /// Which instrument.
  package var symbol: String
  /// Buy or sell.
  package var side: OrderSide
  /// Units executed, or asked for; 0 when not known in units.
  package var quantity: Double
  /// Execution price; else the order's own limit or stop; null for a market order.
  @Nullable package var price: Double?
  /// Money charged by this execution.
  package var commission: Double
  /// The trade opened or closed.
  package var tradeID: Int?
  /// Why it was refused or withdrawn; there for rejected, cancelled and expired.
  package var reason: OrderReasonObject?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case sequence = "seq"
    case kind
    case index
    case time
    case orderID = "order_id"
    case clientOrderID = "client_order_id"
    case role
    case symbol
    case side
    case quantity
    case price
    case commission
    case tradeID = "trade_id"
    case reason
  }

  /// Makes it of its fields.
  package init(
    sequence: Int, kind: EventKind, index: Int, time: EpochMilliseconds, orderID: Int, clientOrderID: String? = nil,
    role: OrderRole, symbol: String, side: OrderSide, quantity: Double, price: Double?, commission: Double,
    tradeID: Int? = nil, reason: OrderReasonObject? = nil
  ) {
    self.sequence = sequence
    self.kind = kind
    self.index = index
    self.time = time
    self.orderID = orderID
    self.clientOrderID = clientOrderID
    self.role = role
    self.symbol = symbol
    self.side = side
    self.quantity = quantity
    self.price = price
    self.commission = commission
    self.tradeID = tradeID
    self.reason = reason
  }

  package func check(_ path: WirePath) throws {
    try path.member("seq").check(sequence, minimum: 0)
    try path.member("index").check(index, minimum: 0)
    try path.member("order_id").check(orderID, minimum: 0)
    try path.member("trade_id").check(tradeID, minimum: 1)
    if reason == nil, kind == .rejected || kind == .cancelled || kind == .expired {
      throw path.error("lacks the member \"reason\"")
    }
  }
}

/// Why an order was refused or withdrawn.
package struct OrderReasonObject: Codable, Equatable, Sendable, WireShape {
  /// One of the reason codes.
  package var code: String
  /// One sentence with the numbers.
  package var message: String

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case code
    case message
  }

  /// Makes it of its fields.
  package init(code: String, message: String) {
    self.code = code
    self.message = message
  }
}
