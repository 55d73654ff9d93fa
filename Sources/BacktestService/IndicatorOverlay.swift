import JSONRPC
public import RunStore
import StrategyKit
public import TradingModel

/// An indicator drawn with a run's prices or below them.
public struct IndicatorOverlay: Sendable, Equatable {
  /// Where it is drawn.
  public enum Pane: String, Sendable {
    /// Over the prices, on their scale.
    case price
    /// In a pane of its own.
    case separate
  }

  /// What it is, e.g. `SMA(10)`.
  public var name: String
  /// Where it is drawn.
  public var pane: Pane
  /// One value per bar; NaN where it is undefined.
  public var values: [Double]

  /// Makes an overlay.
  public init(name: String, pane: Pane, values: [Double]) {
    self.name = name
    self.pane = pane
    self.values = values
  }
}

extension IndicatorOverlay {
  /// The indicators a built-in strategy decides by, computed as it does; none for other strategies.
  ///
  /// - Parameters:
  ///   - strategy: The strategy's own name, aliases resolved.
  ///   - parameter: The value of a parameter; `nil` when there is none of that name.
  ///   - closes: The close of every bar.
  public static func builtIn(
    strategy: String, parameter: (String) -> Double?, closes: [Double]
  ) -> [IndicatorOverlay] {
    func period(_ name: String) -> Int? {
      parameter(name).flatMap { Int(exactly: $0) }.flatMap { (1...10_000_000).contains($0) ? $0 : nil }
    }
    switch strategy {
    case "sma_cross", "la_bomba":
      return ["n1", "n2"].compactMap { period($0) }.map { period in
        // A window longer than the data never fills, and need not be allocated.
        if period > closes.count { return undefined("SMA(\(period))", .price, closes.count) }
        var mean = SimpleMovingAverage(period: period)
        return IndicatorOverlay(name: "SMA(\(period))", pane: .price, values: closes.map { mean.update($0) })
      }
    case "ema_cross":
      return ["n1", "n2"].compactMap { period($0) }.map { period in
        var mean = ExponentialMovingAverage(period: period)
        return IndicatorOverlay(name: "EMA(\(period))", pane: .price, values: closes.map { mean.update($0) })
      }
    case "rsi":
      guard let period = period("period") else { return [] }
      var strength = RelativeStrengthIndex(period: period)
      return [IndicatorOverlay(name: "RSI(\(period))", pane: .separate, values: closes.map { strength.update($0) })]
    case "macd":
      guard let fast = period("fast"), let slow = period("slow"), let signal = period("signal") else { return [] }
      var convergence = MovingAverageConvergenceDivergence(fast: fast, slow: slow, signal: signal)
      let values = closes.map { convergence.update($0) }
      return [
        IndicatorOverlay(name: "MACD(\(fast), \(slow))", pane: .separate, values: values.map(\.line)),
        IndicatorOverlay(name: "Signal(\(signal))", pane: .separate, values: values.map(\.signal)),
      ]
    default: return []
    }
  }

  /// The indicators of a stored run: those its strategy noted, else those of a built-in strategy.
  ///
  /// Noted values are drawn over the prices when they lie in the prices' range, which no one asked the strategy.
  ///
  /// - Parameter bars: The bars the run used.
  public static func of(
    _ record: RunRecord, annotations: [BacktestRun.Annotation], bars: BarSeries
  ) -> [IndicatorOverlay] {
    if annotations.isEmpty {
      let parameters = record.parameters.flatMap { try? JSONValue(parsing: $0) }
      return builtIn(
        strategy: record.strategy, parameter: { parameters?[$0]?.doubleValue }, closes: bars.close)
    }
    let range = (bars.low.min() ?? 0) * 0.5...max((bars.high.max() ?? 0) * 1.5, 0)
    return annotations.map { note in
      var values = note.values.prefix(bars.count).map { $0.isFinite ? $0 : .nan }
      values += [Double](repeating: .nan, count: max(0, bars.count - values.count))
      let defined = values.filter { !$0.isNaN }
      let isPrice = !defined.isEmpty && defined.allSatisfy { range.contains($0) }
      return IndicatorOverlay(name: note.name, pane: isPrice ? .price : .separate, values: values)
    }
  }

  private static func undefined(_ name: String, _ pane: Pane, _ count: Int) -> IndicatorOverlay {
    IndicatorOverlay(name: name, pane: pane, values: [Double](repeating: .nan, count: count))
  }
}
