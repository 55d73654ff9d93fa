internal import Synchronization
internal import TradingModel

/// Answers requests for Yahoo's bars: from the cache as far as it goes, from the network for the rest.
final class YahooLoader: Sendable {
  private let configuration: MarketDataConfiguration
  private let source: YahooSource
  private let gate = SerialGate()
  /// Zones that replies named where the guess was wrong.
  private let zones = Mutex<[String: String]>([:])

  init(configuration: MarketDataConfiguration) {
    self.configuration = configuration
    source = YahooSource(
      client: HTTPClient(settings: configuration.http), bases: configuration.yahooBases,
      limits: configuration.limits, retry: configuration.retry, uptime: configuration.uptime)
  }

  /// Loads bars. Blocks the calling thread.
  func load(
    _ request: BarsRequest, cache: BarCache, cancellation: CancellationSignal,
    progress: @escaping @Sendable (FetchProgress) -> Void
  ) throws(MarketDataError) -> LoadedBars {
    var request = request
    request.symbol = try YahooRequest.symbol(request.symbol)
    if request.offline, request.refresh {
      throw .conflictingOptions("--offline and --refresh exclude each other; give one of them.")
    }
    var load = BarsLoad(
      request: request, stored: request.interval.source, now: configuration.now(),
      isMirror: configuration.yahooBases != MarketDataConfiguration.yahooHosts)
    if request.offline { return try offline(load, cache) }
    do throws(MarketDataError) {
      return try online(load, cache, cancellation, progress)
    } catch {
      // A mirror that has only the longer bars themselves: take those as they are.
      guard case .wrongInterval(_, _, let received) = error, received == request.interval.rawValue,
        received != load.stored.rawValue
      else { throw error }
      load.stored = request.interval
      return try online(load, cache, cancellation, progress)
    }
  }

  private func offline(_ load: BarsLoad, _ cache: BarCache) throws(MarketDataError) -> LoadedBars {
    let request = load.request
    var cached: String?
    for stored in load.stored == request.interval ? [load.stored] : [load.stored, request.interval] {
      var load = load
      load.stored = stored
      guard let held = try cache.dataSet(load.key) else { continue }
      let situation = try load.situation(held, zone: held.zone())
      if situation.cacheSuffices { return try answer(situation, cache, wasFetched: false, notes: []) }
      cached = cached ?? held.coverageText
    }
    throw .notCached(symbol: request.symbol, interval: request.interval.rawValue, cached: cached)
  }

  /// Loads what the cache holds of a range, whatever that is.
  ///
  /// - Parameter keepsSnapshot: Whether the bars are kept under their hash, for a run that will refer to them.
  func held(
    _ request: BarsRequest, cache: BarCache, keepsSnapshot: Bool
  ) throws(MarketDataError) -> LoadedBars {
    var request = request
    request.symbol = try YahooRequest.symbol(request.symbol)
    // Nothing is asked, so nothing can lie beyond what Yahoo keeps.
    (request.offline, request.refresh) = (true, false)
    var load = BarsLoad(request: request, stored: request.interval.source, now: configuration.now(), isMirror: true)
    var found = try cache.dataSet(load.key)
    if found == nil, load.stored != request.interval {
      load.stored = request.interval
      found = try cache.dataSet(load.key)
    }
    guard let held = found, let hull = held.coverage.hull else { throw .noSuchDataSet(request.symbol) }
    let zone = try held.zone()
    let clock = BarClock(interval: load.stored, zone: zone, sessionEnd: held.sessionEnd)
    let asked = (from: request.from.map { clock.barTime(of: $0) }, to: request.to.map { clock.barTime(of: $0) })
    if let from = asked.from, let to = asked.to, from >= to { throw .emptyRange(from: from, to: to) }
    func bound(_ time: EpochMilliseconds) -> TimeBound { load.stored.isIntraday ? .instant(time) : .local(time) }
    if asked.from.map({ $0 < hull.lowerBound }) ?? true {
      request.from = hull.lowerBound > Coverage.beginning ? bound(hull.lowerBound) : nil
    }
    if asked.to.map({ $0 > hull.upperBound }) ?? true { request.to = bound(hull.upperBound) }
    let cut = BarsLoad(request: request, stored: load.stored, now: load.now, isMirror: true)
    var loaded = try cut.situation(held, zone: zone).answer(
      host: held.host, wasFetched: false, notes: [], showsAge: false, cache: cache)
    (loaded.provenance.from, loaded.provenance.to) = asked
    if keepsSnapshot, !loaded.series.isEmpty {
      try cache.saveSnapshot(loaded, interval: request.interval.rawValue, now: load.now)
    }
    return loaded
  }

