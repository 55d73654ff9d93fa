internal import TradingModel

/// Fetches what a plan asks for and puts it into what is held.
struct YahooFetch {
  let source: YahooSource
  let situation: BarsSituation
  let cancellation: CancellationSignal
  let progress: @Sendable (FetchProgress) -> Void

  enum Outcome {
    /// The new version of the data set, to be stored.
    case fetched(StoredDataSet, notes: [String])
    /// Yahoo has no bars here, which is not worth remembering.
    case empty(StoredDataSet, notes: [String])
    /// The dates were computed for another zone; ask again with this one.
    case otherZone(String)
  }

  private var load: BarsLoad { situation.load }

  func run(_ range: Range<EpochMilliseconds>, isWhole: Bool) throws(MarketDataError) -> Outcome {
    let part: Part
    switch try fetch(range) {
    case .otherZone(let name): return .otherZone(name)
    case .part(let fetched): part = fetched
    }
    guard let held = situation.held else { return first(part) }
    if load.request.refresh, part.bars.count > 0 {
      return .fetched(refreshed(held, part), notes: part.notes)
    }
    if !isWhole, let hull = held.coverage.hull, hull.upperBound < part.covered.lowerBound {
      // Nothing tells whether a split lies between the two.
      return replaced(held, part, notes: part.notes)
    }
    guard let change = DataSetMerge.change(held: held, fetched: part.bars, actions: part.actions, in: part.covered)
    else {
      let (dataSet, notes) = joined(held, part)
      return .fetched(dataSet, notes: part.notes + notes)
    }
    if isWhole { return replaced(held, part, notes: part.notes + [change.note]) }
    // The past changed: bars before the overlap are on another basis than those fetched now.
    let start = max(held.coverage.hull?.lowerBound ?? range.lowerBound, situation.earliest ?? Coverage.beginning)
    switch try fetch(start..<range.upperBound) {
    case .otherZone(let name): return .otherZone(name)
    case .part(let whole): return replaced(held, whole, notes: whole.notes + [change.note])
    }
  }

  // MARK: One span of bars

  private struct Part {
    var meta: YahooMeta
    var clock: BarClock
    var bars: RawBars
    var actions: [CorporateAction]
    /// What the reply covers: up to the first bar that has not ended, and since ever if it begins before that.
    var covered: Range<EpochMilliseconds>
    var notes: [String]
  }

  private enum Fetched {
    case part(Part)
    /// Too little was asked for, as the zone in the reply shows.
    case otherZone(String)
  }

  private func fetch(_ range: Range<EpochMilliseconds>) throws(MarketDataError) -> Fetched {
    let now = load.now
    let limit = Day.floorDivision(now, 1000) - YahooRequest.longestRange
    let lower = max(range.lowerBound, limit * 1000)
    let start = max(limit, situation.clock.epochSecond(of: lower))
    let end = max(start + 1, situation.clock.epochSecond(of: range.upperBound))
    let symbol = load.request.symbol
    let progress = progress
    let chart = try source.chart(
      symbol: symbol, interval: load.stored, start: start, end: end, extendedHours: load.key.extendedHours,
      cancellation: cancellation
    ) { progress(FetchProgress(symbol: symbol, done: $0, planned: $1)) }
    guard let zoneName = chart.meta.timeZone else {
      throw .unreadable(host: source.host, reason: "it does not name the exchange's time zone")
    }
    let zone = try ExchangeTimeZone(identifier: zoneName)
    let clock = BarClock(interval: load.stored, zone: zone, sessionEnd: sessionEnd(chart.meta, zone))
    let isShort =
      clock.epochSecond(of: range.upperBound) > end
      || (lower == range.lowerBound && clock.epochSecond(of: lower) < start)
    if zone.identifier != situation.zone.identifier, isShort, start > limit {
      return .otherZone(zoneName)
    }
    return .part(part(chart, clock, range))
  }

  private func part(_ chart: YahooChart, _ clock: BarClock, _ range: Range<EpochMilliseconds>) -> Part {
    let open = clock.firstOpen(at: load.now)
    let end = max(range.lowerBound, min(range.upperBound, open))
    let cleaner = YahooRowCleaner(
      interval: load.stored, zone: clock.zone, extendedHours: load.key.extendedHours)
    var notes: [String] = []
    let live = cleaner.bars(of: chart, from: end, to: range.upperBound)
    if let first = live.times.first {
      notes.append(
        "\(live.count == 1 ? "The bar" : "Bars") of \(UTCText.format(first))\(live.count == 1 ? "" : " and later") "
          + "\(live.count == 1 ? "is" : "are") left out, since \(live.count == 1 ? "it has" : "they have") not ended for sure."
      )
    }
    if !chart.meta.symbol.isEmpty, chart.meta.symbol.uppercased() != load.request.symbol {
      notes.append("Yahoo answered for \(chart.meta.symbol.prefix(32)) where \(load.request.symbol) was asked for.")
    }
    var start = range.lowerBound
    if let firstTrade = chart.meta.firstTrade {
      let firstTime =
        load.stored.isIntraday
        ? firstTrade * 1000 : load.stored.periodStart(of: Day.time(of: clock.zone.day(at: firstTrade)))
      if firstTime >= start { start = Coverage.beginning }
    }
    return Part(
      meta: chart.meta, clock: clock, bars: cleaner.bars(of: chart, from: range.lowerBound, to: end),
      actions: cleaner.actions(of: chart, from: range.lowerBound, to: end), covered: start..<max(start, end),
      notes: notes)
  }

