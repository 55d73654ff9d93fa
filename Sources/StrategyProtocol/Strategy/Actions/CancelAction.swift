/// Withdraws a resting order, named one way or the other.
package struct CancelAction: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The bar it belongs to; there in streamed and vectorized runs only.
  package var barIndex: Int?
  /// `cancel`.
  package var kind: ActionKind
  /// The strategy's own name for it.
  package var clientOrderID: String?
  /// The broker's number.
  package var orderID: Int?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case barIndex = "bar_index"
    case kind = "do"
    case clientOrderID = "client_order_id"
    case orderID = "order_id"
  }

  /// Makes it of its fields.
  package init(barIndex: Int? = nil, clientOrderID: String? = nil, orderID: Int? = nil) {
    self.barIndex = barIndex
    kind = .cancel
    self.clientOrderID = clientOrderID
    self.orderID = orderID
  }

  package func check(_ path: WirePath) throws {
    try path.member("bar_index").check(barIndex, minimum: 0)
    try path.member("client_order_id").check(length: clientOrderID, minimum: 1, maximum: 64)
    try path.member("order_id").check(orderID, minimum: 1)
    if (clientOrderID == nil) == (orderID == nil) { throw path.error("must have one of client_order_id and order_id") }
  }
}
