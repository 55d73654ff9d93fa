/// How orders are executed.
package struct ExecutionTerms: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The rule book.
  package var profile: RuleBook
  /// When market orders fill.
  package var fillAt: FillTime
  /// Commission; null when it is a function of the host's.
  @Nullable package var commission: CommissionTerms?
  /// Bid-ask spread paid on entries, as a fraction of the price.
  package var spread: Double
  /// Part of a position's value that must be owned; 1 is no leverage.
  package var margin: Double
  /// Whether long and short trades may be open side by side.
  package var hedging: Bool
  /// Whether a new order cancels resting ones and closes open trades.
  package var exclusiveOrders: Bool
  /// Whether trades open after the last bar are closed and counted.
  package var finalizeTrades: Bool

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case profile
    case fillAt = "fill_at"
    case commission
    case spread
    case margin
    case hedging
    case exclusiveOrders = "exclusive_orders"
    case finalizeTrades = "finalize_trades"
  }

  /// Makes it of its fields.
  package init(
    profile: RuleBook, fillAt: FillTime, commission: CommissionTerms?, spread: Double, margin: Double, hedging: Bool,
    exclusiveOrders: Bool, finalizeTrades: Bool
  ) {
    self.profile = profile
    self.fillAt = fillAt
    self.commission = commission
    self.spread = spread
    self.margin = margin
    self.hedging = hedging
    self.exclusiveOrders = exclusiveOrders
    self.finalizeTrades = finalizeTrades
  }

  package func check(_ path: WirePath) throws {
    try path.member("spread").check(spread, minimum: 0, below: 1)
    try path.member("margin").check(margin, above: 0, maximum: 1)
  }
}
