internal import Synchronization
public import TradingModel

/// Bars for backtests: Yahoo's through a cache, and imported ones.
///
/// Methods whose name ends in `Blocking` may wait for the network or a disk: call them on a thread of your own. The
/// `async` ones do that for the caller and never hold a thread of the cooperative pool.
public final class MarketDataService: Sendable {
  private let configuration: MarketDataConfiguration
  private let loader: YahooLoader
  private let opened = Mutex<BarCache?>(nil)

  /// Makes a service. Nothing is opened or loaded before it is needed.
  public init(configuration: MarketDataConfiguration) {
    self.configuration = configuration
    loader = YahooLoader(configuration: configuration)
  }

  /// Where the cache file lies, whether or not it is there yet.
  public var cachePath: String { "\(configuration.cacheDirectory)/bars.sqlite" }

  // MARK: Loading

  /// Loads Yahoo's bars. Cancelling the task ends a download at once.
  ///
  /// - Parameter progress: Called on another thread for each request sent and answered.
  public func load(
    _ request: BarsRequest, progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) async throws(MarketDataError) -> LoadedBars {
    try await OwnThread.run { cancellation throws(MarketDataError) in
      try self.loadBlocking(request, cancellation: cancellation, progress: progress)
    }
  }

  /// Loads Yahoo's bars on the calling thread.
  ///
  /// The cache answers as far as it holds finished bars; the rest is fetched. When Yahoo cannot be reached, or
  /// throttles, bars of the cache are used if they hold all that was finished when they were fetched, and a note
  /// says how old they are.
  public func loadBlocking(
    _ request: BarsRequest, cancellation: CancellationSignal = CancellationSignal(),
    progress: @escaping @Sendable (FetchProgress) -> Void = { _ in }
  ) throws(MarketDataError) -> LoadedBars {
    try loader.load(request, cache: cache(), cancellation: cancellation, progress: progress)
  }

  /// Loads what the cache holds of a range, without asking whether more is to be had: the range is cut to what was
  /// fetched. The network is not asked.
  ///
  /// - Throws: ``MarketDataError/noSuchDataSet(_:)`` when the cache holds nothing of the symbol at this interval.
  public func loadHeldBlocking(_ request: BarsRequest) throws(MarketDataError) -> LoadedBars {
    try loader.held(request, cache: cache(), keepsSnapshot: true)
  }

  /// All bars of a data set, adjusted where it has adjusted closes. Unlike a load it leaves no snapshot behind.
  ///
  /// - Throws: ``MarketDataError/noSuchDataSet(_:)`` when it is no longer there.
  public func wholeBlocking(_ summary: DataSetSummary) throws(MarketDataError) -> LoadedBars {
    guard summary.source == "yahoo" else {
      return try imported(name: summary.symbol, from: nil, to: nil, adjusted: true).loaded
    }
    let request = BarsRequest(
      symbol: summary.symbol, interval: try BarInterval(parsing: summary.interval),
      extendedHours: summary.extendedHours)
    return try loader.held(request, cache: cache(), keepsSnapshot: false)
  }

  /// The bars that a run used, by the hash in its record.
  ///
  /// - Throws: ``MarketDataError/noSuchDataSet(_:)`` when the cache no longer has them.
  public func snapshotBlocking(sha256: String) throws(MarketDataError) -> LoadedBars {
    guard let loaded = try cache().snapshot(sha256, now: configuration.now()) else { throw .noSuchDataSet(sha256) }
    return loaded
  }

  /// Keeps the bars of a hash for good, because a stored run refers to them. Others are forgotten after 90 days.
  ///
  /// - Returns: `false` when the cache does not have them.
  @discardableResult
  public func keepSnapshotBlocking(sha256: String) throws(MarketDataError) -> Bool {
    try cache().keepSnapshot(sha256)
  }

  // MARK: The cache's content

  /// What the cache holds: Yahoo's sets, then imported ones, by symbol and interval.
  public func dataSetsBlocking() throws(MarketDataError) -> [DataSetSummary] { try cache().summaries() }

  /// All about one data set.
  ///
  /// - Parameters:
  ///   - symbol: The symbol, or the name of an imported set.
  ///   - interval: The interval asked for; weeks and longer are described by the daily bars they are built from.
  /// - Throws: ``MarketDataError/noSuchDataSet(_:)``.
  public func describeBlocking(
    symbol: String, interval: BarInterval = .oneDay, extendedHours: Bool = false
  ) throws(MarketDataError) -> DataSetDescription {
    let cache = try cache()
    let summaries = try cache.summaries()
    let summary =
      summaries.first {
        $0.source == "yahoo" && $0.symbol == symbol.trimmed.uppercased() && $0.interval == interval.source.rawValue
          && $0.extendedHours == extendedHours
      } ?? summaries.first { $0.source == "import" && $0.symbol == symbol }
    guard let summary else { throw .noSuchDataSet(symbol) }
    return try describeBlocking(summary)
  }

