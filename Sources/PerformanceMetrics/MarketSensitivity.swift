/// How the account moves with the market.
enum MarketSensitivity {
  /// Sample covariance of the log returns per bar of account and close over the sample variance of the close's.
  ///
  /// Log returns are taken of the rounded ratio, ln(fl(a/b)): for an account that hardly moves, that rounding shows in
  /// the seventh digit, and the reference has it.
  ///
  /// - Parameter marketDeviations: ``deviations(of:)`` of the closes where they are known already.
  /// - Returns: `nil` with fewer than two returns, when the close never moves, or when an account value is 0 or less.
  static func beta(
    of equity: ArraySlice<Double>, to closes: ArraySlice<Double>, marketDeviations: [Double]? = nil
  ) -> Double? {
    let count = equity.count - 1
    guard count > 1, closes.count == equity.count else { return nil }
    var moments = Moments()
    equity.withUnsafeBufferPointer { equity in
      closes.withUnsafeBufferPointer { closes in
        withBlocks(of: count) { range, ratios, account, market in
          deviations(of: equity, range, ratios: ratios, into: account)
          guard let marketDeviations else {
            deviations(of: closes, range, ratios: ratios, into: market)
            return moments.add(account, UnsafeBufferPointer(market), count: range.count)
          }
          marketDeviations.withUnsafeBufferPointer {
            moments.add(account, UnsafeBufferPointer(rebasing: $0[range]), count: range.count)
          }
        }
      }
    }
    return moments.slope(count: Double(count)).ifFinite
  }

  /// Log returns per bar less the mean log return, one less than there are values.
  static func deviations(of values: [Double]) -> [Double] {
    guard values.count > 1 else { return [] }
    var result: [Double] = []
    result.reserveCapacity(values.count - 1)
    values.withUnsafeBufferPointer { values in
      withBlocks(of: values.count - 1) { range, ratios, block, _ in
        deviations(of: values, range, ratios: ratios, into: block)
        result.append(contentsOf: block[..<range.count])
      }
    }
    return result
  }

  private typealias Block = UnsafeMutableBufferPointer<Double>

  /// Runs over a range from 0 block by block, with three blocks of scratch memory.
  private static func withBlocks(of count: Int, _ body: (Range<Int>, Block, Block, Block) -> Void) {
    let size = BlockLogarithm.size
    withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * size) { buffer in
      buffer.initialize(repeating: 1)
      for start in stride(from: 0, to: count, by: size) {
        body(
          start..<min(start + size, count), Block(rebasing: buffer[..<size]), Block(rebasing: buffer[size..<2 * size]),
          Block(rebasing: buffer[(2 * size)...]))
      }
    }
  }

  /// The deviations at a range of returns, to the beginning of a block.
  ///
  /// Log returns add up to the whole change, so their mean is known beforehand.
  private static func deviations(
    of values: UnsafeBufferPointer<Double>, _ range: Range<Int>, ratios: Block, into block: Block
  ) {
    let mean = BlockLogarithm.logarithm(values[values.count - 1] / values[0]) / Double(values.count - 1)
    let count = range.count
    for offset in stride(from: 0, to: count &- 1, by: 2) {
      let index = range.lowerBound &+ offset
      let ratio = SIMD2(values[index &+ 1], values[index &+ 2]) / SIMD2(values[index], values[index &+ 1])
      ratios[offset] = ratio.x
      ratios[offset &+ 1] = ratio.y
    }
    if count % 2 == 1 { ratios[count - 1] = values[range.upperBound] / values[range.upperBound - 1] }
    BlockLogarithm.logarithms(of: ratios, count: count, into: block)
    // The block has room for a whole number of pairs.
    for offset in stride(from: 0, to: count, by: 2) {
      let deviation = SIMD2(block[offset], block[offset &+ 1]) - mean
      block[offset] = deviation.x
      block[offset &+ 1] = deviation.y
    }
  }

  /// Sums of deviations, their squares and their products.
  private struct Moments {
    var account = SIMD2(0.0, 0.0)
    var market = SIMD2(0.0, 0.0)
    var product = SIMD2(0.0, 0.0)
    var square = SIMD2(0.0, 0.0)

    mutating func add(_ accounts: Block, _ markets: UnsafeBufferPointer<Double>, count: Int) {
      for index in stride(from: 0, to: count - 1, by: 2) {
        add(SIMD2(accounts[index], accounts[index + 1]), SIMD2(markets[index], markets[index + 1]))
      }
      if count % 2 == 1 { add(SIMD2(accounts[count - 1], 0), SIMD2(markets[count - 1], 0)) }
    }

    @inline(__always)
    private mutating func add(_ accounts: SIMD2<Double>, _ markets: SIMD2<Double>) {
      account += accounts
      market += markets
      product += accounts * markets
      square += markets * markets
    }

    /// Covariance over variance; the common factor 1/(count − 1) cancels.
    func slope(count: Double) -> Double {
      // What rounding left of the means is taken off again.
      let covariance = product.sum() - account.sum() * market.sum() / count
      let variance = square.sum() - market.sum() * market.sum() / count
      return covariance / variance
    }
  }
}
