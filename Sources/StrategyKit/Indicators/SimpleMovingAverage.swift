/// The mean of the last `period` values, bit for bit as pandas' `rolling(period).mean()` computes it.
///
/// A running sum with two Kahan compensations, one for values entering the window and one for values leaving it, so
/// that the error does not grow with the number of bars. Rounding decides how exact ties of two averages fall, and
/// with them trades; that is why the order of operations matters. Three corrections of pandas belong to the recipe:
///
/// - If the last `period` values are all the same number, the mean is that number.
/// - If no value in the window is negative, the mean is not.
/// - If all values in the window are negative, the mean is not above 0.
///
/// A value that is not finite counts as missing, as in pandas: the mean is undefined until it has left the window.
/// Each update costs the same, whatever the period. Agrees bit for bit with pandas 3.1.
@frozen
public struct SimpleMovingAverage: Sendable {
  /// Number of values averaged.
  public let period: Int
  /// The last `period` values; oldest at ``oldest`` once full.
  @usableFromInline var window: [Double] = []
  @usableFromInline var oldest = 0
  @usableFromInline var sum = 0.0
  @usableFromInline var additionError = 0.0
  @usableFromInline var removalError = 0.0
  /// Finite values in the window.
  @usableFromInline var valid = 0
  /// Values in the window with a minus sign, -0 included.
  @usableFromInline var negative = 0
  /// The last finite value, and how many finite values in a row were equal to it.
  @usableFromInline var latest = 0.0
  @usableFromInline var repeats = 0

  /// Makes an average over `period` values, at least 1.
  public init(period: Int) {
    precondition(period >= 1, "a moving average needs a period of at least 1, received \(period)")
    self.period = period
    // Reserved, not filled: pages that a short run never reaches are never touched.
    window.reserveCapacity(period)
  }

  /// Takes the next value.
  ///
  /// - Returns: The mean of the last `period` values; NaN while there are fewer.
  @inlinable
  public mutating func update(_ value: Double) -> Double {
    if window.count == period {
      remove(window[oldest])
      window[oldest] = value
      oldest += 1
      if oldest == period { oldest = 0 }
    } else {
      window.append(value)
    }
    add(value)
    return mean
  }

  @inlinable
  @inline(__always)
  mutating func remove(_ value: Double) {
    guard value.isFinite else { return }
    let corrected = -value - removalError
    let total = sum + corrected
    removalError = total - sum - corrected
    sum = total
    valid &-= 1
    if value.sign == .minus { negative &-= 1 }
  }

  @inlinable
  @inline(__always)
  mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    let corrected = value - additionError
    let total = sum + corrected
    additionError = total - sum - corrected
    sum = total
    valid &+= 1
    if value.sign == .minus { negative &+= 1 }
    repeats = value == latest ? repeats &+ 1 : 1
    latest = value
  }

  @inlinable
  @inline(__always)
  var mean: Double {
    if valid < period { return .nan }
    if repeats >= period { return latest }
    let mean = sum / Double(period)
    if mean < 0 { return negative == 0 ? 0 : mean }
    return negative == period && mean > 0 ? 0 : mean
  }
}
