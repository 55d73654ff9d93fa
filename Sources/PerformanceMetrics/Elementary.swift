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

  /// exp(mean of ln(1 + r)) − 1 of returns, at least one; 0 when one lost everything.
  static func geometricMean(_ returns: [Double]) -> Double {
    let total = withUnsafeTemporaryAllocation(of: Double.self, capacity: BlockLogarithm.size) { factors in
      factors.initialize(repeating: 1)
      return returns.withUnsafeBufferPointer { returns in
        PairwiseSum.sum(count: returns.count) { range, block in
          for offset in stride(from: 0, to: range.count &- 1, by: 2) {
            let index = range.lowerBound &+ offset
            let factor = 1 + SIMD2(returns[index], returns[index &+ 1])
            factors[offset] = factor.x
            factors[offset &+ 1] = factor.y
          }
          if range.count % 2 == 1 { factors[range.count - 1] = 1 + returns[range.upperBound - 1] }
          BlockLogarithm.logarithms(of: factors, count: range.count, into: block)
        }
      }
    }
    // A factor of 0 or less has no logarithm, and the sum then is no number or minus infinity.
    return total > -.infinity ? exp(total / Double(returns.count)) - 1 : 0
  }

  /// Σ (min(x, cap) − center)².
  static func sumOfSquares(_ values: [Double], around center: Double = 0, cappedAt cap: Double = .infinity) -> Double {
    values.withUnsafeBufferPointer { values in
      PairwiseSum.sum(count: values.count) { range, block in
        let ceiling = SIMD2(repeating: cap)
        for offset in stride(from: 0, to: range.count - 1, by: 2) {
          let index = range.lowerBound &+ offset
          let pair = SIMD2(values[index], values[index &+ 1])
          let deviations = pair.replacing(with: ceiling, where: pair .> ceiling) - center
          block[offset] = deviations.x * deviations.x
          block[offset + 1] = deviations.y * deviations.y
        }
        if range.count % 2 == 1 {
          let deviation = min(values[range.upperBound - 1], cap) - center
          block[range.count - 1] = deviation * deviation
        }
      }
    }
  }
}

extension Double {
  /// The number itself, or `nil` for what a report cannot show.
  var ifFinite: Double? { isFinite ? self : nil }
}
