#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Natural logarithms of many numbers near 1, as ratios of neighbouring prices are, several times faster than one by one.
enum BlockLogarithm {
  /// How many numbers are worked off at a time: few enough to stay in the nearest cache.
  static let size = 128

  /// ln(x) of the first `count` values, at most ``size``; not finite where a value is not above 0.
  ///
  /// With z = (x − 1)/(x + 1), ln(x) = 2·atanh(z) = 2·(z + z³/3 + z⁵/5 + …). For an x within 1/16 of 1 the terms up to
  /// z¹¹ give every digit of a `Double`; the C library takes the others. Both buffers have room for ``size`` numbers;
  /// `values` is written to behind `count`.
  static func logarithms(
    of values: UnsafeMutableBufferPointer<Double>, count: Int, into results: UnsafeMutableBufferPointer<Double>
  ) {
    if count % 2 == 1 { values[count] = 1 }
    // In parts, so that one number far from 1 has few others looked at again.
    for start in stride(from: 0, to: count, by: 16) {
      let end = min(start &+ 16, count)
      if !approximate(values, start, end, into: results) {
        for index in start..<end where !(abs(values[index] - 1) < limit) { results[index] = log(values[index]) }
      }
    }
  }

  /// ln(x) of the values from `start`, which is even, to `end`; tells whether all are near enough to 1 for it.
  @inline(__always)
  private static func approximate(
    _ values: UnsafeMutableBufferPointer<Double>, _ start: Int, _ end: Int,
    into results: UnsafeMutableBufferPointer<Double>
  ) -> Bool {
    var isNear = SIMDMask<SIMD2<Int64>>(repeating: true)
    for index in stride(from: start, to: end, by: 2) {
      let value = SIMD2(values[index], values[index + 1])
      let distance = value - 1
      isNear .&= (distance .< limit) .& (distance .> -limit)
      let z = distance / (value + 1)
      let square = z * z
      // In pairs instead of one after the other: a shorter chain of operations that wait for each other.
      let fourth = square * square
      let low = square * (1.0 / 5) + 1.0 / 3
      let high = square * (1.0 / 9) + 1.0 / 7
      let double = z + z
      let result = double + double * square * (low + fourth * (high + fourth * (1.0 / 11)))
      results[index] = result.x
      results[index + 1] = result.y
    }
    return isNear[0] && isNear[1]
  }

  private static let limit = 1.0 / 16

  /// ln(x).
  static func logarithm(_ value: Double) -> Double { log(value) }
}
