/// An exponentially weighted mean, bit for bit as pandas' `ewm(span=period, adjust=False).mean()` computes it.
///
/// e₀ = x₀; eᵢ = (1 − α)·eᵢ₋₁ + α·xᵢ with α = 2/(period + 1); a value equal to the mean leaves the mean as it is, so
/// that a run of equal prices does not drift by rounding.
///
/// A value that is not finite counts as missing, as in pandas: the mean stays, and its weight against the next value
/// fades by 1 − α. Agrees bit for bit with pandas 3.1.
@frozen
public struct ExponentialMovingAverage: Sendable {
  /// The span: α = 2/(period + 1).
  public let period: Int
  /// Number of values before the mean counts as defined.
  public let warmUp: Int
  @usableFromInline let alpha: Double
  @usableFromInline let decay: Double
  @usableFromInline var mean = Double.nan
  /// Weight of the mean against the next value; below 1 after missing values.
  @usableFromInline var weight = 1.0
  @usableFromInline var valid = 0

  /// Makes a mean with a span of `period`, at least 1.
  ///
  /// - Parameter warmUp: The answer is NaN until this many values were seen; `period` when left out, 1 shows the mean
  ///   from the first value on.
  public init(period: Int, warmUp: Int? = nil) {
    precondition(period >= 1, "a moving average needs a period of at least 1, received \(period)")
    self.period = period
    self.warmUp = warmUp ?? period
    alpha = 2 / (Double(period) + 1)
    decay = 1 - alpha
  }

  /// Takes the next value.
  ///
  /// - Returns: The mean; NaN while fewer than ``warmUp`` values were seen.
  @inlinable
  public mutating func update(_ value: Double) -> Double {
    if value.isFinite {
      if valid == 0 {
        mean = value
      } else if mean != value {
        mean = weight == 1 ? decay * mean + alpha * value : meanAfterGap(value)
      }
      weight = 1
      valid &+= 1
    } else if valid > 0 {
      weight *= decay
    }
    return valid >= warmUp ? mean : .nan
  }

  /// The mean after missing values. Without any, both weights add up to exactly 1 for every period.
  @usableFromInline
  func meanAfterGap(_ value: Double) -> Double {
    let oldWeight = weight * decay
    // For this one span pandas lets the value take all the weight that faded.
    let newWeight = period == 3 ? 1 - oldWeight : alpha
    return (oldWeight * mean + newWeight * value) / (oldWeight + newWeight)
  }
}
