internal import TradingModel

/// What must be fetched so that the cache can answer a request.
enum FetchPlan: Sendable, Equatable {
  /// Nothing: the cache has it, or nobody has.
  case nothing
  /// Bars from a time up to another. `isWhole`: all that is held of the symbol, so that the past may change.
  case fetch(Range<EpochMilliseconds>, isWhole: Bool)

  /// Bars compared against those held before new ones are appended.
  static let overlapRows = 10
  /// How long bars that may still change are used before they are asked for again.
  static let recheckAfter: Int64 = 12 * 3_600_000

  /// Plans.
  ///
  /// - Parameters:
  ///   - range: The bars wanted, by bar time.
  ///   - earliest: The oldest time the provider gives out; `nil` when it gives all.
  ///   - refresh: Whether to fetch even what is there.
  static func make(
    held: StoredDataSet?, range: Range<EpochMilliseconds>, clock: BarClock, earliest: EpochMilliseconds?,
    now: EpochMilliseconds, refresh: Bool
  ) -> FetchPlan {
    let end = max(range.lowerBound, min(range.upperBound, clock.firstOpen(at: now)))
    let askEnd = min(range.upperBound, clock.askEnd(at: now))
    let reachable = max(range.lowerBound, earliest ?? range.lowerBound)
    guard reachable < askEnd else { return .nothing }
    guard let held, let hull = held.coverage.hull else { return .fetch(reachable..<askEnd, isWhole: true) }

    let wholeStart = max(min(reachable, hull.lowerBound), earliest ?? Coverage.beginning)
    let wholeEnd = max(askEnd, hull.upperBound)
    if refresh { return .fetch(wholeStart..<wholeEnd, isWhole: true) }

    let missing = reachable < end ? held.coverage.missing(in: reachable..<end) : []
    let mayHaveChanged = reachable < end && held.provisionalFrom < end && now - held.fetchedAt >= recheckAfter
    guard let first = missing.first ?? (mayHaveChanged ? max(held.provisionalFrom, reachable)..<end : nil) else {
      return .nothing
    }
    if first.lowerBound < hull.lowerBound { return .fetch(wholeStart..<wholeEnd, isWhole: true) }
    // Within one bar's length of the last fetch nothing new can have come.
    if clock.interval.isIntraday, first.lowerBound >= hull.upperBound, !mayHaveChanged,
      now - held.fetchedAt < max(60_000, clock.interval.milliseconds ?? 0)
    {
      return .nothing
    }
    let joint = min(first.lowerBound, held.provisionalFrom)
    let row = max(0, held.bars.firstRow(notBefore: joint) - overlapRows)
    let overlap =
      clock.interval.isIntraday
      ? joint - 5 * Day.milliseconds : row < held.bars.count ? min(joint, held.bars.times[row]) : joint
    let start = max(overlap, max(earliest ?? Coverage.beginning, hull.lowerBound))
    return .fetch(start..<max(wholeEnd, start + 1), isWhole: start <= hull.lowerBound)
  }
}
