/// Two ``RollingMean``s over one series, in less than the time of one and a half: both are worked out side by side, each
/// step for both at once. The numbers are the same to the bit.
@frozen
public struct RollingMeanPair: Sendable {
  /// The means while a window is not yet full, or holds a value that is missing or has a minus sign; else as they were before.
  @usableFromInline var first: RollingMean
  @usableFromInline var second: RollingMean
  /// Whether both windows are full of values without minus sign: the case that must be fast. The fields below count then.
  @usableFromInline var isPlain = false
  @usableFromInline var sum = SIMD2(0.0, 0.0)
  @usableFromInline var additionError = SIMD2(0.0, 0.0)
  @usableFromInline var removalError = SIMD2(0.0, 0.0)
  @usableFromInline let divisor: SIMD2<Double>
  /// The latest value's bits, and how many values in a row were equal to it.
  @usableFromInline var latest = Double.nan.bitPattern
  @usableFromInline var repeats = 0

  /// Number of values averaged by the first mean.
  @inlinable
  public var firstPeriod: Int { first.period }
  /// Number of values averaged by the second mean.
  @inlinable
  public var secondPeriod: Int { second.period }

  /// Makes means over so many values, each at least 1.
  public init(_ firstPeriod: Int, _ secondPeriod: Int) {
    first = RollingMean(period: firstPeriod)
    second = RollingMean(period: secondPeriod)
    divisor = SIMD2(first.divisor, second.divisor)
  }

  /// Slides both windows on to the newest close of a market; call it on every bar, from the first on.
  ///
  /// - Returns: The first mean and the second; each NaN while there are fewer closes than it averages.
  @inlinable
  @inline(__always)
  public mutating func update(_ market: MarketView) -> SIMD2<Double> {
    let value = market.close
    let bits = value.bitPattern
    // Bits below those of infinity: finite and without minus sign.
    guard isPlain, bits < Double.infinity.bitPattern else {
      // By value: a call that takes the address would keep the sums in memory instead of registers.
      let next = slid(value, market)
      self = next
      return SIMD2(next.first.mean, next.second.mean)
    }
    let leaving = SIMD2(market.close(ago: first.period), market.close(ago: second.period))
    let removed = leaving + removalError
    let rest = sum - removed
    removalError = rest - sum + removed
    let added = value - additionError
    let total = rest + added
    additionError = total - rest - added
    sum = total
    var means = total / divisor
    means.replace(with: 0, where: means .< 0)
    if bits == latest {
      repeats &+= 1
      if repeats >= first.period { means.x = value }
      if repeats >= second.period { means.y = value }
    } else {
      latest = bits
      repeats = 1
    }
    return means
  }

  /// The next state, whatever the windows hold.
  @usableFromInline
  @inline(never)
  func slid(_ value: Double, _ market: MarketView) -> RollingMeanPair {
    var next = self
    if isPlain {
      (next.first, next.second) = (mean(0, of: first), mean(1, of: second))
    }
    _ = next.first.update(value, leaving: market.index >= first.period ? market.close(ago: first.period) : .nan)
    _ = next.second.update(value, leaving: market.index >= second.period ? market.close(ago: second.period) : .nan)
    next.isPlain = next.first.isPlain && next.second.isPlain
    next.sum = SIMD2(next.first.sum, next.second.sum)
    next.additionError = SIMD2(next.first.additionError, next.second.additionError)
    next.removalError = SIMD2(next.first.removalError, next.second.removalError)
    next.latest = next.first.latest
    next.repeats = next.first.repeats
    return next
  }

  /// One of the two, brought up to date.
  private func mean(_ lane: Int, of stale: RollingMean) -> RollingMean {
    var mean = stale
    mean.sum = sum[lane]
    mean.additionError = additionError[lane]
    mean.removalError = removalError[lane]
    mean.latest = latest
    mean.repeats = repeats
    return mean
  }
}
