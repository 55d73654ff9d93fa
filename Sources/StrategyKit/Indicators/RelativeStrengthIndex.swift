import TradingModel

/// Wilder's relative strength index, 0 to 100.
///
/// 100 − 100/(1 + U/D), where U and D are the average rise and fall per bar. Their first values are the simple means
/// over the first `period` changes (summed in numpy's order, as a tie with a threshold hangs on the last bit); then
/// U = (U·(period − 1) + rise)/period, D likewise. No fall at all gives 100, neither rise nor fall 50.
///
/// A value that is not finite is passed over: the index stays as it is.
/// Source: J. Welles Wilder, "New Concepts in Technical Trading Systems" (1978), section VI.
@frozen
public struct RelativeStrengthIndex: Sendable {
  /// Number of changes averaged.
  public let period: Int
  /// Changes until the first averages are known; empty afterwards.
  @usableFromInline var changes: [Double] = []
  @usableFromInline var isSeeded = false
  @usableFromInline var previous = Double.nan
  @usableFromInline var averageRise = 0.0
  @usableFromInline var averageFall = 0.0
  @usableFromInline var latest = Double.nan

  /// Makes an index over `period` changes, at least 1.
  public init(period: Int) {
    precondition(period >= 1, "a relative strength index needs a period of at least 1, received \(period)")
    self.period = period
    changes.reserveCapacity(period)
  }

  /// Takes the next value.
  ///
  /// - Returns: The index; NaN for the first `period` values.
  @inlinable
  public mutating func update(_ value: Double) -> Double {
    guard value.isFinite else { return latest }
    let change = value - previous
    previous = value
    if isSeeded {
      let count = Double(period)
      averageRise = (averageRise * (count - 1) + (change > 0 ? change : 0)) / count
      averageFall = (averageFall * (count - 1) + (change < 0 ? -change : 0)) / count
      latest = index
    } else if !change.isNaN {
      collect(change)
    }
    return latest
  }

  /// Keeps a change, and makes the first averages out of the first `period` ones.
  @usableFromInline
  mutating func collect(_ change: Double) {
    changes.append(change)
    guard changes.count == period else { return }
    averageRise = PairwiseSum.sum(changes.map { max($0, 0) }) / Double(period)
    averageFall = PairwiseSum.sum(changes.map { max(-$0, 0) }) / Double(period)
    changes = []
    isSeeded = true
    latest = index
  }

  @inlinable
  @inline(__always)
  var index: Double {
    if averageFall == 0 { return averageRise > 0 ? 100 : 50 }
    return 100 - 100 / (1 + averageRise / averageFall)
  }
}
