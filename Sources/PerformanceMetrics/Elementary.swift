import TradingModel

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Functions and sums the statistics are made of.
enum Elementary {
  /// The C library's power.
  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }

  /// Natural logarithms, lane by lane; not finite where a value is not above 0.
  ///
  /// With z = (x − 1)/(x + 1), ln(x) = 2·atanh(z) = 2·(z + z³/3 + z⁵/5 + …). Up to |z| = 1/16, an x within 13 % of 1, the
  /// terms up to z¹³ give every digit of a `Double`, several times faster than the C library.
  @inline(__always)
  static func logarithm(_ values: SIMD2<Double>) -> SIMD2<Double> {
    let z = (values - 1) / (values + 1)
    let limit = 1.0 / 16
    guard z.x < limit, z.x > -limit, z.y < limit, z.y > -limit else { return slowLogarithm(values) }
    let square = z * z
    var series = SIMD2(repeating: 1.0 / 13)
    series = series * square + 1.0 / 11
    series = series * square + 1.0 / 9
    series = series * square + 1.0 / 7
    series = series * square + 1.0 / 5
    series = series * square + 1.0 / 3
    return (z + z) + (z + z) * square * series
  }

  @inline(never)
  private static func slowLogarithm(_ values: SIMD2<Double>) -> SIMD2<Double> {
    SIMD2(log(values.x), log(values.y))
  }

  /// exp(mean of ln(1 + r)) − 1 of returns, at least one; 0 when one lost everything.
  static func geometricMean(_ returns: [Double]) -> Double {
    if returns.contains(where: { 1 + $0 <= 0 }) { return 0 }
    let total = returns.withUnsafeBufferPointer { returns in
      PairwiseSum.sum(count: returns.count) { range, block in
        for index in stride(from: range.lowerBound, to: range.upperBound - 1, by: 2) {
          let pair = logarithm(1 + SIMD2(returns[index], returns[index + 1]))
          block[index - range.lowerBound] = pair.x
          block[index - range.lowerBound + 1] = pair.y
        }
        if range.count % 2 == 1 {
          block[range.count - 1] = logarithm(SIMD2(repeating: 1 + returns[range.upperBound - 1])).x
        }
      }
    }
    return exp(total / Double(returns.count)) - 1
  }

  /// Σ (min(x, cap) − center)².
  static func sumOfSquares(_ values: [Double], around center: Double = 0, cappedAt cap: Double = .infinity) -> Double {
    values.withUnsafeBufferPointer { values in
      PairwiseSum.sum(count: values.count) { range, block in
        for offset in 0..<range.count {
          let value = values[range.lowerBound + offset]
          let deviation = (value < cap ? value : cap) - center
          block[offset] = deviation * deviation
        }
      }
    }
  }
}

extension Double {
  /// The number itself, or `nil` for what a report cannot show.
  var ifFinite: Double? { isFinite ? self : nil }
}
