import TradingModel

/// Compound annual growth rate.
enum CalendarGrowth {
  /// (last/first)^(1/years) − 1 with years of 365.25 days; the time counts in whole seconds.
  ///
  /// - Returns: A fraction; `nil` when no time passed.
  static func rate(from first: Double, to last: Double, over time: EpochMilliseconds) -> Double? {
    let seconds = time / 1000
    let years = (Double(seconds / 86_400) + Double(seconds % 86_400) / 86_400) / 365.25
    guard years > 0 else { return nil }
    return Elementary.power(last / first, 1 / years) - 1
  }
}
