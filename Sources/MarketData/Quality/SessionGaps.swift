internal import TradingModel

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Finds missing bars by what the data themselves show: on which days of the week they trade, and at what step.
struct SessionGaps {
  private(set) var step: Int64?
  private(set) var weekdays: [Int] = []
  private(set) var missing = 0
  private(set) var longest: [DataQualityReport.Gap] = []

  /// A day of the week counts as a trading day when at least this share of its days in the range have bars.
  private static let share = 0.5
  private static let shown = 20

  init(times: [EpochMilliseconds], zone: ExchangeTimeZone) {
    let times = times.reduce(into: [EpochMilliseconds]()) { if $0.last != $1 { $0.append($1) } }
    guard times.count > 1 else { return }
    step = Self.commonStep(times)
    let days = times.map { zone.day(at: Day.floorDivision($0, 1000)) }
    weekdays = Self.tradingDays(days)
    var gaps: [DataQualityReport.Gap] = []
    for row in 1..<times.count {
      let count = missingBars(from: times[row - 1], day: days[row - 1], to: times[row], day: days[row])
      guard count > 0 else { continue }
      missing += count
      gaps.append(.init(after: times[row - 1], before: times[row], missing: count))
    }
    longest = Array(gaps.sorted { ($1.missing, $0.after) < ($0.missing, $1.after) }.prefix(Self.shown))
  }

  /// The median distance of neighbours; weekends and nights are too few to shift it.
  private static func commonStep(_ times: [EpochMilliseconds]) -> Int64 {
    let steps = zip(times, times.dropFirst()).map { $1 - $0 }.sorted()
    return steps[steps.count / 2]
  }

  private static func tradingDays(_ days: [Int64]) -> [Int] {
    guard let first = days.first, let last = days.last else { return [] }
    var traded = [Int](repeating: 0, count: 7)
    var previous: Int64?
    for day in days where day != previous {
      traded[Int(Day.weekday(day))] += 1
      previous = day
    }
    let span = last - first + 1
    return (0..<7).filter { weekday in
      let offset = (Int64(weekday) - Day.weekday(first) + 7) % 7
      let possible = offset < span ? (span - 1 - offset) / 7 + 1 : 0
      return possible > 0 && Double(traded[weekday]) >= share * Double(possible)
    }
  }

  private func missingBars(from a: EpochMilliseconds, day dayA: Int64, to b: EpochMilliseconds, day dayB: Int64) -> Int
  {
    guard let step, step > 0 else { return 0 }
    if step >= 5 * Day.milliseconds {
      // Weeks and months vary in length; a gap is more than half a step too long.
      return max(0, Int((Double(b - a) / Double(step)).rounded()) - 1)
    }
    if step < Day.milliseconds, dayA == dayB { return Int((b - a) / step) - 1 }
    // Trading days in between; each counts as one bar, how many it had is not known.
    var count = 0
    var day = dayA + 1
    let limit = min(dayB, dayA + 40_000)
    while day < limit {
      if weekdays.contains(Int(Day.weekday(day))) { count += 1 }
      day += 1
    }
    return count
  }
}

/// Finds jumps of the close that do not look like the rest of the series.
enum PriceSpikes {
  /// A jump counts beyond this many robust standard deviations…
  private static let deviations = 10.0
  /// …and beyond this logarithmic return, 22 %.
  private static let leastReturn = 0.2
  private static let shown = 20

  static func spikes(_ rows: [RawBars.Row]) -> [DataQualityReport.Spike] {
    let usable = rows.filter { !$0.isHole && $0.bar.close > 0 }
    guard usable.count > 2 else { return [] }
    let returns = zip(usable, usable.dropFirst()).map { log($1.bar.close / $0.bar.close) }
    let sizes = returns.map(abs).sorted()
    // 1.4826 turns a median absolute deviation into a standard deviation of the normal distribution.
    let limit = max(leastReturn, deviations * 1.4826 * sizes[sizes.count / 2])
    var spikes: [(size: Double, spike: DataQualityReport.Spike)] = []
    for (index, value) in returns.enumerated() where abs(value) > limit {
      let next = index + 1 < returns.count ? returns[index + 1] : 0
      let spike = DataQualityReport.Spike(
        time: usable[index + 1].bar.time, ratio: usable[index + 1].bar.close / usable[index].bar.close,
        returned: abs(value + next) < 0.25 * abs(value))
      spikes.append((abs(value), spike))
    }
    return spikes.sorted { ($1.size, $0.spike.time) < ($0.size, $1.spike.time) }.prefix(shown).map(\.spike)
  }
}

/// Finds where the factor between adjusted close and close changes.
enum AdjustmentSteps {
  /// Single-precision prices leave this much noise in the factor.
  private static let noise = 2e-6

  static func steps(_ rows: [RawBars.Row]) -> [DataQualityReport.AdjustmentStep] {
    var steps: [DataQualityReport.AdjustmentStep] = []
    for row in rows where !row.isHole && row.bar.close != 0 {
      let factor = row.adjustedClose.isNaN ? 1 : row.adjustedClose / row.bar.close
      if let last = steps.last, abs(last.factor - factor) <= noise * abs(factor) { continue }
      steps.append(.init(time: row.bar.time, factor: factor))
    }
    return steps
  }
}
