import ReportRendering
import TradingModel

/// Round numbers and calendar marks along an axis.
enum AxisTicks {
  /// About `count` multiples of 1, 2 or 5 times a power of ten between two values, with their texts.
  static func values(from low: Double, to high: Double, count: Int) -> [(value: Double, text: String)] {
    guard low.isFinite, high.isFinite, high > low, count > 0, (high - low).isFinite else { return [] }
    let rough = (high - low) / Double(count)
    var power = 1.0
    while power * 10 <= rough, power < 1e200 { power *= 10 }
    while power > rough, power > 1e-200 { power /= 10 }
    let step = power * (rough / power > 5 ? 10 : rough / power > 2 ? 5 : rough / power > 1 ? 2 : 1)
    var decimals = 0
    var scaled = step
    while scaled < 1 - 1e-9, decimals < 10 {
      scaled *= 10
      decimals += 1
    }
    let first = (low / step).rounded(.up)
    return (0..<count * 4).map { (first + Double($0)) * step }.prefix { $0 <= high + step * 1e-9 }
      .map { ($0, NumberText.money($0, decimals: decimals)) }
  }

  /// At most `count` places where a year, month, day or hour begins, as positions in `times`, with their texts.
  static func times(_ times: [EpochMilliseconds], count: Int) -> [(position: Int, text: String)] {
    guard let first = times.first, let last = times.last, last > first, count > 0 else { return [] }
    for unit in Unit.all {
      var marks: [(position: Int, text: String)] = []
      var previous = unit.number(first)
      for (position, time) in times.enumerated() {
        let number = unit.number(time)
        if number != previous { marks.append((position, unit.text(time))) }
        previous = number
        if marks.count > count { break }
      }
      if marks.count <= count { return marks }
    }
    return []
  }

  /// A unit of the calendar: times with the same number are in the same one.
  private struct Unit: Sendable {
    let number: @Sendable (EpochMilliseconds) -> Int64
    let text: @Sendable (EpochMilliseconds) -> String

    /// From the finest to the coarsest.
    static let all: [Unit] = minutes + days + months + years

    private static let minutes: [Unit] = [5, 15, 30, 60, 180, 360, 720].map { (count: Int64) in
      Unit(number: { $0 / (60_000 * count) }, text: { String(UTCText.format($0).suffix(5)) })
    }

    private static let days: [Unit] = [1, 2, 7, 14].map { (count: Int64) in
      Unit(number: { $0 / (86_400_000 * count) }, text: { UTCText.formatDate($0) })
    }

    private static let months: [Unit] = [1, 3, 6].map { (count: Int64) in
      Unit(
        number: { time in
          let date = UTCText.civil(fromDays: time / 86_400_000)
          return (date.year * 12 + date.month - 1) / count
        }, text: { String(UTCText.formatDate($0).prefix(7)) })
    }

    private static let years: [Unit] = [1, 2, 5, 10, 20, 50].map { (count: Int64) in
      Unit(
        number: { UTCText.civil(fromDays: $0 / 86_400_000).year / count },
        text: { String(UTCText.formatDate($0).prefix(4)) })
    }
  }
}
