import Testing
import TradingModel

@testable import PerformanceMetrics

struct DrawdownTests {
  /// Depth and length in bars of every episode, by the definition: between neighbouring bars without drawdown, the last
  /// bar included, more than one step apart.
  static func episodes(_ equity: [Double]) -> [(depth: Double, bars: Int)] {
    let depths = equity.indices.map { 1 - equity[$0] / (equity[...$0].max() ?? .nan) }
    var bounds = equity.indices.filter { depths[$0] == 0 }
    if bounds.last != equity.count - 1 { bounds.append(equity.count - 1) }
    return zip(bounds, bounds.dropFirst()).filter { $1 - $0 > 1 }.map { from, to in
      (depths[from...to].max() ?? .nan, to - from)
    }
  }

  @Test func agreesWithTheDefinition() {
    var source = SplitMix(seed: 1)
    for round in 0..<500 {
      let steps = Int.random(in: 1...30, using: &source)
      // Few different values, so that peaks are often just reached again.
      let equity = (0..<steps).map { _ in Double(Int.random(in: 95...(round % 2 == 0 ? 100 : 130), using: &source)) }
      let drawdowns = Drawdowns(equity.indices.map { Int64($0) * day }[...], equity[...])
      let expected = Self.episodes(equity)
      #expect(drawdowns.episodes.count == expected.count, "\(equity)")
      #expect(drawdowns.episodes.longest == Int64(expected.map(\.bars).max() ?? 0) * day, "\(equity)")
      #expect(drawdowns.episodes.totalTime == Int64(expected.map(\.bars).reduce(0, +)) * day)
      #expect(isClose(drawdowns.episodes.totalDepth, expected.map(\.depth).reduce(0, +)))
      let deepest = equity.indices.map { 1 - equity[$0] / (equity[...$0].max() ?? .nan) }.max()
      #expect(drawdowns.maxDepth == deepest)
      #expect(drawdowns.peakEquity == equity.max())
    }
  }

  @Test func durationsAreRoundedUpToTheSpacingUnit() {
    // Two episodes of 2 and 3 hours; half-hourly stamps, hourly bars: the mean of 2.5 hours counts as 3.
    let times = (0..<6).map { EpochMilliseconds($0) * 3_600_000 + 1_800_000 }
    let metrics = run([100, 90, 100, 95, 95, 100], times: times)
    #expect(metrics.maxDrawdownDurationSeconds == 3.0 * 3600)
    #expect(metrics.averageDrawdownDurationSeconds == 3.0 * 3600)
    // Bars 90 minutes apart count in minutes.
    let uneven = (0..<6).map { EpochMilliseconds($0) * 5_400_000 }
    #expect(run([100, 90, 100, 95, 95, 100], times: uneven).averageDrawdownDurationSeconds == 225.0 * 60)
  }
}
