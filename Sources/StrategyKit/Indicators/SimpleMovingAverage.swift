/// The mean of the last `period` values, bit for bit as pandas' `rolling(period).mean()` computes it.
///
/// ``RollingMean`` has the recipe; this keeps the window beside it, so that any values can be averaged. Each update
/// costs the same, whatever the period.
@frozen
public struct SimpleMovingAverage: Sendable {
  /// The last `period` values as a ring; NaN where there was none yet.
  @usableFromInline var window: [Double]
  /// Place of the oldest value in ``window``.
  @usableFromInline var oldest = 0
  @usableFromInline var mean: RollingMean

  /// Number of values averaged.
  @inlinable
  public var period: Int { mean.period }

  /// Makes an average over `period` values, at least 1.
  public init(period: Int) {
    mean = RollingMean(period: period)
    window = [Double](repeating: .nan, count: period)
  }

  /// Takes the next value.
  ///
  /// - Returns: The mean of the last `period` values; NaN while there are fewer.
  @inlinable
  @inline(__always)
  public mutating func update(_ value: Double) -> Double {
    let leaving = window[oldest]
    window[oldest] = value
    oldest = oldest &+ 1 == window.count ? 0 : oldest &+ 1
    return mean.update(value, leaving: leaving)
  }
}
