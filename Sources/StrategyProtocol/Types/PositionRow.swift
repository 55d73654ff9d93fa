/// What is held of one symbol: `[quantity, avg_price, market_value, unrealized_pnl]`.
package struct PositionRow: Codable, Equatable, Sendable {
  /// Units of all open trades together, below 0 when short.
  package var quantity: Double
  /// Σ(quantity × entry price) / Σ quantity; `nil` when the quantities cancel out.
  package var averagePrice: Double?
  /// Quantity times the newest close, in money.
  package var marketValue: Double
  /// Σ quantity × (newest close − entry price), in money.
  package var unrealizedPnL: Double

  package init(quantity: Double, averagePrice: Double?, marketValue: Double, unrealizedPnL: Double) {
    self.quantity = quantity
    self.averagePrice = averagePrice
    self.marketValue = marketValue
    self.unrealizedPnL = unrealizedPnL
  }

  package init(from decoder: any Decoder) throws {
    let values = try [Double?](from: decoder)
    guard values.count == 4, let quantity = values[0], let value = values[2], let profit = values[3] else {
      throw WirePath(decoder.codingPath).error(
        "must be [quantity, avg_price, market_value, unrealized_pnl], only avg_price may be null")
    }
    self.init(quantity: quantity, averagePrice: values[1], marketValue: value, unrealizedPnL: profit)
  }

  package func encode(to encoder: any Encoder) throws {
    try [quantity, averagePrice, marketValue, unrealizedPnL].encode(to: encoder)
  }
}
