internal import TradingModel

extension DataQualityReport: CustomStringConvertible {
  /// Plain text, one fact a line, without colour or tables.
  public var description: String {
    guard let firstTime, let lastTime else { return "There are no bars." }
    var lines = ["\(barCount) bars from \(UTCText.format(firstTime)) to \(UTCText.format(lastTime))"]
    if let step { lines.append("step: \(Self.stepText(step)), on \(Self.weekdayText(weekdays))") }
    lines.append(missingBars == 0 ? "gaps: none" : "gaps: \(missingBars) bars missing")
    for gap in longestGaps.prefix(5) {
      lines.append("  \(gap.missing) between \(UTCText.format(gap.after)) and \(UTCText.format(gap.before))")
    }
    lines.append(Self.line("holes (no price)", holes))
    lines.append(Self.line("duplicate times", duplicates))
    lines.append("zero volume: \(zeroVolumeCount == 0 ? "none" : "\(zeroVolumeCount) bars")")
    lines.append(Self.line("price outside low and high", rangeViolations))
    lines.append(Self.line("price not above 0", notPositive))
    lines.append("price spikes: \(spikes.isEmpty ? "none" : "\(spikes.count)")")
    for spike in spikes.prefix(5) {
      lines.append(
        "  \(UTCText.format(spike.time)): times \(Self.rounded(spike.ratio))\(spike.returned ? ", back on the next bar" : "")"
      )
    }
    lines.append(adjustmentLine)
    lines.append("events: \(splitCount) splits, \(dividendCount) dividends")
    if !host.isEmpty || !source.isEmpty {
      lines.append(
        "source: \([source, host].filter { !$0.isEmpty }.joined(separator: ", "))\(age.map { ", \(AgeText.text($0)) old" } ?? "")"
      )
    }
    return lines.joined(separator: "\n")
  }

  private var adjustmentLine: String {
    guard let first = adjustments.first, adjustments.count > 1 || first.factor != 1 else {
      return "adjustment for dividends: none"
    }
    let last = adjustments.last ?? first
    return
      "adjustment for dividends: \(adjustments.count) factors, from \(Self.rounded(first.factor)) at \(UTCText.format(first.time)) to \(Self.rounded(last.factor)) since \(UTCText.format(last.time))"
  }

  private static func line(_ name: String, _ times: [EpochMilliseconds]) -> String {
    if times.isEmpty { return "\(name): none" }
    let shown = times.prefix(5).map { UTCText.format($0) }.joined(separator: ", ")
    return "\(name): \(times.count) (\(shown)\(times.count > 5 ? ", …" : ""))"
  }

  private static func stepText(_ milliseconds: Int64) -> String {
    for (unit, name) in [(Day.milliseconds, "day"), (3_600_000, "hour"), (60_000, "minute"), (1000, "second")]
    where milliseconds % unit == 0 && milliseconds >= unit {
      let count = milliseconds / unit
      return "\(count) \(name)\(count == 1 ? "" : "s")"
    }
    return "\(milliseconds) ms"
  }

  private static func weekdayText(_ days: [Int]) -> String {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    if days == [0, 1, 2, 3, 4] { return "Mon to Fri" }
    if days.count == 7 { return "all days" }
    return days.isEmpty ? "irregular days" : days.map { names[$0] }.joined(separator: " ")
  }

  private static func rounded(_ value: Double) -> String {
    abs(value) < 1e9 ? String((value * 1e6).rounded() / 1e6) : String(value)
  }
}
