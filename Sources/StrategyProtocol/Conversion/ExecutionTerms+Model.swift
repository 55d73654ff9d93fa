package import TradingModel

extension ExecutionTerms {
  /// The wire's form of a run's settings; the cash goes into ``RunAccount``.
  package init(_ settings: ExecutionSettings) {
    self.init(
      profile: RuleBook(settings.profile), fillAt: settings.tradeOnClose ? .close : .nextOpen,
      commission: CommissionTerms(settings.commission), spread: settings.spread, margin: settings.margin,
      hedging: settings.hedging, exclusiveOrders: settings.exclusiveOrders, finalizeTrades: settings.finalizeTrades)
  }

  /// The model's form. A commission that only the host can compute is taken as none.
  package func settings(cash: Double) -> ExecutionSettings {
    ExecutionSettings(
      cash: cash, commission: commission.map(Commission.init) ?? .rate(0), spread: spread, margin: margin,
      tradeOnClose: fillAt == .close, hedging: hedging, exclusiveOrders: exclusiveOrders,
      finalizeTrades: finalizeTrades,
      profile: ExecutionProfile(profile))
  }
}

extension RunAccount {
  /// The account at the start of a run.
  package init(_ settings: ExecutionSettings, currency: String?) {
    self.init(currency: currency, initialCash: settings.cash, leverage: 1 / settings.margin)
  }
}

extension CommissionTerms {
  /// The wire's form of a commission; `nil` for a function, which only the host can compute.
  package init?(_ commission: Commission) {
    switch commission {
    case .rate(let rate): self.init(fixed: 0, rate: rate)
    case .fixedAndRate(let fixed, let rate): self.init(fixed: fixed, rate: rate)
    case .custom: return nil
    }
  }
}

extension Commission {
  /// The model's form. Without a fixed part it is a plain rate, which the broker computes in fewer steps.
  package init(_ terms: CommissionTerms) {
    self = terms.fixed == 0 ? .rate(terms.rate) : .fixedAndRate(fixed: terms.fixed, rate: terms.rate)
  }
}

extension ExecutionRequest {
  /// The settings a client asks for, with defaults where it says nothing; ``ExecutionSettings/validate()`` judges them.
  ///
  /// - Parameters:
  ///   - account: The account asked for.
  ///   - defaults: What holds where nothing is said.
  package static func settings(
    _ execution: ExecutionRequest?, account: AccountRequest?, defaults: ExecutionSettings = ExecutionSettings()
  ) -> ExecutionSettings {
    var settings = defaults
    if let cash = account?.initialCash { settings.cash = cash }
    guard let execution else { return settings }
    if let profile = execution.profile { settings.profile = ExecutionProfile(profile) }
    if let fillAt = execution.fillAt { settings.tradeOnClose = fillAt == .close }
    if let commission = execution.commission { settings.commission = Commission(commission) }
    if let spread = execution.spread { settings.spread = spread }
    if let margin = execution.margin { settings.margin = margin }
    if let hedging = execution.hedging { settings.hedging = hedging }
    if let exclusive = execution.exclusiveOrders { settings.exclusiveOrders = exclusive }
    if let finalize = execution.finalizeTrades { settings.finalizeTrades = finalize }
    return settings
  }
}
