/// The mean of a window that slides along a series its owner keeps; the caller names the value that leaves it.
///
/// ``SimpleMovingAverage`` keeps the window itself. Where the values are at hand anyway, as a market's closes are, this
/// saves the copy, and with it half the time of a bar.
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
/// Agrees bit for bit with `rolling(period).mean()` of pandas 3.1.
@frozen
public struct RollingMean: Sendable {
  /// Number of values averaged.
  public let period: Int
  @usableFromInline let divisor: Double
  /// Whether the window is full of values without minus sign, as prices are: the case that must be fast.
  @usableFromInline var isPlain = false
  @usableFromInline var sum = 0.0
  @usableFromInline var additionError = 0.0
  /// The last finite value, as bits: comparing those is cheaper.
  @usableFromInline var latest = Double.nan.bitPattern
  // Apart from its twin: side by side the compiler packs both into one vector, whose shuffles lengthen every bar.
  @usableFromInline var removalError = 0.0
  /// How many finite values in a row were equal to ``latest``.
  @usableFromInline var repeats = 0
  /// Places in the window without a finite value.
  @usableFromInline var missing: Int
  /// Values in the window with a minus sign, -0 included.
  @usableFromInline var negative = 0

  /// Makes a mean over `period` values, at least 1.
  public init(period: Int) {
    precondition(period >= 1, "a moving average needs a period of at least 1, received \(period)")
    self.period = period
    divisor = Double(period)
    missing = period
  }

  /// Slides the window on by one value.
  ///
  /// - Parameters:
  ///   - value: The value that enters.
  ///   - leaving: The value that came `period` values before it; NaN while there is none.
  /// - Returns: The mean of the last `period` values; NaN while there are fewer.
  @inlinable
  @inline(__always)
  public mutating func update(_ value: Double, leaving: Double) -> Double {
    let bits = value.bitPattern
    // Bits below those of infinity: finite and without minus sign.
    guard isPlain, bits < Double.infinity.bitPattern else {
      // By value: a call that takes the address would keep the sums in memory instead of registers.
      self = slid(value, leaving)
      return mean
    }
    remove(leaving)
    add(value)
    if bits == latest {
      repeats &+= 1
      if repeats >= period { return value }
    } else {
      latest = bits
      repeats = 1
    }
    let mean = sum / divisor
    return mean < 0 ? 0 : mean
  }

  /// Slides the window on to the newest close of a market; call it on every bar, from the first on.
  ///
  /// - Returns: The mean of the last `period` closes; NaN while there are fewer.
  @inlinable
  @inline(__always)
  public mutating func update(_ market: MarketView) -> Double {
    update(market.close, leaving: market.index >= period ? market.close(ago: period) : .nan)
  }

  /// The next state, whatever the window holds.
  @usableFromInline
  @inline(never)
  func slid(_ value: Double, _ leaving: Double) -> RollingMean {
    var next = self
    if leaving.isFinite {
      next.remove(leaving)
      next.missing += 1
      if leaving.sign == .minus { next.negative -= 1 }
    }
    if value.isFinite {
      next.add(value)
      next.missing -= 1
      if value.sign == .minus { next.negative += 1 }
      next.repeats = value == Double(bitPattern: latest) ? repeats + 1 : 1
      next.latest = value.bitPattern
    }
    next.isPlain = next.missing == 0 && next.negative == 0
    return next
  }

  /// The mean as of the latest value; NaN while there are fewer than ``period``.
  @usableFromInline
  var mean: Double {
    if missing > 0 { return .nan }
    if repeats >= period { return Double(bitPattern: latest) }
    let mean = sum / divisor
    if mean < 0 { return negative == 0 ? 0 : mean }
    return negative == period && mean > 0 ? 0 : mean
  }

  @inlinable
  @inline(__always)
  mutating func remove(_ value: Double) {
    let corrected = value + removalError
    let total = sum - corrected
    removalError = total - sum + corrected
    sum = total
  }

  @inlinable
  @inline(__always)
  mutating func add(_ value: Double) {
    let corrected = value - additionError
    let total = sum + corrected
    additionError = total - sum - corrected
    sum = total
  }
}
