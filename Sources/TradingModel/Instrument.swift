/// Position of an instrument in a run's list of instruments, counted from 0.
public typealias InstrumentIndex = Int

/// What is traded.
public struct Instrument: Sendable, Equatable {
  /// The ticker, e.g. `GOOG`.
  public var symbol: String
  /// ISO 4217 code of the currency its prices are in; `nil` when the source does not say.
  public var currency: String?

  /// Makes an instrument.
  public init(symbol: String, currency: String? = nil) {
    self.symbol = symbol
    self.currency = currency
  }
}
