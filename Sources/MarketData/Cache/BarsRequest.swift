public import TradingModel

/// Which bars are wanted, and how.
public struct BarsRequest: Sendable, Equatable {
  /// The symbol as Yahoo writes it, e.g. `AAPL`; small letters are taken as capitals.
  public var symbol: String
  /// Length of a bar.
  public var interval: BarInterval
  /// First time to keep, by the bar's opening; `nil` goes back as far as Yahoo does.
  public var from: TimeBound?
  /// First time to leave out; `nil` goes to the last bar that has ended.
  public var to: TimeBound?
  /// Whether prices are adjusted for dividends, as `yfinance.download(auto_adjust=True)` does. They are adjusted for
  /// splits in any case.
  public var adjusted: Bool
  /// Whether intraday bars outside the regular session are included.
  public var extendedHours: Bool
  /// Whether only the cache may be used.
  public var offline: Bool
  /// Whether bars are fetched again even if the cache has them.
  public var refresh: Bool

  /// Makes a request.
  public init(
    symbol: String, interval: BarInterval = .oneDay, from: TimeBound? = nil, to: TimeBound? = nil,
    adjusted: Bool = true, extendedHours: Bool = false, offline: Bool = false, refresh: Bool = false
  ) {
    self.symbol = symbol
    self.interval = interval
    self.from = from
    self.to = to
    self.adjusted = adjusted
    self.extendedHours = extendedHours
    self.offline = offline
    self.refresh = refresh
  }
}

/// Bars ready for a backtest, and where they come from.
public struct LoadedBars: Sendable, Equatable {
  /// The bars, none when the range has none.
  public var series: BarSeries
  /// What they are bars of. The currency is Yahoo's word: `GBp` are pence, a hundredth of GBP.
  public var instrument: Instrument
  /// Where they come from.
  public var provenance: BarsProvenance
  /// Dividends and splits in the range, oldest first; already in the prices as far as these are adjusted.
  public var actions: [CorporateAction]

  /// Makes loaded bars.
  public init(
    series: BarSeries, instrument: Instrument, provenance: BarsProvenance, actions: [CorporateAction] = []
  ) {
    self.series = series
    self.instrument = instrument
    self.provenance = provenance
    self.actions = actions
  }
}

/// Where bars come from.
public struct BarsProvenance: Sendable, Equatable {
  /// `yahoo` or `import`.
  public var source: String
  /// The host they were fetched from, or the file they were imported from.
  public var host: String
  /// When the newest of them was fetched or imported.
  public var fetchedAt: EpochMilliseconds
  /// Milliseconds since then.
  public var age: Int64
  /// Whether this load asked the network; `false` when the cache had everything, or had to do.
  public var wasFetched: Bool
  /// SHA-256 of the series, in hexadecimal digits; the cache keeps the bars under it. See ``DataSnapshot``.
  public var snapshot: String
  /// Whether prices are adjusted for dividends; `false` too where the source has no such adjustment.
  public var adjusted: Bool
  /// What a user should know about these bars, one sentence each: the same whenever the same bars are loaded.
  public var barNotes: [String]
  /// What a user should know about this load, one sentence each, such as how old the bars are or what Yahoo changed:
  /// another load of the same bars has others.
  public var loadNotes: [String]
  /// First time asked for, as a bar time; `nil` when the request left it open.
  public var from: EpochMilliseconds?
  /// First time asked to be left out, as a bar time; `nil` when the request left it open.
  public var to: EpochMilliseconds?

  /// ``loadNotes``, then ``barNotes``.
  public var notes: [String] { loadNotes + barNotes }

  /// Makes a provenance.
  public init(
    source: String, host: String, fetchedAt: EpochMilliseconds, age: Int64, wasFetched: Bool, snapshot: String,
    adjusted: Bool, barNotes: [String] = [], loadNotes: [String] = [], from: EpochMilliseconds? = nil,
    to: EpochMilliseconds? = nil
  ) {
    self.source = source
    self.host = host
    self.fetchedAt = fetchedAt
    self.age = age
    self.wasFetched = wasFetched
    self.snapshot = snapshot
    self.adjusted = adjusted
    self.barNotes = barNotes
    self.loadNotes = loadNotes
    self.from = from
    self.to = to
  }
}

/// How far a fetch has come.
public struct FetchProgress: Sendable, Equatable {
  /// What is fetched.
  public var symbol: String
  /// Requests answered.
  public var done: Int
  /// Requests this fetch takes in all, as far as known.
  public var planned: Int

  /// Makes a progress report.
  public init(symbol: String, done: Int, planned: Int) {
    self.symbol = symbol
    self.done = done
    self.planned = planned
  }
}
