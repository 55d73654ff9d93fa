import MarketData
import TradingModel

/// The bars of a request, loaded and cut to its range.
struct LoadedData {
  /// The bars, at least one.
  let series: BarSeries
  /// What they are bars of.
  let instrument: Instrument
  /// The request's source with its names as the source writes them.
  let dataSource: DataSource
  /// First time asked for, as a bar time.
  let from: EpochMilliseconds?
  /// First time left out, as a bar time.
  let to: EpochMilliseconds?
  /// Where they come from and what a user should know about them.
  let description: BacktestReport.DataDescription

  /// Loads them.
  ///
  /// - Parameters:
  ///   - recent: What was loaded lately.
  ///   - isCancelled: Asked now and then; true ends a download within a moment.
  ///   - progress: Told of each request sent, on another thread.
  /// - Throws: ``ServiceError``.
  init(
    _ request: BacktestRequest, recent: RecentBars, marketData: MarketDataProvider,
    isCancelled: (@Sendable () -> Bool)?,
    progress: (@Sendable (FetchProgress) -> Void)?
  ) throws(ServiceError) {
    switch request.data {
    case .sample(let name, let adjusted):
      let symbol = name.uppercased()
      let held = try recent.bars(.sample(name: symbol, adjusted: adjusted), from: request.from, to: request.to) {
        () throws(ServiceError) in
        do {
          return .init(try Samples.load(name, adjusted: adjusted), Instrument(symbol: symbol, currency: "USD"))
        } catch { throw ServiceError.data("\(error)") }
      }
      try self.init(
        held, request,
        source: "sample \(symbol), daily, \(adjusted ? "adjusted for splits and dividends" : "as traded")")
    case .file(let path, let options):
      let held = try recent.bars(.file(path: path, options: options), from: request.from, to: request.to) {
        () throws(ServiceError) in
        do throws(CSVError) {
          let imported = try CSVImporter(options: options, isCancelled: isCancelled).read(path: path)
          return .init(
            imported.series,
            Instrument(symbol: imported.symbol ?? Self.symbol(ofFile: path), timeZone: imported.timeZone),
            notes: imported.report.warnings)
        } catch { throw ServiceError.data("\(error)") }
      }
      try self.init(held, request, source: "file \(path)")
    case .yahoo(let bars):
      let loaded: LoadedBars
      do throws(MarketDataError) {
        let service = try marketData.service()
        let asked = Self.request(bars, request)
        loaded =
          bars.freshness == .held
          ? try service.loadHeldBlocking(asked)
          : try CancellationSignal.polling(isCancelled) { signal throws(MarketDataError) in
            try service.loadBlocking(asked, cancellation: signal) { progress?($0) }
          }
      } catch { throw ServiceError.marketData(error) }
      var source = bars
      source.symbol = loaded.instrument.symbol
      try self.init(
        loaded, .yahoo(source),
        text: "Yahoo \(source.symbol), \(bars.interval.rawValue), \(Self.adjustment(bars, loaded))")
    case .imported(let name, let adjusted):
      let loaded: LoadedBars
      do throws(MarketDataError) {
        loaded = try marketData.service().loadImportedBlocking(
          name: name, from: request.from, to: request.to, adjusted: adjusted)
      } catch { throw ServiceError.marketData(error) }
      try self.init(
        loaded, request.data, text: "import \(name)\(loaded.provenance.adjusted ? ", adjusted for dividends" : "")")
    }
  }

  /// Bars of a sample or a file.
  private init(
    _ held: (whole: RecentBars.Held, range: RecentBars.Held), _ request: BacktestRequest, source: String
  ) throws(ServiceError) {
    let whole = held.whole.series
    series = held.range.series
    instrument = held.whole.instrument
    if series.isEmpty, let first = whole.times.first, let last = whole.times.last {
      throw .noBarsInRange(symbol: instrument.symbol, first: first, last: last)
    }
    dataSource = request.data
    (from, to) = (request.from, request.to)
    description = BacktestReport.DataDescription(
      source: source, count: series.count, start: series.times.first ?? 0, end: series.times.last ?? 0,
      sha256: held.range.sha256 ?? DataSnapshot.sha256(of: series), notes: held.whole.notes)
  }

  /// Bars of the cache.
  private init(_ loaded: LoadedBars, _ dataSource: DataSource, text: String) throws(ServiceError) {
    let provenance = loaded.provenance
    guard let first = loaded.series.times.first, let last = loaded.series.times.last else {
      let nothing = "There are no bars of \(loaded.instrument.symbol) in the date range."
      throw .data(provenance.notes.isEmpty ? nothing : provenance.notes.joined(separator: " "))
    }
    series = loaded.series
    instrument = loaded.instrument
    self.dataSource = dataSource
    (from, to) = (provenance.from, provenance.to)
    description = BacktestReport.DataDescription(
      source: text, count: series.count, start: first, end: last, sha256: provenance.snapshot,
      notes: provenance.barNotes, host: provenance.host, fetchedAt: provenance.fetchedAt, age: provenance.age,
      loadNotes: provenance.loadNotes)
  }

  private static func request(_ bars: YahooBars, _ request: BacktestRequest) -> BarsRequest {
    func bound(_ time: EpochMilliseconds) -> TimeBound { bars.interval.isIntraday ? .instant(time) : .local(time) }
    return BarsRequest(
      symbol: bars.symbol, interval: bars.interval, from: bars.from ?? request.from.map(bound),
      to: bars.to ?? request.to.map(bound), adjusted: bars.adjusted, extendedHours: bars.extendedHours,
      offline: bars.freshness == .offline, refresh: bars.freshness == .refreshed)
  }

  private static func adjustment(_ bars: YahooBars, _ loaded: LoadedBars) -> String {
    (loaded.provenance.adjusted ? "adjusted for splits and dividends" : "adjusted for splits")
      + (bars.extendedHours && bars.interval.isIntraday ? ", with extended hours" : "")
  }

  /// The name of a file without folders and endings, upper-cased: `data/goog.csv.gz` is GOOG.
  static func symbol(ofFile path: String) -> String {
    let name = path.split(separator: "/").last ?? "data"
    return String(name.prefix { $0 != "." }).uppercased()
  }
}