  /// Seconds from local midnight to the end of the regular session.
  private func sessionEnd(_ meta: YahooMeta, _ zone: ExchangeTimeZone) -> Int64? {
    guard let session = meta.regularSession else { return nil }
    let midnight = zone.day(at: session.start) * 86_400
    let end = zone.wallClock(at: session.end) - midnight
    return end > 0 && end <= 86_400 ? end : nil
  }

  // MARK: Putting together

  private func first(_ part: Part) -> Outcome {
    let dataSet = described(
      StoredDataSet(
        key: load.key, timeZone: part.clock.zone.identifier, host: source.host, fetchedAt: load.now,
        coverage: Coverage([part.covered]), provisionalFrom: load.now, bars: part.bars, actions: part.actions), part)
    // An empty range may be a whim of the day; and nothing is lost by asking again.
    return part.bars.count == 0 ? .empty(dataSet, notes: part.notes) : .fetched(dataSet, notes: part.notes)
  }

  private func joined(_ held: StoredDataSet, _ part: Part) -> (StoredDataSet, notes: [String]) {
    var dataSet = held
    let merged = DataSetMerge.merged(held: held, fetched: part.bars, range: part.covered)
    dataSet.bars = merged.bars
    dataSet.actions = DataSetMerge.merged(held: held.actions, fetched: part.actions, range: part.covered)
    dataSet.coverage.insert(part.covered)
    var notes: [String] = []
    if merged.filled > 0 {
      notes.append("Yahoo filled \(merged.filled) hole\(merged.filled == 1 ? "" : "s") since the last fetch.")
    }
    if merged.kept > 0 {
      notes.append(
        "Yahoo left out \(merged.kept) bar\(merged.kept == 1 ? "" : "s") that it had sent before; \(merged.kept == 1 ? "it is" : "they are") used from the cache."
      )
    }
    return (described(dataSet, part), notes)
  }

  /// All held is replaced by what a refresh brought, but for older bars on the same basis that Yahoo no longer
  /// gives out.
  private func refreshed(_ held: StoredDataSet, _ part: Part) -> StoredDataSet {
    var dataSet = held
    let older = held.bars.slice(from: .min, to: part.covered.lowerBound)
    let change = DataSetMerge.change(held: held, fetched: part.bars, actions: part.actions, in: part.covered)
    if change == nil, older.count > 0 {
      dataSet.bars = RawBars(older.rows + part.bars.rows, hasAdjustedClose: part.bars.adjustedClose != nil)
      dataSet.coverage.insert(part.covered)
      dataSet.actions = DataSetMerge.merged(held: held.actions, fetched: part.actions, range: part.covered)
    } else {
      dataSet.bars = part.bars
      dataSet.coverage = Coverage([part.covered])
      dataSet.actions = part.actions
    }
    return described(dataSet, part)
  }

  private func replaced(_ held: StoredDataSet, _ part: Part, notes: [String]) -> Outcome {
    var dataSet = held
    var notes = notes
    let lost = held.bars.firstRow(notBefore: part.covered.lowerBound)
    if lost > 0 {
      notes.append(
        "\(lost) older bar\(lost == 1 ? "" : "s") that Yahoo no longer gives out \(lost == 1 ? "was" : "were") on the old basis and dropped."
      )
    }
    dataSet.bars = part.bars
    dataSet.actions = part.actions
    dataSet.coverage = Coverage([part.covered])
    return .fetched(described(dataSet, part), notes: notes)
  }

  /// With what the newest reply says about the instrument.
  private func described(_ dataSet: StoredDataSet, _ part: Part) -> StoredDataSet {
    var dataSet = dataSet
    let meta = part.meta
    dataSet.currency = meta.currency
    dataSet.exchange = meta.exchange
    dataSet.instrumentType = meta.instrumentType
    dataSet.name = meta.name
    dataSet.timeZone = part.clock.zone.identifier
    dataSet.sessionEnd = part.clock.sessionEnd
    dataSet.host = source.host
    dataSet.fetchedAt = load.now
    dataSet.provisionalFrom = StoredDataSet.provisionalFrom(dataSet.bars, clock: part.clock, fetchedAt: load.now)
    return dataSet
  }
}
