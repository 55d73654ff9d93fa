public import MarketData
import StrategyKit
public import TradingModel

/// Why a request is not run.
public enum ServiceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// No strategy has that name.
  case unknownStrategy(String, known: [String])
  /// The strategy reads what its user names on this machine, so only users of this machine may run it.
  case localOnly(strategy: String)
  /// The bars could not be loaded: a whole sentence.
  case data(String)
  /// The bars could not be had from Yahoo or the cache.
  case marketData(MarketDataError)
  /// No data set has that id.
  case unknownDataset(String, known: [String])
  /// The date range leaves no bar.
  case noBarsInRange(symbol: String, first: EpochMilliseconds, last: EpochMilliseconds)

  /// Whether the caller asked for something that does not exist, rather than something that went wrong.
  public var isUsageError: Bool {
    switch self {
    case .unknownStrategy, .unknownDataset, .localOnly: true
    case .marketData(let error): error.isUsageError
    case .data, .noBarsInRange: false
    }
  }

  /// One sentence and what to do next.
  public var description: String {
    switch self {
    case .unknownStrategy(let name, let known):
      "There is no strategy \(name)\(NearMiss.hint(name, among: known)); `backtester strategies` lists them."
    case .localOnly(let name):
      "The strategy \(name) reads a file of this machine and can only be run with `backtester run`."
    case .data(let sentence): sentence
    case .marketData(let error): error.description
    case .unknownDataset(let id, let known):
      "There is no data set \(id)\(NearMiss.hint(id, among: known)); `backtester data list` shows those there are."
    case .noBarsInRange(let symbol, let first, let last):
      "The date range leaves no bar of \(symbol): its bars go from \(UTCText.format(first)) to \(UTCText.format(last))."
    }
  }
}
