internal import TradingModel

/// Turns a chart's rows into one row a bar: dated on the exchange's clock, nothing beyond the range, the live row
/// that Yahoo appends folded in or left out.
///
/// Agrees with what yfinance 1.7.0 makes of the same replies, but for a month's live row that its own month already
/// includes: yfinance counts its volume twice.
struct YahooRowCleaner {
  let interval: BarInterval
  let zone: ExchangeTimeZone
  /// Whether rows outside the regular session stay.
  let extendedHours: Bool

  /// The rows with `from <= time < to`, by bar time.
  func bars(of chart: YahooChart, from: EpochMilliseconds, to: EpochMilliseconds) -> RawBars {
    let order = chart.times.indices.sorted { (chart.times[$0], $0) < (chart.times[$1], $1) }
    var rows: [(stamp: Int64, row: RawBars.Row)] = []
    rows.reserveCapacity(order.count)
    let sessions = sessionsByDay(chart)
    for index in order {
      let stamp = chart.times[index]
      let time = barTime(ofStamp: stamp)
      guard time >= from, time < to, isInSession(stamp, sessions) else { continue }
      let bar = Bar(
        time: time, open: chart.open[index], high: chart.high[index], low: chart.low[index],
        close: chart.close[index], volume: chart.volume[index])
      rows.append((stamp, RawBars.Row(bar: bar, adjustedClose: chart.adjustedClose?[index] ?? .nan)))
    }
    return RawBars(merged(rows), hasAdjustedClose: chart.adjustedClose != nil)
  }

  /// The events with `from <= time < to`.
  func actions(of chart: YahooChart, from: EpochMilliseconds, to: EpochMilliseconds) -> [CorporateAction] {
    var actions: [CorporateAction] = []
    for event in chart.events {
      let time = interval.isIntraday ? event.time * 1000 : Day.time(of: zone.day(at: event.time))
      guard time >= from, time < to else { continue }
      let kind: CorporateAction.Kind =
        switch event.kind {
        case .dividend(let amount): .dividend(amount)
        case .capitalGain(let amount): .capitalGain(amount)
        case .split(let numerator, let denominator): .split(numerator: numerator, denominator: denominator)
        }
      let action = CorporateAction(time: time, kind: kind)
      if !actions.contains(action) { actions.append(action) }
    }
    return actions.sorted { ($0.time, $0.rank) < ($1.time, $1.rank) }
  }

  /// A row's bar time. Stamps in the last two hours of a day belong to the next one: Yahoo gets the midnight of
  /// zones wrong that changed their daylight saving rules.
  private func barTime(ofStamp stamp: Int64) -> EpochMilliseconds {
    if interval.isIntraday { return stamp * 1000 }
    let date = Day.time(of: Day.floorDivision(zone.wallClock(at: stamp) + 7200, 86_400))
    return interval.periodStart(of: date)
  }

  // MARK: Sessions

  private func sessionsByDay(_ chart: YahooChart) -> [Int64: YahooMeta.Session] {
    guard interval.isIntraday, !extendedHours else { return [:] }
    return Dictionary(chart.meta.sessions.map { (zone.day(at: $0.start), $0) }) { first, _ in first }
  }

  private func isInSession(_ stamp: Int64, _ sessions: [Int64: YahooMeta.Session]) -> Bool {
    guard let session = sessions[zone.day(at: stamp)], session.end > session.start else { return true }
    return stamp < session.end && stamp + (interval.milliseconds ?? 0) / 1000 > session.start
  }

  // MARK: Several rows for one bar

  private func merged(_ rows: [(stamp: Int64, row: RawBars.Row)]) -> [RawBars.Row] {
    var merged: [RawBars.Row] = []
    merged.reserveCapacity(rows.count)
    var start = 0
    while start < rows.count {
      var end = start + 1
      while end < rows.count, isSameBar(rows[start], rows[end], isLast: end == rows.count - 1) { end += 1 }
      let group = rows[start..<end].map(\.row)
      merged.append(one(of: group, isLast: end == rows.count))
      start = end
    }
    return merged
  }

  private func isSameBar(
    _ a: (stamp: Int64, row: RawBars.Row), _ b: (stamp: Int64, row: RawBars.Row), isLast: Bool
  ) -> Bool {
    if a.row.bar.time == b.row.bar.time { return true }
    // The last price, stamped to the second inside the bar that is still open.
    guard isLast, interval.isIntraday, let length = interval.milliseconds else { return false }
    return (b.stamp - a.stamp) * 1000 < length
  }

  private func one(of group: [RawBars.Row], isLast: Bool) -> RawBars.Row {
    guard let first = group.first, group.count > 1 else { return group[0] }
    let usable = group.filter { !$0.isHole }
    guard let oldest = usable.first, let newest = usable.last else { return first }
    // Rows repeated inside a series are copies; only the newest bar comes with a live row.
    guard isLast, usable.count > 1 else { return oldest }
    if interval == .oneDay || (interval.isIntraday && oldest.bar.time == newest.bar.time) { return newest }
    let live = newest.bar
    let isIncluded =
      oldest.bar.close == live.close && oldest.bar.high >= live.high && oldest.bar.low <= live.low
      && !interval.isIntraday
    if isIncluded { return oldest }
    return Self.folded(usable)
  }

  /// Several rows as one bar: first open, highest high, lowest low, last close, volumes added.
  static func folded(_ rows: [RawBars.Row]) -> RawBars.Row {
    var result = rows[0]
    for row in rows.dropFirst() {
      result.bar.high = max(result.bar.high, row.bar.high)
      result.bar.low = min(result.bar.low, row.bar.low)
      result.bar.close = row.bar.close
      result.bar.volume =
        (result.bar.volume.isNaN ? 0 : result.bar.volume) + (row.bar.volume.isNaN ? 0 : row.bar.volume)
      result.adjustedClose = row.adjustedClose
    }
    return result
  }
}
