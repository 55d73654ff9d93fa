import Foundation
import StrategyKit
import Testing

/// Indicators against pandas, bit for bit. `Snapshots/make_indicators.py` made the expected values.
struct IndicatorGoldenTests {
  struct Golden: Decodable, Sendable {
    struct Case: Decodable, Sendable, CustomTestStringConvertible {
      var indicator: String
      var series: String
      var parameters: [Int]
      var expected: [[Double?]]
      var testDescription: String { "\(indicator)(\(parameters)) over \(series)" }
    }
    var series: [String: [Double?]]
    var cases: [Case]
  }

  /// Empty when the file cannot be read, which ``goldenFileCoversEveryIndicator()`` then says.
  static let golden: Golden = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("Snapshots/indicators.json")
    let golden = try? JSONDecoder().decode(Golden.self, from: Data(contentsOf: file))
    return golden ?? Golden(series: [:], cases: [])
  }()

  @Test(arguments: golden.cases)
  func agreesWithPandasBitForBit(_ golden: Golden.Case) throws {
    let values = try #require(Self.golden.series[golden.series]).map { $0 ?? .nan }
    let lines = try Self.lines(golden.indicator, golden.parameters, values)
    #expect(lines.count == golden.expected.count)
    for (line, expected) in zip(lines, golden.expected) {
      #expect(line.count == expected.count)
      for (index, (value, expected)) in zip(line, expected).enumerated() {
        if let expected {
          #expect(value == expected, "at \(index)")
        } else {
          #expect(value.isNaN, "at \(index): \(value)")
        }
      }
    }
  }

  @Test func goldenFileCoversEveryIndicator() {
    #expect(Set(Self.golden.cases.map(\.indicator)) == ["sma", "ema", "rsi", "macd"])
    #expect(Self.golden.cases.count >= 20)
  }

  static func lines(_ indicator: String, _ parameters: [Int], _ values: [Double]) throws -> [[Double]] {
    switch indicator {
    case "sma":
      var average = SimpleMovingAverage(period: parameters[0])
      return [values.map { average.update($0) }]
    case "ema":
      var average = ExponentialMovingAverage(period: parameters[0], warmUp: parameters[1])
      return [values.map { average.update($0) }]
    case "rsi":
      var strength = RelativeStrengthIndex(period: parameters[0])
      return [values.map { strength.update($0) }]
    default:
      try #require(indicator == "macd")
      var convergence = MovingAverageConvergenceDivergence(
        fast: parameters[0], slow: parameters[1], signal: parameters[2])
      let both = values.map { convergence.update($0) }
      return [both.map(\.line), both.map(\.signal)]
    }
  }
}
