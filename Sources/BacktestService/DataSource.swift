public import MarketData

/// Where the bars of a run come from.
public enum DataSource: Sendable, Equatable {
  /// One of the daily series carried by the program; `adjusted` for splits and dividends.
  case sample(name: String, adjusted: Bool)
  /// A CSV file of bars, read as its options say.
  case file(path: String, options: CSVOptions)
}
