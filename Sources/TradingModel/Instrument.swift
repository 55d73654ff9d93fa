/// Position of an instrument in a run's list of instruments, counted from 0.
public typealias InstrumentIndex = Int

/// What is traded.
public struct Instrument: Sendable, Equatable {
  /// The ticker, e.g. `GOOG`.
  public var symbol: String
  /// ISO 4217 code of the currency its prices are in; `nil` when the source does not say.
  public var currency: String?
  /// The clock of its exchange or of the file its bars are from, e.g. `America/New_York` or `-05:00`; `nil` for UTC, or when
  /// the source does not say. Times are in UTC all the same: this is for strategies that look at the hour.
  public var timeZone: String?

  /// Makes an instrument.
  public init(symbol: String, currency: String? = nil, timeZone: String? = nil) {
    self.symbol = symbol
    self.currency = currency
    self.timeZone = timeZone
  }
}
