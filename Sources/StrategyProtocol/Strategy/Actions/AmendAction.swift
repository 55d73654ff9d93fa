/// Moves or clears a trade's stop-loss and take-profit; when both are given, the stop-loss comes first.
package struct AmendAction: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// What happens to one of the two prices.
  package enum Change: Equatable, Sendable {
    /// It stays; the field is left out.
    case unchanged
    /// It goes; the field is null.
    case clear
    /// It moves to a price.
    case move(Double)
  }

  /// The bar it belongs to; there in streamed and vectorized runs only.
  package var barIndex: Int?
  /// `amend`.
  package var kind: ActionKind
  /// The trade.
  package var tradeID: Int
  /// What happens to its stop-loss.
  package var stopLoss: Change
  /// What happens to its take-profit.
  package var takeProfit: Change

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case barIndex = "bar_index"
    case kind = "do"
    case tradeID = "trade_id"
    case stopLoss = "stop_loss"
    case takeProfit = "take_profit"
  }

  /// Makes it of its fields.
  package init(barIndex: Int? = nil, tradeID: Int, stopLoss: Change = .unchanged, takeProfit: Change = .unchanged) {
    self.barIndex = barIndex
    kind = .amend
    self.tradeID = tradeID
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    func change(_ key: CodingKeys) throws -> Change {
      guard container.contains(key) else { return .unchanged }
      return try container.decodeNil(forKey: key) ? .clear : .move(try container.decode(Double.self, forKey: key))
    }
    barIndex = try container.decodeIfPresent(Int.self, forKey: .barIndex)
    kind = try container.decode(ActionKind.self, forKey: .kind)
    tradeID = try container.decode(Int.self, forKey: .tradeID)
    stopLoss = try change(.stopLoss)
    takeProfit = try change(.takeProfit)
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(barIndex, forKey: .barIndex)
    try container.encode(kind, forKey: .kind)
    try container.encode(tradeID, forKey: .tradeID)
    for (key, change) in [(CodingKeys.stopLoss, stopLoss), (.takeProfit, takeProfit)] {
      switch change {
      case .unchanged: break
      case .clear: try container.encodeNil(forKey: key)
      case .move(let price): try container.encode(price, forKey: key)
      }
    }
  }

  package func check(_ path: WirePath) throws {
    try path.member("bar_index").check(barIndex, minimum: 0)
    try path.member("trade_id").check(tradeID, minimum: 1)
  }
}
