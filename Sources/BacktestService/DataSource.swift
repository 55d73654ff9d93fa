public import MarketData

/// Where the bars of a run come from.
public enum DataSource: Sendable, Equatable {
  /// One of the daily series carried by the program; `adjusted` for splits and dividends.
  case sample(name: String, adjusted: Bool)
  /// A CSV file of bars, read as its options say.
  case file(path: String, options: CSVOptions)
  /// Bars from Yahoo, through the cache.
  case yahoo(YahooBars)
  /// A data set imported into the cache, by its name; `adjusted` for dividends where it has adjusted closes.
  case imported(name: String, adjusted: Bool)

  /// The id of the data set, as ``Dataset/id``; `nil` for a file, which has none.
  public var datasetID: String? {
    switch self {
    case .sample(let name, _): "sample:\(name.uppercased())"
    case .file: nil
    case .yahoo(let bars):
      "yahoo:\(bars.symbol.uppercased()):\(bars.interval.rawValue)"
        + (bars.extendedHours && bars.interval.isIntraday ? Datasets.extendedSuffix : "")
    case .imported(let name, _): "import:\(name)"
    }
  }
}

/// Which of Yahoo's bars a run uses, and how fresh they must be.
public struct YahooBars: Sendable, Equatable {
  /// What may be done to get the bars.
  public enum Freshness: Sendable, Equatable {
    /// Use the cache as far as it holds finished bars and fetch the rest.
    case current
    /// Fetch all of them again.
    case refreshed
    /// Use the cache only, and refuse a range it does not hold whole.
    case offline
    /// Use what the cache holds of the range, as of a data set that is all there is.
    case held
  }

  /// The symbol as Yahoo writes it; small letters are taken as capitals.
  public var symbol: String
  /// Length of a bar.
  public var interval: BarInterval
  /// Whether prices are adjusted for dividends; they are for splits in any case.
  public var adjusted: Bool
  /// Whether intraday bars outside the regular session are included.
  public var extendedHours: Bool
  /// What may be done to get the bars.
  public var freshness: Freshness
  /// First time to use, by the exchange's clock or as a point in time; takes the place of the request's `from`, which is a
  /// bar time.
  public var from: TimeBound?
  /// First time to leave out, in the same way.
  public var to: TimeBound?

  /// Names bars.
  public init(
    symbol: String, interval: BarInterval = .oneDay, adjusted: Bool = true, extendedHours: Bool = false,
    freshness: Freshness = .current, from: TimeBound? = nil, to: TimeBound? = nil
  ) {
    self.symbol = symbol
    self.interval = interval
    self.adjusted = adjusted
    self.extendedHours = extendedHours
    self.freshness = freshness
    self.from = from
    self.to = to
  }
}
