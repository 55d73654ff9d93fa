/// Sums in the order numpy's `sum` and `mean` use, so that their last bit agrees.
///
/// Pairwise summation: fewer than 8 values from left to right; up to 128 in eight interleaved partial sums; more are
/// halved at a multiple of 8. The error grows with the logarithm of the count instead of the count.
/// Agrees bit for bit with numpy 2.4 on contiguous arrays.
package enum PairwiseSum {
  /// The sum of an array.
  package static func sum(_ values: [Double]) -> Double {
    values.withUnsafeBufferPointer { values in
      halve(0..<values.count) { block(UnsafeBufferPointer(rebasing: values[$0])) }
    }
  }

  /// The sum of values made on the way, without an array of all of them.
  ///
  /// - Parameters:
  ///   - count: How many values.
  ///   - fill: Writes the values of a range, at most 128 of them, to the beginning of a buffer.
  package static func sum(
    count: Int, fill: (_ range: Range<Int>, _ block: UnsafeMutableBufferPointer<Double>) -> Void
  ) -> Double {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: blockSize) { buffer in
      buffer.initialize(repeating: 0)
      return halve(0..<count) { range in
        fill(range, buffer)
        return block(UnsafeBufferPointer(rebasing: buffer[..<range.count]))
      }
    }
  }

  private static let blockSize = 128

  private static func halve(_ range: Range<Int>, _ block: (Range<Int>) -> Double) -> Double {
    if range.count <= blockSize { return block(range) }
    let middle = range.lowerBound + range.count / 2 / 8 * 8
    return halve(range.lowerBound..<middle, block) + halve(middle..<range.upperBound, block)
  }

  private static func block(_ values: UnsafeBufferPointer<Double>) -> Double {
    if values.count < 8 { return values.reduce(0, +) }
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
