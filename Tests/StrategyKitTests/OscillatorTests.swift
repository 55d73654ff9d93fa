import StrategyKit
import Testing

struct OscillatorTests {
  /// The worked example of StockCharts' ChartSchool page "Relative Strength Index (RSI)": QQQQ closes, 14 periods.
  /// The page shows results to two decimals, computed from closes it shows to four.
  @Test func relativeStrengthMatchesPublishedExample() {
    let closes = [
      44.3389, 44.0902, 44.1497, 43.6124, 44.3278, 44.8264, 45.0955, 45.4245, 45.8433, 46.0826, 45.8931, 46.0328,
      45.6140, 46.2820, 46.2820, 46.0028, 46.0328, 46.4116, 46.2222, 45.6439,
    ]
    let published = [70.53, 66.32, 66.55, 69.41, 66.36, 57.97]
    var strength = RelativeStrengthIndex(period: 14)
    let values = closes.map { strength.update($0) }
    #expect(values[..<14].allSatisfy { $0.isNaN })
    for (value, expected) in zip(values[14...], published) { #expect(abs(value - expected) < 0.01) }
  }

  @Test(arguments: [
    ([1.0, 2, 3, 4, 5], 100.0), ([5.0, 4, 3, 2, 1], 0.0), ([3.0, 3, 3, 3, 3], 50.0), ([2.0, 3, 2, 3, 2], 50.0),
  ])
  func relativeStrengthOfSteadySeries(_ values: [Double], _ expected: Double) {
    var strength = RelativeStrengthIndex(period: 4)
    #expect(values.map { strength.update($0) }.last == expected)
  }

  @Test func relativeStrengthPassesOverMissingValues() {
    var whole = RelativeStrengthIndex(period: 3)
    var gappy = RelativeStrengthIndex(period: 3)
    for value in [1.0, 2, 1.5, 1.7, 1.2, 3] {
      #expect(gappy.update(.nan).isNaN == gappy.update(.infinity).isNaN)
      let expected = whole.update(value)
      let received = gappy.update(value)
      #expect(received == expected || received.isNaN && expected.isNaN)
    }
  }

  @Test func relativeStrengthStaysInRange() {
    var source = SplitMix(seed: 11)
    for period in [1, 2, 9, 40] {
      var strength = RelativeStrengthIndex(period: period)
      for _ in 0..<300 {
        let value = strength.update(Double.random(in: 1...100, using: &source))
        #expect(value.isNaN || (0...100).contains(value))
      }
    }
  }

  @Test func convergenceIsTheDistanceOfTwoAverages() {
    var source = SplitMix(seed: 5)
    var convergence = MovingAverageConvergenceDivergence(fast: 3, slow: 6, signal: 4)
    var fast = ExponentialMovingAverage(period: 3, warmUp: 1)
    var slow = ExponentialMovingAverage(period: 6, warmUp: 1)
    var signal = ExponentialMovingAverage(period: 4, warmUp: 1)
    for index in 0..<40 {
      let value = Double.random(in: 10...20, using: &source)
      let line = fast.update(value) - slow.update(value)
      let mean = signal.update(line)
      let received = convergence.update(value)
      #expect(index < 5 ? received.line.isNaN : received.line == line)
      #expect(index < 8 ? received.signal.isNaN : received.signal == mean)
    }
  }
}
