/// Sums in the order numpy's `sum` and `mean` use, so that their last bit agrees.
///
/// Pairwise summation: fewer than 8 values from left to right; up to 128 in eight interleaved partial sums; more are
/// halved at a multiple of 8. The error grows with the logarithm of the count instead of the count.
/// Agrees bit for bit with numpy 2.4 on contiguous arrays.
package enum PairwiseSum {
  /// The sum of an array.
  package static func sum(_ values: [Double]) -> Double { values.withUnsafeBufferPointer { sum($0[...]) } }

  /// The sum of a part of a buffer.
  package static func sum(_ values: Slice<UnsafeBufferPointer<Double>>) -> Double {
    let values = UnsafeBufferPointer(rebasing: values)
    if values.count < 8 { return values.reduce(0, +) }
    if values.count <= 128 { return block(values) }
    let half = values.count / 2 / 8 * 8
    return sum(values[..<half]) + sum(values[half...])
  }

  private static func block(_ values: UnsafeBufferPointer<Double>) -> Double {
    var low = SIMD4(values[0], values[1], values[2], values[3])
    var high = SIMD4(values[4], values[5], values[6], values[7])
    let whole = values.count / 8 * 8
    for index in stride(from: 8, to: whole, by: 8) {
      low += SIMD4(values[index], values[index + 1], values[index + 2], values[index + 3])
      high += SIMD4(values[index + 4], values[index + 5], values[index + 6], values[index + 7])
    }
    var total = ((low[0] + low[1]) + (low[2] + low[3])) + ((high[0] + high[1]) + (high[2] + high[3]))
    for index in whole..<values.count { total += values[index] }
    return total
  }
}
