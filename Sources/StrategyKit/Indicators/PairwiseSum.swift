/// Sums in the order numpy's `sum` and `mean` use, so that their last bit agrees.
///
/// Pairwise summation: fewer than 8 values from left to right; up to 128 in eight interleaved partial sums; more are
/// halved at a multiple of 8. The error grows with the logarithm of the count instead of the count.
/// Agrees bit for bit with numpy 2.4 on contiguous arrays.
package enum PairwiseSum {
  /// The sum of `count` values, `value(i)` being the one at position i.
  package static func sum(count: Int, _ value: (Int) -> Double) -> Double {
    sum(from: 0, count: count, value)
  }

  private static func sum(from start: Int, count: Int, _ value: (Int) -> Double) -> Double {
    if count < 8 {
      var total = 0.0
      for index in start..<start + count { total += value(index) }
      return total
    }
    if count <= 128 { return block(from: start, count: count, value) }
    let half = count / 2 / 8 * 8
    return sum(from: start, count: half, value) + sum(from: start + half, count: count - half, value)
  }

  private static func block(from start: Int, count: Int, _ value: (Int) -> Double) -> Double {
    var low = SIMD4(value(start), value(start + 1), value(start + 2), value(start + 3))
    var high = SIMD4(value(start + 4), value(start + 5), value(start + 6), value(start + 7))
    let whole = count / 8 * 8
    for index in stride(from: start + 8, to: start + whole, by: 8) {
      low += SIMD4(value(index), value(index + 1), value(index + 2), value(index + 3))
      high += SIMD4(value(index + 4), value(index + 5), value(index + 6), value(index + 7))
    }
    var total = ((low[0] + low[1]) + (low[2] + low[3])) + ((high[0] + high[1]) + (high[2] + high[3]))
    for index in start + whole..<start + count { total += value(index) }
    return total
  }
}
