/// Moving average convergence/divergence: the distance of two exponential means, and a mean of that distance.
///
/// line = EMA(fast) − EMA(slow); signal = EMA(signal) of the line from the first bar on. All means start at their first
/// value. The line is undefined for the first slow − 1 bars, the signal for the first slow + signal − 2.
@frozen
public struct MovingAverageConvergenceDivergence: Sendable {
  /// The two lines on one bar; NaN while undefined.
  @frozen
  public struct Value: Sendable, Equatable {
    /// Distance of the fast mean above the slow one, in price.
    public var line: Double
    /// Exponential mean of the line.
    public var signal: Double

    /// Makes a value.
    @inlinable
    public init(line: Double, signal: Double) {
      self.line = line
      self.signal = signal
    }
  }

  @usableFromInline var fast: ExponentialMovingAverage
  @usableFromInline var slow: ExponentialMovingAverage
  @usableFromInline var signal: ExponentialMovingAverage
  @usableFromInline var count = 0

  /// Makes the pair of lines; every span is at least 1.
  public init(fast: Int, slow: Int, signal: Int) {
    self.fast = ExponentialMovingAverage(period: fast, warmUp: 1)
    self.slow = ExponentialMovingAverage(period: slow, warmUp: 1)
    self.signal = ExponentialMovingAverage(period: signal, warmUp: 1)
  }

  /// Takes the next value.
  ///
  /// - Returns: Both lines; each is NaN while undefined.
  @inlinable
  public mutating func update(_ value: Double) -> Value {
    count &+= 1
    let line = fast.update(value) - slow.update(value)
    let mean = signal.update(line)
    return Value(
      line: count >= slow.period ? line : .nan,
      signal: count >= slow.period &+ signal.period &- 1 ? mean : .nan)
  }
}
