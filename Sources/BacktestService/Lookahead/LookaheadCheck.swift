import TradingModel

/// Tells whether decisions depend on bars that come after them.
///
/// The strategy is run again in fresh processes on histories that are the same up to a cut and then end (*truncation*) or
/// go on differently (*perturbation*). Whatever it decided before the cut must be decided again. Raw decisions are
/// compared, never simulated trades. The cuts are five chosen by the seed and the bars right after the first, a middle
/// and the last decision, where a leak of a single bar shows. Not seen: leaks in the data itself, constants fitted on the
/// future, leaks that no cut reaches.
struct LookaheadCheck {
  /// A changed decision.
  struct Finding {
    /// `truncation` or `perturbation`.
    let check: String
    /// Bars up to here were the same.
    let cut: Int
    let difference: DecisionLog.Difference
  }

  private static let seededCuts = 5
  /// Where the made-up bars begin, as factors of the last close that is kept: a leak of either direction shows.
  private static let jumps = [1.5, 0.6]

  let series: BarSeries
  let seed: UInt64
  /// The first bar decided on.
  let firstDecision: Int

  /// Number of bars kept, ascending.
  func cuts(_ whole: DecisionLog) -> [Int] {
    let count = series.count
    let lowest = max(count / 4, firstDecision + 1)
    guard lowest < count else { return [] }
    var noise = Noise(state: seed &+ 0x5EED)
    var chosen: Set<Int> = []
    for _ in 0..<Self.seededCuts { chosen.insert(lowest + Int(noise.next() % UInt64(count - lowest))) }
    let bars = whole.bars
    if let first = bars.first, let last = bars.last {
      chosen.formUnion([first, bars[bars.count / 2], last].map { $0 + 1 })
    }
    return chosen.filter { $0 >= lowest && $0 < count }.sorted()
  }

  /// Looks for a decision that changes.
  ///
  /// - Parameters:
  ///   - whole: The decisions with all bars.
  ///   - decisions: Runs the strategy in a fresh process over other bars.
  /// - Returns: The first finding, or the number of histories that were tried.
  func perform(_ whole: DecisionLog, decisions: (BarSeries) throws -> DecisionLog) throws -> (Finding?, tried: Int) {
    var tried = 0
    // Shorter histories first: a strategy that keeps something between its runs must not learn the future from us.
    for cut in cuts(whole) {
      let prefix = try decisions(series.slice(0..<cut))
      tried += 1
      if let difference = whole.difference(from: prefix, before: cut) {
        return (Finding(check: "truncation", cut: cut, difference: difference), tried)
      }
    }
    for cut in cuts(whole) {
      for jump in Self.jumps {
        let other = try decisions(perturbed(after: cut, jump: jump))
        tried += 1
        if let difference = whole.difference(from: other, before: cut) {
          return (Finding(check: "perturbation", cut: cut, difference: difference), tried)
        }
      }
    }
    return (nil, tried)
  }

  /// The same bars up to a cut, then made-up ones at the same times.
  func perturbed(after cut: Int, jump: Double) throws -> BarSeries {
    var noise = Noise(state: seed &+ UInt64(cut))
    var bars = (0..<cut).map { series[$0] }
    var close = max(series.close[cut - 1] * jump, .leastNormalMagnitude)
    for row in cut..<series.count {
      let open = close * (1 + noise.uniform(-0.005, 0.005))
      close = open * (1 + noise.uniform(-0.02, 0.02))
      bars.append(
        Bar(
          time: series.times[row], open: open, high: max(open, close) * (1 + noise.uniform(0, 0.01)),
          low: min(open, close) * (1 - noise.uniform(0, 0.01)), close: close,
          volume: series.volume[row].isNaN ? .nan : (noise.uniform(0.5, 1.5) * series.volume[row]).rounded()))
    }
    return try BarSeries(bars)
  }

  /// SplitMix64: small, and the same on every machine.
  private struct Noise {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var word = state
      word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
      word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
      return word ^ (word >> 31)
    }

    mutating func uniform(_ low: Double, _ high: Double) -> Double {
      low + (high - low) * (Double(next() >> 11) * 0x1p-53)
    }
  }
}
