/// A random part of a grid: so many distinct combinations, and the seed that decides which.
///
/// The same grid, condition, count and seed always choose the same combinations in the same order, on every machine:
/// the generator is SplitMix64 (Steele, Lea, Flood 2014) started with the seed; a number below n is the high word of the
/// 128-bit product of the next output and n, redrawn where that would favour some numbers (Lemire 2019). From up to
/// ``enumerable`` combinations the chosen ones are the first steps of a Fisher-Yates shuffle of all that meet the condition,
/// in their order; from more, numbers are drawn and those kept that are new and meet it.
public struct RandomChoice: Sendable, Equatable {
  /// How many combinations, at least 1.
  public var count: Int
  /// Decides which.
  public var seed: UInt64

  /// Up to so many combinations are all looked at.
  static let enumerable = 1_000_000
  /// So many numbers are drawn from a larger grid for each combination wanted, before giving up.
  private static let drawsPerCombination = 1000

  /// Makes a choice.
  public init(count: Int, seed: UInt64) {
    self.count = count
    self.seed = seed
  }

  /// Chooses among all combinations of a grid.
  ///
  /// - Returns: As many as wanted, in the order drawn; all that meet the condition, in theirs, when those are not more.
  func combinations(
    of count: Int, where matches: (Int) -> Bool
  ) throws(SweepError) -> [Int] {
    var generator = SplitMix64(state: seed)
    if count <= Self.enumerable {
      var all = (0..<count).filter(matches)
      if all.count <= self.count { return all }
      for position in 0..<self.count {
        all.swapAt(position, position + generator.next(below: all.count - position))
      }
      return Array(all[..<self.count])
    }
    var chosen: [Int] = []
    var seen = Set<Int>()
    var draws = 0
    while chosen.count < self.count {
      let (limit, overflows) = self.count.multipliedReportingOverflow(by: Self.drawsPerCombination)
      if draws >= (overflows ? Int.max : limit) {
        throw .tooFewMatches(found: chosen.count, wanted: self.count, draws: draws)
      }
      draws += 1
      let combination = generator.next(below: count)
      if seen.contains(combination) || !matches(combination) { continue }
      seen.insert(combination)
      chosen.append(combination)
    }
    return chosen
  }
}

/// Sebastiano Vigna's SplitMix64: 64 bits of state, every seed good.
struct SplitMix64 {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 up to, not including, `bound`, each as likely as the others.
  mutating func next(below bound: Int) -> Int {
    let bound = UInt64(bound)
    var product = next().multipliedFullWidth(by: bound)
    if product.low < bound {
      let unfair = (0 &- bound) % bound
      while product.low < unfair { product = next().multipliedFullWidth(by: bound) }
    }
    return Int(product.high)
  }
}
