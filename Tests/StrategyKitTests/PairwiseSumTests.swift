import Testing
import TradingModel

struct PairwiseSumTests {
  @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 127, 128, 129, 143, 257, 1000])
  func addsEveryValueOnce(_ count: Int) {
    // Small whole numbers add exactly in any order.
    #expect(PairwiseSum.sum((0..<count).map { Double($0 * 3 + 1) }) == Double(count * (count - 1) / 2 * 3 + count))
  }

  /// 0.1 added `count` times; the sums numpy 2.4 prints for `np.full(count, 0.1).sum()`.
  @Test(arguments: [
    (7, 0.7), (8, 0.8), (10, 1.0), (100, 9.999999999999998), (129, 12.899999999999999), (1000, 100.00000000000001),
  ])
  func roundsAsNumpy(_ count: Int, _ expected: Double) {
    #expect(PairwiseSum.sum([Double](repeating: 0.1, count: count)) == expected)
  }
}