  private func online(
    _ load: BarsLoad, _ cache: BarCache, _ cancellation: CancellationSignal,
    _ progress: @escaping @Sendable (FetchProgress) -> Void
  ) throws(MarketDataError) -> LoadedBars {
    // More rounds than one: another process stored first, or the reply named another time zone than assumed.
    for _ in 0..<6 {
      if cancellation.isCancelled { throw .cancelled }
      let situation = try current(load, cache)
      if situation.plan == .nothing { return try answer(situation, cache, wasFetched: false, notes: []) }
      let loaded = try gate.run(cancellation: cancellation) { () throws(MarketDataError) -> LoadedBars? in
        // Another load may have fetched the same while this one waited.
        let situation = try current(load, cache)
        guard case .fetch(let range, let isWhole) = situation.plan else {
          return try answer(situation, cache, wasFetched: false, notes: [])
        }
        do throws(MarketDataError) {
          let fetch = YahooFetch(source: source, situation: situation, cancellation: cancellation, progress: progress)
          switch try fetch.run(range, isWhole: isWhole) {
          case .otherZone(let name):
            zones.withLock { $0[load.request.symbol] = name }
            return nil
          case .empty(let dataSet, let notes):
            return try answer(load.situation(dataSet, zone: dataSet.zone()), cache, wasFetched: true, notes: notes)
          case .fetched(let dataSet, let notes):
            guard try cache.save(dataSet) else { return nil }
            return try answer(load.situation(dataSet, zone: dataSet.zone()), cache, wasFetched: true, notes: notes)
          }
        } catch {
          guard error.leavesCacheUsable, !load.request.refresh, situation.held != nil, situation.cacheSuffices else {
            throw error
          }
          return try answer(situation, cache, wasFetched: false, notes: [error.description], showsAge: true)
        }
      }
      if let loaded { return loaded }
    }
    throw .cacheBusy(path: cache.path)
  }

  private func current(_ load: BarsLoad, _ cache: BarCache) throws(MarketDataError) -> BarsSituation {
    let held = try cache.dataSet(load.key)
    var name = held?.timeZone ?? zones.withLock { $0[load.request.symbol] }
    if name == nil { name = try cache.timeZone(ofSymbol: load.request.symbol) }
    let zone = try ExchangeTimeZone(identifier: name ?? ExchangeTimeZone.guess(forSymbol: load.request.symbol))
    return try load.situation(held, zone: zone)
  }

  private func answer(
    _ situation: BarsSituation, _ cache: BarCache, wasFetched: Bool, notes: [String], showsAge: Bool = false
  ) throws(MarketDataError) -> LoadedBars {
    let loaded = try situation.answer(
      host: source.host, wasFetched: wasFetched, notes: notes, showsAge: showsAge, cache: wasFetched ? nil : cache)
    if !loaded.series.isEmpty {
      try cache.saveSnapshot(loaded, interval: situation.load.request.interval.rawValue, now: situation.load.now)
    }
    return loaded
  }
}

/// One load: the request, what is stored for it, and the moment, which stays the same throughout.
struct BarsLoad: Sendable {
  let request: BarsRequest
  /// The interval fetched and stored.
  var stored: BarInterval
  let now: EpochMilliseconds
  /// Whether another server than Yahoo's own is asked, which may keep bars for longer.
  let isMirror: Bool

  var key: DataSetKey {
    DataSetKey(
      provider: "yahoo", symbol: request.symbol, interval: stored.rawValue,
      extendedHours: request.extendedHours && stored.isIntraday)
  }

  /// The load seen with what the cache holds.
  func situation(_ held: StoredDataSet?, zone: ExchangeTimeZone) throws(MarketDataError) -> BarsSituation {
    try BarsSituation(load: self, held: held, zone: zone)
  }
}

extension StoredDataSet {
  /// `1d bars from 2015-01-02 to 2019-12-31`, for a sentence.
  var coverageText: String {
    guard let first = bars.times.first, let last = bars.times.last else { return "no bars of it" }
    return "\(key.interval) bars from \(UTCText.format(first)) to \(UTCText.format(last))"
  }
}
