internal import TradingModel

/// Makes bars for a backtest from bars as sent: leaves out holes, adjusts, builds longer bars.
struct BarSeriesBuilder {
  let symbol: String
  let source: BarInterval?
  let interval: BarInterval?
  let adjusted: Bool

  /// The series, and what was done to the bars, one sentence each.
  func series(_ raw: RawBars) throws(MarketDataError) -> (series: BarSeries, notes: [String]) {
    var notes: [String] = []
    let usable = usableRows(raw, &notes)
    var rows = adjusted && raw.adjustedClose != nil ? try adjust(usable, &notes) : usable
    if let interval, interval != source { rows = Self.resampled(rows, to: interval) }
    let columns = RawBars(rows)
    do {
      let series = try BarSeries(
        times: columns.times, open: columns.open, high: columns.high, low: columns.low, close: columns.close,
        volume: columns.volume)
      return (series, notes)
    } catch let fault as BarSeriesError {
      throw .invalidBars(symbol: symbol, fault: fault)
    } catch {
      throw .invalidBars(symbol: symbol, fault: .unequalColumns(column: "\(error)", count: 0, expected: 0))
    }
  }

  private func usableRows(_ raw: RawBars, _ notes: inout [String]) -> [RawBars.Row] {
    var holes: [EpochMilliseconds] = []
    var worthless: [EpochMilliseconds] = []
    var widened: [EpochMilliseconds] = []
    var usable: [RawBars.Row] = []
    usable.reserveCapacity(raw.count)
    for var row in raw.rows {
      if row.isHole {
        holes.append(row.bar.time)
        continue
      }
      let bar = row.bar
      guard min(bar.open, bar.high, bar.low, bar.close) > 0 else {
        worthless.append(bar.time)
        continue
      }
      let highest = max(bar.open, bar.high, bar.low, bar.close)
      let lowest = min(bar.open, bar.high, bar.low, bar.close)
      if highest > bar.high * (1 + BarSeries.priceTolerance) || lowest < bar.low * (1 - BarSeries.priceTolerance) {
        widened.append(bar.time)
        row.bar.high = highest
        row.bar.low = lowest
      }
      row.bar.volume = bar.volume.isNaN ? 0 : max(0, bar.volume)
      usable.append(row)
    }
    Self.note(&notes, holes, "lacked a price and", "left out")
    Self.note(&notes, worthless, "had a price that was not above 0 and", "left out")
    Self.note(&notes, widened, "had a price outside its low and high, which", "widened to hold it")
    return usable
  }

  /// `2 bars lacked a price and were left out: 2020-04-17, 2020-10-09.`
  private static func note(_ notes: inout [String], _ times: [EpochMilliseconds], _ what: String, _ done: String) {
    if times.isEmpty { return }
    let shown = times.prefix(5).map { UTCText.format($0) }.joined(separator: ", ")
    let more = times.count > 5 ? ", …" : ""
    let isOne = times.count == 1 && !what.hasSuffix("which")
    notes.append(
      "\(times.count) bar\(times.count == 1 ? "" : "s") \(what) \(isOne ? "was" : "were") \(done): \(shown)\(more).")
  }

  /// Prices times adjusted close over close, as yfinance does with `auto_adjust`; the close becomes the adjusted
  /// close itself. Where a row lacks it, the factor of the row before it holds, else of the row behind it.
  private func adjust(_ rows: [RawBars.Row], _ notes: inout [String]) throws(MarketDataError) -> [RawBars.Row] {
    guard let firstKnown = rows.first(where: { !$0.adjustedClose.isNaN }) else {
      if !rows.isEmpty {
        notes.append("Yahoo sent no adjusted prices for these bars; they are not adjusted for dividends.")
      }
      return rows
    }
    var factor = firstKnown.adjustedClose / firstKnown.bar.close
    var unknown: [EpochMilliseconds] = []
    var adjusted = rows
    for index in adjusted.indices {
      let row = rows[index]
      var close = row.adjustedClose
      if close.isNaN {
        unknown.append(row.bar.time)
        close = row.bar.close * factor
      } else {
        factor = close / row.bar.close
      }
      guard close > 0, factor.isFinite else { throw .adjustmentNotPositive(symbol: symbol, time: row.bar.time) }
      adjusted[index].bar.open *= factor
      adjusted[index].bar.high *= factor
      adjusted[index].bar.low *= factor
      adjusted[index].bar.close = close
    }
    Self.note(&notes, unknown, "had no adjusted price and", "adjusted by the factor of its neighbour")
    return adjusted
  }

  /// Longer bars from shorter ones, stamped with the start of their period. Half hours begin at :00 and :30 UTC.
  static func resampled(_ rows: [RawBars.Row], to interval: BarInterval) -> [RawBars.Row] {
    var result: [RawBars.Row] = []
    var start = 0
    while start < rows.count {
      let period = periodStart(rows[start].bar.time, interval)
      var end = start + 1
      while end < rows.count, periodStart(rows[end].bar.time, interval) == period { end += 1 }
      var row = YahooRowCleaner.folded(Array(rows[start..<end]))
      row.bar.time = period
      result.append(row)
      start = end
    }
    return result
  }

  private static func periodStart(_ time: EpochMilliseconds, _ interval: BarInterval) -> EpochMilliseconds {
    guard interval.isIntraday, let length = interval.milliseconds else { return interval.periodStart(of: time) }
    return Day.floorDivision(time, length) * length
  }
}