  /// All about one of the data sets that ``dataSetsBlocking()`` lists.
  ///
  /// - Throws: ``MarketDataError/noSuchDataSet(_:)`` when it is no longer there.
  public func describeBlocking(_ summary: DataSetSummary) throws(MarketDataError) -> DataSetDescription {
    guard let dataSet = try cache().dataSet(Self.key(summary)) else { throw .noSuchDataSet(summary.symbol) }
    return DataSetDescription(
      summary: summary, timeZone: dataSet.timeZone, coverage: dataSet.coverage.ranges, actions: dataSet.actions,
      quality: DataQualityReport(dataSet, now: configuration.now()))
  }

  /// Deletes one data set; snapshots of runs stay.
  ///
  /// - Returns: Whether it was there.
  public func deleteBlocking(_ summary: DataSetSummary) throws(MarketDataError) -> Bool {
    try cache().delete(Self.key(summary))
  }

  private static func key(_ summary: DataSetSummary) -> DataSetKey {
    DataSetKey(
      provider: summary.source, symbol: summary.symbol, interval: summary.interval,
      extendedHours: summary.extendedHours)
  }

  /// Deletes data sets; snapshots of runs stay.
  ///
  /// - Parameters:
  ///   - symbol: The symbol or name; `nil` for all.
  ///   - interval: The stored interval, e.g. `1d`; `nil` for all.
  /// - Returns: How many data sets were deleted.
  @discardableResult
  public func clearBlocking(symbol: String? = nil, interval: String? = nil) throws(MarketDataError) -> Int {
    let cache = try cache()
    let count = try cache.delete(symbol: symbol, interval: interval, provider: nil)
    // Yahoo's symbols are stored in capitals, imported names as they were given.
    guard count == 0, let symbol, symbol != symbol.trimmed.uppercased() else { return count }
    return try cache.delete(symbol: symbol.trimmed.uppercased(), interval: interval, provider: "yahoo")
  }

  /// Deletes the snapshots that no stored run keeps.
  ///
  /// - Parameter evenKept: Whether those of stored runs go too; the runs then cannot be repeated on the same bars.
  /// - Returns: How many were deleted.
  @discardableResult
  public func clearSnapshotsBlocking(evenKept: Bool = false) throws(MarketDataError) -> Int {
    try cache().deleteSnapshots(evenKept: evenKept)
  }

  // MARK: Imported data sets

  /// Stores bars under a name, in place of any imported set of that name.
  ///
  /// - Parameters:
  ///   - name: 1...100 printable characters.
  ///   - interval: Length of a bar; `nil` when unknown.
  ///   - origin: The file they come from, for the record.
  public func importBlocking(
    _ series: BarSeries, name: String, interval: BarInterval? = nil, currency: String? = nil, origin: String
  ) throws(MarketDataError) {
    var bars = RawBars()
    (bars.times, bars.open, bars.high) = (series.times, series.open, series.high)
    (bars.low, bars.close, bars.volume) = (series.low, series.close, series.volume)
    try store(bars, actions: [], name: name, interval: interval, currency: currency, zone: "UTC", origin: origin)
  }

  /// Stores the bars of a saved reply of Yahoo's chart API under a name; weeks and months as Yahoo built them.
  ///
  /// - Returns: How many bars it holds.
  /// - Throws: The error the reply amounts to, or that it is not such a reply.
  public func importYahooReplyBlocking(_ body: [UInt8], name: String, origin: String) throws(MarketDataError) -> Int {
    let chart: YahooChart
    do throws(JSONPullParser.Fault) {
      switch try YahooChartParser.parse(body) {
      case .chart(let content): chart = content
      case .refusal(let refusal): throw JSONPullParser.Fault(reason: "it says \"\(refusal.explanation)\"", offset: 0)
      }
    } catch {
      throw .unreadable(host: origin, reason: error.description)
    }
    guard let zoneName = chart.meta.timeZone else {
      throw .unreadable(host: origin, reason: "it does not name the exchange's time zone")
    }
    let interval = try BarInterval(parsing: chart.meta.granularity)
    let zone = try ExchangeTimeZone(identifier: zoneName)
    let cleaner = YahooRowCleaner(interval: interval, zone: zone, extendedHours: false)
    let bars = cleaner.bars(of: chart, from: .min, to: .max)
    try store(
      bars, actions: cleaner.actions(of: chart, from: .min, to: .max), name: name, interval: interval,
      currency: chart.meta.currency, zone: zoneName, origin: origin)
    return bars.count
  }

