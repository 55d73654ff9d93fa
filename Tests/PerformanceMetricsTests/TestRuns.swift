import PerformanceMetrics
import TradingModel

let day: EpochMilliseconds = 86_400_000

/// Metrics of daily account values; the close rises by 1 a bar from 50 unless given.
func run(
  _ equity: [Double], closes: [Double]? = nil, trades: [Trade] = [], times: [EpochMilliseconds]? = nil,
  commissions: Double = 0, warmUpIndex: Int = 0, profile: ExecutionProfile = .compat
) -> PerformanceMetrics {
  PerformanceMetrics(
    times: times ?? equity.indices.map { EpochMilliseconds($0) * day }, equity: equity,
    closes: closes ?? equity.indices.map { 50 + Double($0) }, trades: trades, commissions: commissions,
    warmUpIndex: warmUpIndex, profile: profile)
}

/// A daily trade of one unit with a return and a profit of their own.
func trade(_ entry: Int, _ exit: Int, return fraction: Double = 0.01, pnl: Double? = nil) -> Trade {
  Trade(
    id: 1, instrument: 0, size: 1, entryIndex: entry, exitIndex: exit, entryTime: EpochMilliseconds(entry) * day,
    exitTime: EpochMilliseconds(exit) * day, entryPrice: 100, exitPrice: 100 * (1 + fraction),
    pnl: pnl ?? 100 * fraction, returnFraction: fraction, commission: 0)
}

/// A small generator with a fixed sequence, so that a failure can be repeated.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

func isClose(_ value: Double?, _ expected: Double, _ tolerance: Double = 1e-12) -> Bool {
  guard let value else { return false }
  return abs(value - expected) <= tolerance * max(1, abs(expected))
}
