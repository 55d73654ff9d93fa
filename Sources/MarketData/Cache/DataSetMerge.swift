internal import TradingModel

/// How bars held and the same bars fetched again differ.
enum PastChange: Sendable, Equatable {
  /// All prices changed by one factor.
  case split(factor: Double)
  /// Adjusted closes or the list of events changed, prices did not.
  case dividend
  /// Some prices changed.
  case restated(bars: Int, first: EpochMilliseconds)

  /// A sentence for the notes.
  var note: String {
    switch self {
    case .split(let factor):
      "A split (prices times \(UTCRounded.text(factor))) changed all past bars, so they were fetched again."
    case .dividend: "A dividend changed the adjustment of past bars, so they were fetched again."
    case .restated(let bars, let first):
      "Yahoo restated \(bars) past bar\(bars == 1 ? "" : "s"), the first of \(UTCText.format(first)), so all were fetched again."
    }
  }
}

private enum UTCRounded {
  /// Six significant decimals are enough to know a split by.
  static func text(_ value: Double) -> String { String((value * 1e6).rounded() / 1e6) }
}

/// Puts newly fetched bars into those held.
enum DataSetMerge {
  /// Yahoo's prices are single-precision numbers printed long, and equal calls differ in the seventh digit.
  static let priceTolerance = 1e-6
  /// Adjusted closes carry that error twice.
  static let adjustmentTolerance = 2e-6

  /// How the past differs, looking only at bars final when they were stored; `nil` when it does not.
  static func change(
    held: StoredDataSet, fetched: RawBars, actions: [CorporateAction], in range: Range<EpochMilliseconds>
  )
    -> PastChange?
  {
    let limit = min(range.upperBound, held.provisionalFrom)
    guard range.lowerBound < limit else { return nil }
    let old = held.bars.slice(from: range.lowerBound, to: limit)
    var factors: [Double] = []
    var changed: [EpochMilliseconds] = []
    var adjustmentChanged = false
    for row in old.rows where !row.isHole {
      let place = fetched.firstRow(notBefore: row.bar.time)
      guard place < fetched.count, fetched.times[place] == row.bar.time else { continue }
      let new = fetched[place]
      if new.isHole { continue }
      let pairs = [
        (row.bar.open, new.bar.open), (row.bar.high, new.bar.high), (row.bar.low, new.bar.low),
        (row.bar.close, new.bar.close),
      ]
      factors.append(new.bar.close / row.bar.close)
      if pairs.contains(where: { differs($0.0, $0.1, priceTolerance) }) { changed.append(row.bar.time) }
      if differs(row.adjustedClose, new.adjustedClose, adjustmentTolerance) { adjustmentChanged = true }
    }
    if let first = changed.first {
      let factor = factors[factors.count / 2]
      let isOneFactor = factors.allSatisfy { !differs($0, factor, 1e-3) } && differs(factor, 1, 1e-3)
      return isOneFactor ? .split(factor: factor) : .restated(bars: changed.count, first: first)
    }
    let known = held.actions.filter { range.contains($0.time) && $0.time < limit }
    let sent = actions.filter { range.contains($0.time) && $0.time < limit }
    let sameActions = known.count == sent.count && zip(known, sent).allSatisfy(isSame)
    return adjustmentChanged || !sameActions ? .dividend : nil
  }

  /// The bars held with those of `range` replaced. A bar that was held and is now missing or empty stays: Yahoo
  /// loses bars for days and brings them back.
  ///
  /// - Returns: The bars, how many holes were filled, and how many bars held were missing now.
  static func merged(
    held: StoredDataSet, fetched: RawBars, range: Range<EpochMilliseconds>
  ) -> (bars: RawBars, filled: Int, kept: Int) {
    let coverage = held.coverage
    let held = held.bars
    let inside = held.slice(from: range.lowerBound, to: range.upperBound)
    var byTime: [EpochMilliseconds: RawBars.Row] = [:]
    for row in inside.rows { byTime[row.bar.time] = row }
    var rows: [RawBars.Row] = []
    var filled = 0
    var kept = 0
    for row in fetched.rows {
      let old = byTime.removeValue(forKey: row.bar.time)
      if row.isHole, let old, !old.isHole {
        rows.append(old)
        kept += 1
        continue
      }
      if !row.isHole, old?.isHole ?? coverage.contains(row.bar.time) { filled += 1 }
      rows.append(row)
    }
    kept += byTime.values.count { !$0.isHole }
    rows += byTime.values
    rows.sort { $0.bar.time < $1.bar.time }
    let before = held.slice(from: .min, to: range.lowerBound).rows
    let after = held.slice(from: range.upperBound, to: .max).rows
    let hasAdjustment = fetched.adjustedClose != nil || held.adjustedClose != nil
    return (RawBars(before + rows + after, hasAdjustedClose: hasAdjustment), filled, kept)
  }

  /// The events held with those of `range` replaced.
  static func merged(
    held: [CorporateAction], fetched: [CorporateAction], range: Range<EpochMilliseconds>
  ) -> [CorporateAction] {
    (held.filter { !range.contains($0.time) } + fetched).sorted { ($0.time, $0.rank) < ($1.time, $1.rank) }
  }

  private static func differs(_ a: Double, _ b: Double, _ tolerance: Double) -> Bool {
    a.isNaN != b.isNaN || abs(a - b) > tolerance * max(abs(a), abs(b))
  }

  private static func isSame(_ a: CorporateAction, _ b: CorporateAction) -> Bool {
    guard a.time == b.time else { return false }
    switch (a.kind, b.kind) {
    // Six decimals are sent.
    case (.dividend(let x), .dividend(let y)), (.capitalGain(let x), .capitalGain(let y)):
      return abs(x - y) <= 2e-6 + priceTolerance * abs(x)
    case (.split(let a, let b), .split(let c, let d)): return !differs(a * d, b * c, 1e-9)
    default: return false
    }
  }
}
