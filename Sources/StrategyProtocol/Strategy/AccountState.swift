/// The account.
package struct AccountState: Codable, Equatable, Sendable, WireShape {
  /// Money, without open profit.
  package var cash: Double
  /// Cash plus open profit.
  package var equity: Double

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case cash
    case equity
  }

  /// Makes it of its fields.
  package init(cash: Double, equity: Double) {
    self.cash = cash
    self.equity = equity
  }
}
