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

  @Test func logarithmGivesEveryDigit() {
    for step in -4000...4000 {
      // From far outside the range of the series to well inside, both lanes at once.
      let (left, right) = (1 + Double(step) / 20_000, 1 + Double(step) / 4_001)
      let received = Elementary.logarithm(SIMD2(left, right))
      #expect(abs(received.x - log(left)) <= 4e-16 * abs(log(left)), "\(left)")
      #expect(abs(received.y - log(right)) <= 4e-16 * abs(log(right)), "\(right)")
    }
  }
}
