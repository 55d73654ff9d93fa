import PerformanceMetrics
import ReportRendering
import TradingModel

/// A metric's value as people read it.
enum MetricText {
  /// The value in its unit.
  static func value(_ definition: MetricDefinition, _ value: Double?) -> String {
    switch definition.unit {
    case .percent: NumberText.percent(value)
    case .seconds: NumberText.duration(value)
    case .money: NumberText.money(value)
    case .ratio: NumberText.ratio(value)
    case .count: value.map(NumberText.count) ?? "n/a"
    case .time: value.flatMap { EpochMilliseconds(exactly: $0) }.map(UTCText.format) ?? "n/a"
    }
  }

  /// A class attribute for gains and losses.
  static func tone(_ definition: MetricDefinition, _ value: Double?) -> HTML {
    guard definition.unit == .percent, definition.group != .period, let value, value != 0 else { return .nothing }
    return definition.key == .winRatePercent || definition.key == .annualVolatilityPercent
      ? .nothing : tone(value)
  }

  /// A class attribute for gains and losses.
  static func tone(_ value: Double) -> HTML {
    value > 0 ? " class=\"gain\"" : value < 0 ? " class=\"loss\"" : .nothing
  }
}