  /// Loads an imported data set.
  ///
  /// - Parameters:
  ///   - from: First time to keep; dates of intraday bars are UTC.
  ///   - to: First time to leave out.
  ///   - adjusted: Whether to adjust for dividends, where the set has adjusted closes.
  /// - Throws: ``MarketDataError/noSuchDataSet(_:)``.
  public func loadImportedBlocking(
    name: String, from: EpochMilliseconds? = nil, to: EpochMilliseconds? = nil, adjusted: Bool = true
  ) throws(MarketDataError) -> LoadedBars {
    let (loaded, interval) = try imported(name: name, from: from, to: to, adjusted: adjusted)
    if !loaded.series.isEmpty { try cache().saveSnapshot(loaded, interval: interval, now: configuration.now()) }
    return loaded
  }

  private func imported(
    name: String, from: EpochMilliseconds?, to: EpochMilliseconds?, adjusted: Bool
  ) throws(MarketDataError) -> (loaded: LoadedBars, interval: String) {
    let cache = try cache()
    guard let held = try importedSet(name, cache) else { throw .noSuchDataSet(name) }
    let now = configuration.now()
    let range = (from ?? .min)..<max(from ?? .min, to ?? .max)
    let raw = held.bars.slice(from: range.lowerBound, to: range.upperBound)
    let builder = BarSeriesBuilder(symbol: name, source: nil, interval: nil, adjusted: adjusted)
    let built = try cache.series(
      of: held, range: range, interval: held.key.interval, adjusted: adjusted
    ) { () throws(MarketDataError) in try BuiltSeries(raw, builder) }
    let (series, notes) = (built.series, built.notes)
    let loaded = LoadedBars(
      series: series, instrument: Instrument(symbol: name, currency: held.currency, timeZone: held.clockName),
      provenance: BarsProvenance(
        source: "import", host: held.host, fetchedAt: held.fetchedAt, age: max(0, now - held.fetchedAt),
        wasFetched: false, snapshot: built.sha256,
        adjusted: adjusted && raw.adjustedClose != nil, barNotes: notes, from: from, to: to),
      actions: held.actions.filter { range.contains($0.time) })
    return (loaded, held.key.interval)
  }

  private func importedSet(_ name: String, _ cache: BarCache) throws(MarketDataError) -> StoredDataSet? {
    guard let summary = try cache.summaries().first(where: { $0.source == "import" && $0.symbol == name }) else {
      return nil
    }
    return try cache.dataSet(
      DataSetKey(provider: "import", symbol: name, interval: summary.interval, extendedHours: false))
  }

  private func store(
    _ bars: RawBars, actions: [CorporateAction], name: String, interval: BarInterval?, currency: String?,
    zone: String, origin: String
  ) throws(MarketDataError) {
    let isPrintable = name.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    guard !name.trimmed.isEmpty, name.count <= 100, isPrintable else {
      throw .invalidSetting(
        name: "the data set's name", value: name, reason: "it must be 1 to 100 printable characters")
    }
    let cache = try cache()
    let now = configuration.now()
    // One set a name, whatever intervals earlier ones had.
    _ = try cache.delete(symbol: name, interval: nil, provider: "import")
    let covered = bars.times.first.flatMap { first in bars.times.last.map { first..<($0 + 1) } }
    let dataSet = StoredDataSet(
      key: DataSetKey(provider: "import", symbol: name, interval: interval?.rawValue ?? "", extendedHours: false),
      currency: currency, timeZone: zone, host: origin, fetchedAt: now,
      coverage: Coverage(covered.map { [$0] } ?? []), provisionalFrom: .max, bars: bars, actions: actions)
    if try !cache.save(dataSet) { throw .cacheBusy(path: cache.path) }
  }

  private func cache() throws(MarketDataError) -> BarCache {
    let directory = configuration.cacheDirectory
    let result = opened.withLock { opened -> Result<BarCache, MarketDataError> in
      if let opened { return .success(opened) }
      do throws(MarketDataError) {
        let cache = try BarCache(directory: directory)
        opened = cache
        return .success(cache)
      } catch {
        return .failure(error)
      }
    }
    return try result.get()
  }
}
