/// How orders of a run are executed, and on what account.
public struct ExecutionSettings: Sendable {
  /// Money at the start, above 0, in the quote currency.
  public var cash: Double
  /// What each execution costs.
  public var commission: Commission
  /// The bid-ask spread as a fraction of the price, paid on entries; 0.0002 is 2 basis points.
  public var spread: Double
  /// Part of a position's value that must be owned: 1 is no leverage, 0.02 is 50:1.
  public var margin: Double
  /// Whether market orders fill at the close of the bar they were placed on instead of the next open.
  public var tradeOnClose: Bool
  /// Whether long and short trades may be open side by side; otherwise opposite orders close trades first in, first out.
  public var hedging: Bool
  /// Whether a new order cancels pending ones and closes open trades.
  public var exclusiveOrders: Bool
  /// Whether trades still open after the last bar are closed and counted.
  public var finalizeTrades: Bool
  /// Which rule book applies.
  public var profile: ExecutionProfile

  /// Makes settings; ``validate()`` checks them.
  public init(
    cash: Double = 10_000, commission: Commission = .rate(0), spread: Double = 0, margin: Double = 1,
    tradeOnClose: Bool = false, hedging: Bool = false, exclusiveOrders: Bool = false, finalizeTrades: Bool = false,
    profile: ExecutionProfile = .compat
  ) {
    self.cash = cash
    self.commission = commission
    self.spread = spread
    self.margin = margin
    self.tradeOnClose = tradeOnClose
    self.hedging = hedging
    self.exclusiveOrders = exclusiveOrders
    self.finalizeTrades = finalizeTrades
    self.profile = profile
  }

  /// Checks every setting's range.
  ///
  /// - Throws: ``SettingsError`` naming the first one out of range.
  public func validate() throws {
    if !(cash.isFinite && cash > 0) { throw SettingsError(name: "cash", value: cash, rule: "a number above 0") }
    if !(spread >= 0 && spread < 1) {
      throw SettingsError(
        name: "spread", value: spread, rule: "a fraction from 0 up to, not including, 1 (0.001 is 0.1 %)")
    }
    if !(margin > 0 && margin <= 1) {
      throw SettingsError(name: "margin", value: margin, rule: "a fraction above 0 and at most 1 (0.5 is 2:1 leverage)")
    }
    switch commission {
    case .rate(let rate): try Self.check(rate: rate)
    case .fixedAndRate(let fixed, let rate):
      if !(fixed.isFinite && fixed >= 0) {
        throw SettingsError(name: "commission", value: fixed, rule: "FIXED,RATE with a fixed amount of 0 or more")
      }
      try Self.check(rate: rate)
    case .custom: break
    }
  }

  private static func check(rate: Double) throws {
    if !(rate >= -0.1 && rate < 0.1) {
      throw SettingsError(
        name: "commission", value: rate, rule: "a fraction from -0.1 up to, not including, 0.1 (0.002 is 0.2 %)")
    }
  }
}

/// A setting is out of its range.
public struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The setting's name, as on the command line without dashes.
  public var name: String
  /// What was given.
  public var value: Double
  /// What would be right.
  public var rule: String

  /// One sentence naming the setting, what was given and what would be right.
  public var description: String { "\(name) was \(value); it must be \(rule)." }

  /// Makes an error.
  public init(name: String, value: Double, rule: String) {
    self.name = name
    self.value = value
    self.rule = rule
  }
}
