import TradingModel

/// Minute bars of a random walk, the same on every run.
enum SyntheticBars {
  /// Makes `count` bars with prices rounded to cents of a cent.
  static func make(_ count: Int) throws -> BarSeries {
    var state: UInt64 = 88_172_645_463_325_252
    func uniform() -> Double {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Double(state >> 11) / 9_007_199_254_740_992
    }
    func round(_ price: Double) -> Double { (price * 1e4).rounded() / 1e4 }
    var times: [EpochMilliseconds] = []
    var open: [Double] = []
    var high: [Double] = []
    var low: [Double] = []
    var close: [Double] = []
    for column in 0..<count {
      let first = round(close.last ?? 100)
      let last = round(first * (1 + 0.002 * (uniform() + uniform() + uniform() - 1.5)) + (100 - first) * 1e-5)
      times.append(946_684_800_000 + Int64(column) * 60_000)
      open.append(first)
      close.append(last)
      high.append(max(first, last))
      low.append(min(first, last))
    }
    return try BarSeries(
      times: times, open: open, high: high, low: low, close: close, volume: [Double](repeating: 1000, count: count))
  }
}
