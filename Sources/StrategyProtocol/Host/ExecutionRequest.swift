/// The account at the start of a run.
package struct AccountRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Money at the start; 10000 when left out.
  package var initialCash: Double?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case initialCash = "initial_cash"
  }

  /// Makes the message of its fields.
  package init(initialCash: Double? = nil) {
    self.initialCash = initialCash
  }

  package func check(_ path: WirePath) throws {
    try path.member("initial_cash").check(initialCash, above: 0)
  }
}

/// How orders are executed. Everything may be left out.
package struct ExecutionRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The rule book; the host's default when left out.
  package var profile: RuleBook?
  /// When market orders fill; next_open when left out.
  package var fillAt: FillTime?
  /// Commission; none when left out.
  package var commission: CommissionTerms?
  /// Spread as a fraction of the price; 0 when left out.
  package var spread: Double?
  /// Part of a position's value that must be owned; 1 when left out.
  package var margin: Double?
  /// Long and short trades side by side; false when left out.
  package var hedging: Bool?
  /// A new order replaces everything before it; false when left out.
  package var exclusiveOrders: Bool?
  /// Close open trades after the last bar; false when left out.
  package var finalizeTrades: Bool?

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

  /// Makes the message of its fields.
  package init(
    profile: RuleBook? = nil, fillAt: FillTime? = nil, commission: CommissionTerms? = nil, spread: Double? = nil,
    margin: Double? = nil, hedging: Bool? = nil, exclusiveOrders: Bool? = nil, finalizeTrades: Bool? = nil
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
