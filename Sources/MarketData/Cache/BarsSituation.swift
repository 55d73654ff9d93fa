internal import TradingModel

/// A load together with what the cache holds: the range in bar times, what is to be fetched, and the answer.
struct BarsSituation: Sendable {
  let load: BarsLoad
  let held: StoredDataSet?
  let zone: ExchangeTimeZone
  let clock: BarClock
  /// The bars wanted, by bar time of the stored interval.
  let range: Range<EpochMilliseconds>
  /// What must be fetched.
  let plan: FetchPlan
  /// The oldest time worth asking for now; `nil` when all is.
  let earliest: EpochMilliseconds?

  init(load: BarsLoad, held: StoredDataSet?, zone: ExchangeTimeZone) throws(MarketDataError) {
    self.load = load
    self.held = held
    self.zone = zone
    let request = load.request
    let clock = BarClock(interval: load.stored, zone: zone, sessionEnd: held?.sessionEnd)
    self.clock = clock
    let earliest = Self.earliest(load.stored, at: load.now)
    let oldest = min(earliest ?? Coverage.beginning, held?.coverage.hull?.lowerBound ?? .max)
    var lower = request.from.map { clock.barTime(of: $0) } ?? oldest
    let upper = request.to.map { clock.barTime(of: $0) } ?? max(clock.askEnd(at: load.now), lower)
    if let from = request.from, let to = request.to, clock.barTime(of: from) >= clock.barTime(of: to) {
      throw .emptyRange(from: lower, to: upper)
    }
    // Only whole periods at the beginning: a bar belongs to the range by its opening.
    if request.interval != load.stored, lower > Coverage.beginning {
      let start = request.interval.periodStart(of: lower)
      if !request.interval.isIntraday, start < lower { lower = request.interval.periodEnd(after: start) }
    }
    let range = lower..<max(lower, upper)
    self.range = range
    let isBeyondHistory = earliest.map { range.upperBound <= $0 } ?? false
    // A mirror is asked all the same; Yahoo's refusal is known.
    self.earliest = isBeyondHistory && load.isMirror ? nil : earliest
    plan = FetchPlan.make(
      held: held, range: range, clock: clock, earliest: self.earliest, now: load.now, refresh: request.refresh)
    if let earliest, let days = load.stored.historyDays, isBeyondHistory, !load.isMirror, !request.offline,
      held?.coverage.ranges.contains(where: { $0.overlaps(range) }) != true
    {
      throw .beyondHistory(symbol: request.symbol, interval: load.stored, days: days, earliest: earliest)
    }
  }

  /// A few minutes inside the limit, so that it still holds when the request arrives.
  private static func earliest(_ interval: BarInterval, at now: EpochMilliseconds) -> EpochMilliseconds? {
    interval.historyDays.map { Day.floorDivision(now - $0 * Day.milliseconds, 60_000) * 60_000 + 300_000 }
  }

  /// Whether the cache holds all bars that had ended when they were fetched, so that it can answer alone.
  var cacheSuffices: Bool {
    guard let held else { return false }
    let start = max(range.lowerBound, min(Self.earliest(load.stored, at: held.fetchedAt) ?? .min, range.upperBound))
    let end = min(range.upperBound, clock.firstOpen(at: held.fetchedAt))
    return start >= end
      ? !held.coverage.missing(in: range).contains(range) : held.coverage.missing(in: start..<end).isEmpty
  }

  // MARK: The answer

  /// The bars, from what is held.
  ///
  /// - Parameter cache: Where what is held was read, to look the series up there; `nil` for what was fetched just now.
  func answer(
    host: String, wasFetched: Bool, notes: [String], showsAge: Bool, cache: BarCache?
  ) throws(MarketDataError) -> LoadedBars {
    let request = load.request
    let held =
      held
      ?? StoredDataSet(
        key: load.key, timeZone: zone.identifier, host: host, fetchedAt: load.now, provisionalFrom: load.now)
    let age = max(0, load.now - held.fetchedAt)
    var loadNotes = notes
    if showsAge || (!wasFetched && isShort(held)) { loadNotes.append(ageNote(held, age)) }
    let raw = held.bars.slice(from: range.lowerBound, to: range.upperBound)
    let builder = BarSeriesBuilder(
      symbol: request.symbol, source: load.stored, interval: request.interval, adjusted: request.adjusted)
    let built: BuiltSeries
    if let cache {
      built = try cache.series(
        of: held, range: range, interval: request.interval.rawValue, adjusted: request.adjusted
      ) { () throws(MarketDataError) in try BuiltSeries(raw, builder) }
    } else {
      built = try BuiltSeries(raw, builder)
    }
    let series = built.series
    let barNotes = built.notes + rangeNotes(held, series) + currencyNotes(held, series)
    let provenance = BarsProvenance(
      source: held.key.provider, host: held.host, fetchedAt: held.fetchedAt, age: age, wasFetched: wasFetched,
      snapshot: built.sha256, adjusted: request.adjusted && raw.adjustedClose != nil,
      barNotes: barNotes,
      loadNotes: loadNotes, from: request.from.map { clock.barTime(of: $0) },
      to: request.to.map { clock.barTime(of: $0) })
    return LoadedBars(
      series: series, instrument: Instrument(symbol: request.symbol, currency: held.currency, timeZone: held.clockName),
      provenance: provenance, actions: held.actions.filter { range.contains($0.time) })
  }

