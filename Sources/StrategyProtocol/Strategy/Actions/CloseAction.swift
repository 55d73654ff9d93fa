/// Closes one trade, or all trades of a symbol.
package struct CloseAction: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The bar it belongs to; there in streamed and vectorized runs only.
  package var barIndex: Int?
  /// `close`.
  package var kind: ActionKind
  /// The trade.
  package var tradeID: Int?
  /// All open trades of this symbol; may be left out when the run has one.
  package var symbol: String?
  /// Part of each trade, above 0 and at most 1; 1 when left out.
  package var portion: Double?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case barIndex = "bar_index"
    case kind = "do"
    case tradeID = "trade_id"
    case symbol
    case portion
  }

  /// Makes it of its fields.
  package init(barIndex: Int? = nil, tradeID: Int? = nil, symbol: String? = nil, portion: Double? = nil) {
    self.barIndex = barIndex
    kind = .close
    self.tradeID = tradeID
    self.symbol = symbol
    self.portion = portion
  }

  package func check(_ path: WirePath) throws {
    try path.member("bar_index").check(barIndex, minimum: 0)
    try path.member("trade_id").check(tradeID, minimum: 1)
    if tradeID != nil, symbol != nil { throw path.error("must not have both trade_id and symbol") }
  }
}
