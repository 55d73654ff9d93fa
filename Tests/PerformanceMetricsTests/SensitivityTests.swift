import Foundation
import Testing

@testable import PerformanceMetrics

struct SensitivityTests {
  static func beta(_ equity: [Double], _ closes: [Double]) -> Double {
    let account = zip(equity.dropFirst(), equity).map { log($0 / $1) }
    let market = zip(closes.dropFirst(), closes).map { log($0 / $1) }
    let count = Double(account.count)
    let meanAccount = account.reduce(0, +) / count
    let meanMarket = market.reduce(0, +) / count
    let covariance = zip(account, market).map { ($0 - meanAccount) * ($1 - meanMarket) }.reduce(0, +)
    return covariance / market.map { ($0 - meanMarket) * ($0 - meanMarket) }.reduce(0, +)
  }

  @Test(arguments: [0.0001, 0.01, 0.1, 0.4])
  func betaAgreesWithTheDefinition(_ volatility: Double) throws {
    var source = SplitMix(seed: 4)
    for count in [3, 4, 5, 30, 400] {
      var (equity, closes) = ([1000.0], [20.0])
      for _ in 1..<count {
        let move = Double.random(in: -volatility...volatility, using: &source)
        closes.append(closes[closes.count - 1] * (1 + move))
        equity.append(
          equity[equity.count - 1] * (1 + 0.3 * move + Double.random(in: -volatility...volatility, using: &source) / 5))
      }
      let beta = try #require(MarketSensitivity.beta(of: equity[...], to: closes[...]))
      #expect(isClose(beta, Self.beta(equity, closes), 1e-10))
    }
  }

  @Test func accountThatIsTheMarketHasBetaOneAndNoAlpha() {
    let closes = [10.0, 11, 10.5, 12, 11.8]
    let metrics = run(closes.map { $0 * 70 }, closes: closes)
    #expect(isClose(metrics.beta, 1))
    #expect(isClose(metrics.alphaPercent, 0, 1e-10))
  }

  @Test func buyingStartsAtTheEndOfTheWarmUp() {
    #expect(isClose(run([1, 1, 1, 1], closes: [10, 20, 40, 50], warmUpIndex: 2).buyAndHoldReturnPercent, 25))
  }

  @Test(arguments: [1, 2, 7, 127, 128])
  func logarithmGivesEveryDigit(_ count: Int) {
    // Steps that reach from far outside the range of the series to well inside.
    for spread in [1e-9, 1e-3, 0.06, 0.9, 30] {
      var values = (0..<BlockLogarithm.size).map { exp(spread * (Double($0) / 64 - 1)) }
      let expected = values.map { log($0) }
      var results = values
      values.withUnsafeMutableBufferPointer { values in
        results.withUnsafeMutableBufferPointer { results in
          BlockLogarithm.logarithms(of: values, count: count, into: results)
        }
      }
      for index in 0..<count {
        #expect(abs(results[index] - expected[index]) <= 4e-16 * abs(expected[index]), "\(spread), \(index)")
      }
    }
  }

  @Test func logarithmOfNothingPositiveIsNotFinite() {
    var values = [Double](repeating: 1, count: BlockLogarithm.size)
    (values[0], values[1], values[2]) = (0, -1, .nan)
    var results = values
    values.withUnsafeMutableBufferPointer { values in
      results.withUnsafeMutableBufferPointer { results in
        BlockLogarithm.logarithms(of: values, count: 4, into: results)
      }
    }
    #expect(results[..<4].map(\.isFinite) == [false, false, false, true])
  }
}
