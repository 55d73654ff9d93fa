public import TradingModel

/// One line about a data set in the cache.
public struct DataSetSummary: Sendable, Equatable {
  /// `yahoo` or `import`.
  public var source: String
  /// The symbol, or the name of an imported set.
  public var symbol: String
  /// The stored interval, e.g. `1d`; empty when an imported set has no known one.
  public var interval: String
  /// Whether bars outside the regular session are included.
  public var extendedHours: Bool
  /// The currency of its prices as the source writes it; `nil` when unknown.
  public var currency: String?
  /// The exchange's short name; empty when unknown.
  public var exchange: String
  /// What it is, e.g. `Apple Inc.`; `nil` when unknown.
  public var name: String?
  /// Number of bars, holes included.
  public var barCount: Int
  /// Time of the first bar; `nil` when there is none.
  public var firstTime: EpochMilliseconds?
  /// Time of the last bar; `nil` when there is none.
  public var lastTime: EpochMilliseconds?
  /// When the newest bars were fetched or imported.
  public var fetchedAt: EpochMilliseconds
  /// Where they came from: a host, or a file.
  public var host: String

  /// Makes a summary.
  public init(
    source: String, symbol: String, interval: String, extendedHours: Bool, currency: String?, exchange: String,
    name: String?, barCount: Int, firstTime: EpochMilliseconds?, lastTime: EpochMilliseconds?,
    fetchedAt: EpochMilliseconds, host: String
  ) {
    self.source = source
    self.symbol = symbol
    self.interval = interval
    self.extendedHours = extendedHours
    self.currency = currency
    self.exchange = exchange
    self.name = name
    self.barCount = barCount
    self.firstTime = firstTime
    self.lastTime = lastTime
    self.fetchedAt = fetchedAt
    self.host = host
  }
}

/// All about a data set in the cache.
public struct DataSetDescription: Sendable, Equatable {
  /// What it is.
  public var summary: DataSetSummary
  /// IANA name of the exchange's time zone.
  public var timeZone: String
  /// The times that were asked for and answered; the first may begin with the first trade ever.
  public var coverage: [Range<EpochMilliseconds>]
  /// Dividends and splits, oldest first.
  public var actions: [CorporateAction]
  /// What is remarkable about its bars.
  public var quality: DataQualityReport

  /// Makes a description.
  public init(
    summary: DataSetSummary, timeZone: String, coverage: [Range<EpochMilliseconds>], actions: [CorporateAction],
    quality: DataQualityReport
  ) {
    self.summary = summary
    self.timeZone = timeZone
    self.coverage = coverage
    self.actions = actions
    self.quality = quality
  }
}
