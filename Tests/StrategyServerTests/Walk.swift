import TradingModel

/// Pseudo-random numbers that are the same everywhere (SplitMix64).
struct Dice: Sendable {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }

  /// From 0 up to, not including, 1.
  mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }
  mutating func fraction(_ low: Double, _ high: Double) -> Double { low + (high - low) * fraction() }
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(count)) }
}

/// Bars of a random walk with two decimals, so that averages tie now and then.
func walk(_ count: Int, seed: UInt64 = 1) throws -> BarSeries {
  var dice = Dice(seed)
  var close = 100.0
  func cents(_ price: Double) -> Double { (price * 100).rounded() / 100 }
  return try BarSeries(
    (0..<count).map { row in
      let open = cents(close + dice.fraction(-0.5, 0.5))
      close = cents(max(20, close + dice.fraction(-2, 2)))
      return Bar(
        time: 1_704_067_200_000 + Int64(row) * 86_400_000, open: open,
        high: cents(max(open, close) + dice.fraction()), low: cents(min(open, close) - dice.fraction()), close: close,
        volume: row % 7 == 0 ? .nan : Double(dice.below(1_000_000)))
    })
}