  /// Whether bars that have ended by now are not held.
  private func isShort(_ held: StoredDataSet) -> Bool {
    let end = min(range.upperBound, clock.firstOpen(at: load.now))
    return (held.coverage.hull?.upperBound ?? end) < end
  }

  private func ageNote(_ held: StoredDataSet, _ age: Int64) -> String {
    let last = held.bars.times.last.map { ", which end with \(UTCText.format($0))" } ?? ""
    return "Bars of the cache are used, fetched \(AgeText.text(age)) ago\(last)."
  }

  private func rangeNotes(_ held: StoredDataSet, _ series: BarSeries) -> [String] {
    let request = load.request
    var notes: [String] = []
    guard let first = series.times.first, let last = series.times.last else {
      let span =
        "from \(UTCText.format(max(range.lowerBound, Self.oldestShown))) to \(UTCText.format(range.upperBound))"
      return ["There are no \(request.interval.rawValue) bars of \(request.symbol) \(span)."]
    }
    if let from = request.from, first - clock.barTime(of: from) > 7 * Day.milliseconds, !request.interval.isIntraday,
      request.interval == .oneDay
    {
      notes.append("The bars begin with \(UTCText.format(first)), later than asked for.")
    }
    if request.from != nil, let days = load.stored.historyDays, let hull = held.coverage.hull,
      range.lowerBound < hull.lowerBound
    {
      notes.append(
        "Yahoo keeps \(load.stored.rawValue) bars for \(days) days; those before \(UTCText.format(hull.lowerBound)) are not to be had."
      )
    }
    let gaps = held.coverage.missing(in: range).filter { $0.lowerBound > first && $0.upperBound < last }
    for gap in gaps {
      notes.append(
        "Bars from \(UTCText.format(gap.lowerBound)) to \(UTCText.format(gap.upperBound)) were never fetched and Yahoo no longer gives them out."
      )
    }
    if request.interval != load.stored, !request.interval.isIntraday {
      let end = min(range.upperBound, held.coverage.hull?.upperBound ?? range.upperBound)
      if request.interval.periodEnd(after: last) > end {
        notes.append("The last \(request.interval.rawValue) bar holds only days before \(UTCText.formatDate(end)).")
      }
    }
    return notes
  }

  /// The dates before this one that stand for "since ever" would only puzzle.
  private static let oldestShown = Day.time(of: UTCText.days(year: 1900, month: 1, day: 1))

  private func currencyNotes(_ held: StoredDataSet, _ series: BarSeries) -> [String] {
    if series.isEmpty { return [] }
    var notes: [String] = []
    switch held.currency {
    case nil: notes.append("Yahoo does not say in which currency these prices are.")
    case "GBp": notes.append("Prices are in GBp, pence: a hundredth of GBP.")
    case "ZAc": notes.append("Prices are in ZAc, South African cents: a hundredth of ZAR.")
    case "ILA": notes.append("Prices are in ILA, agorot: a hundredth of ILS.")
    default: break
    }
    if load.request.adjusted, load.stored.isIntraday {
      notes.append("Yahoo has no dividend adjustment for intraday bars; these are adjusted for splits only.")
    }
    return notes
  }
}

/// Spans of time in words.
package enum AgeText {
  /// `5 minutes`, `3 hours` or `12 days`.
  package static func text(_ milliseconds: Int64) -> String {
    let minutes = milliseconds / 60_000
    let (count, unit) =
      minutes < 120 ? (minutes, "minute") : minutes < 2880 ? (minutes / 60, "hour") : (minutes / 1440, "day")
    return "\(count) \(unit)\(count == 1 ? "" : "s")"
  }
}
