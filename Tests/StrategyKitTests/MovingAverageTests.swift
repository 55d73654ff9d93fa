import StrategyKit
import Testing
import TradingModel

struct MovingAverageTests {
  @Test(arguments: 1...12)
  func simpleAverageIsTheMeanOfTheWindow(_ period: Int) {
    var source = SplitMix(seed: UInt64(period))
    let values = (0..<200).map { _ in Double.random(in: -50...150, using: &source) }
    var average = SimpleMovingAverage(period: period)
    for index in values.indices {
      let value = average.update(values[index])
      if index < period - 1 {
        #expect(value.isNaN)
      } else {
        let expected = values[(index - period + 1)...index].reduce(0, +) / Double(period)
        #expect(abs(value - expected) < 1e-11)
      }
    }
  }

  @Test(arguments: 1...12)
  func exponentialAverageWeighsByAge(_ period: Int) {
    var source = SplitMix(seed: UInt64(period))
    let values = (0..<60).map { _ in Double.random(in: 1...2, using: &source) }
    let alpha = 2 / Double(period + 1)
    var average = ExponentialMovingAverage(period: period, warmUp: 1)
    for index in values.indices {
      // The closed form: every value weighs alpha times a power of 1 - alpha by its age, the first one the rest.
      var expected = 0.0
      var weight = alpha
      for age in 0..<index {
        expected += weight * values[index - age]
        weight *= 1 - alpha
      }
      expected += weight / alpha * values[0]
      #expect(abs(average.update(values[index]) - expected) < 1e-13)
    }
  }

  @Test func exponentialAverageIsUndefinedUntilItsWarmUp() {
    var standard = ExponentialMovingAverage(period: 3)
    #expect([1.0, 2, 3, 4].map { standard.update($0).isNaN } == [true, true, false, false])
    var early = ExponentialMovingAverage(period: 3, warmUp: 1)
    #expect([1.0, 2, 3].map { early.update($0) } == [1, 1.5, 2.25])
  }

  @Test func repeatedValuesDoNotDrift() {
    var simple = SimpleMovingAverage(period: 7)
    var exponential = ExponentialMovingAverage(period: 7)
    for value in [123.4, 0.3, 77.7] { _ = simple.update(value) }
    for _ in 0..<500 {
      _ = simple.update(0.1)
      _ = exponential.update(0.1)
    }
    #expect(simple.update(0.1) == 0.1)
    #expect(exponential.update(0.1) == 0.1)
  }

  @Test func missingValueEmptiesTheWindowUntilItHasLeft() {
    var average = SimpleMovingAverage(period: 2)
    let means = [1, 3, .nan, 5, 7, .infinity, 1, 1].map { average.update($0) }
    #expect(means.map(\.isNaN) == [true, false, true, true, false, true, true, false])
    #expect(means[1] == 2)
    #expect(means[4] == 6)
    #expect(means[7] == 1)
  }

  @Test func copyGoesItsOwnWay() {
    var original = SimpleMovingAverage(period: 3)
    for value in [1.0, 2, 3] { _ = original.update(value) }
    var copy = original
    #expect(copy.update(100) == 35)
    #expect(original.update(6) == 11.0 / 3)
  }

  @Test(arguments: [1, 2, 5, 49, 50, 51])
  func averageOverAMarketEqualsAverageOverItsCloses(_ period: Int) throws {
    var source = SplitMix(seed: 3)
    let closes = (0..<50).map { _ in Double.random(in: 1...2, using: &source) }
    let series = try BarSeries(
      closes.enumerated().map { Bar(time: Int64($0), open: $1, high: $1, low: $1, close: $1) })
    var market = MarketView([series])
    var rolling = RollingMean(period: period)
    var simple = SimpleMovingAverage(period: period)
    for index in closes.indices {
      market.reveal(index)
      let expected = simple.update(closes[index])
      let value = rolling.update(market)
      #expect(value == expected || value.isNaN && expected.isNaN)
    }
  }

  /// Closes with few decimals, so that there are runs of equal ones, longer than the shorter window too.
  @Test(arguments: [(1, 2), (2, 1), (3, 3), (4, 40), (10, 399), (10, 400), (401, 5), (500, 600)])
  func twoAveragesSideBySideAreEachTheOne(_ periods: (Int, Int)) throws {
    var source = SplitMix(seed: 11)
    let closes = (0..<400).map { index in
      (100..<112).contains(index) ? 7.3 : (Double.random(in: 1...1.4, using: &source) * 10).rounded() / 10
    }
    let series = try BarSeries(
      closes.enumerated().map { Bar(time: Int64($0), open: $1, high: $1, low: $1, close: $1) })
    var market = MarketView([series])
    var (first, second) = (RollingMean(period: periods.0), RollingMean(period: periods.1))
    var pair = RollingMeanPair(periods.0, periods.1)
    for index in closes.indices {
      market.reveal(index)
      let expected = SIMD2(first.update(market), second.update(market))
      let means = pair.update(market)
      for lane in 0..<2 {
        #expect(
          means[lane].bitPattern == expected[lane].bitPattern || means[lane].isNaN && expected[lane].isNaN,
          "average \(lane + 1) on bar \(index)")
      }
    }
  }
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
