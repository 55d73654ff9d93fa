internal import TradingModel

/// The times whose bars were asked for and answered, as ranges in order that do not touch.
struct Coverage: Sendable, Equatable {
  private(set) var ranges: [Range<EpochMilliseconds>]

  /// Stands for "since ever", once the first trade is known.
  static let beginning: EpochMilliseconds = -(1 << 52)

  init(_ ranges: [Range<EpochMilliseconds>] = []) {
    self.ranges = []
    for range in ranges { insert(range) }
  }

  /// From the first time covered to the end of the last.
  var hull: Range<EpochMilliseconds>? {
    guard let first = ranges.first, let last = ranges.last else { return nil }
    return first.lowerBound..<last.upperBound
  }

  /// Whether a bar of this time was asked for and answered.
  func contains(_ time: EpochMilliseconds) -> Bool { ranges.contains { $0.contains(time) } }

  mutating func insert(_ range: Range<EpochMilliseconds>) {
    if range.isEmpty { return }
    var merged = range
    var kept: [Range<EpochMilliseconds>] = []
    for other in ranges {
      if other.upperBound < merged.lowerBound || other.lowerBound > merged.upperBound {
        kept.append(other)
      } else {
        merged = min(other.lowerBound, merged.lowerBound)..<max(other.upperBound, merged.upperBound)
      }
    }
    ranges = (kept + [merged]).sorted { $0.lowerBound < $1.lowerBound }
  }

  /// The parts of a range that are not covered, in order.
  func missing(in range: Range<EpochMilliseconds>) -> [Range<EpochMilliseconds>] {
    var missing: [Range<EpochMilliseconds>] = []
    var start = range.lowerBound
    for other in ranges where other.overlaps(range) {
      if other.lowerBound > start { missing.append(start..<other.lowerBound) }
      start = max(start, other.upperBound)
    }
    if start < range.upperBound { missing.append(start..<range.upperBound) }
    return missing
  }
}
