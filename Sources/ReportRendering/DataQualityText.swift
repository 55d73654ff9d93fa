import MarketData
import TradingModel

/// What is remarkable about bars, as names and texts.
enum DataQualityText {
  /// So many gaps, times and spikes are named.
  private static let shown = 5

  static func facts(_ quality: DataQualityReport) -> [(String, String)] {
    guard let first = quality.firstTime, let last = quality.lastTime else { return [("bars", "none")] }
    // Bars of a day's parts begin at midnight now and then: the time of day stands behind every date, or behind none.
    let hasClock = quality.step.map { $0 % 86_400_000 != 0 } ?? false
    func text(_ time: EpochMilliseconds) -> String {
      let text = UTCText.format(time)
      return hasClock && text.utf8.count == 10 ? text + " 00:00" : text
    }
    func times(_ times: [EpochMilliseconds]) -> String {
      if times.isEmpty { return "none" }
      let named = times.prefix(shown).map(text).joined(separator: ", ")
      return "\(count(times.count)): \(named)\(times.count > shown ? ", …" : "")"
    }
    var facts = [("bars", "\(count(quality.barCount)), \(text(first)) to \(text(last))")]
    if let step = quality.step { facts.append(("step", "\(length(step)), on \(days(quality.weekdays))")) }
    facts.append(("gaps", quality.missingBars == 0 ? "none" : "\(counted(quality.missingBars, "bar")) missing"))
    for gap in quality.longestGaps.prefix(shown) {
      facts.append(("", "\(count(gap.missing)) between \(text(gap.after)) and \(text(gap.before))"))
    }
    facts += [
      ("without a price", times(quality.holes)), ("duplicate times", times(quality.duplicates)),
      ("zero volume", quality.zeroVolumeCount == 0 ? "none" : counted(quality.zeroVolumeCount, "bar")),
      ("outside low and high", times(quality.rangeViolations)),
      ("price not above 0", times(quality.notPositive)),
      ("price spikes", quality.spikes.isEmpty ? "none" : count(quality.spikes.count)),
    ]
    for spike in quality.spikes.prefix(shown) {
      facts.append(
        ("", "\(text(spike.time)), \(factor(spike.ratio)) times\(spike.returned ? ", back on the next bar" : "")"))
    }
    facts.append(("dividend adjustment", adjustment(quality.adjustments, text)))
    facts.append(("events", "\(counted(quality.splitCount, "split")), \(counted(quality.dividendCount, "dividend"))"))
    return facts
  }

  private static func adjustment(
    _ steps: [DataQualityReport.AdjustmentStep], _ text: (EpochMilliseconds) -> String
  ) -> String {
    guard let first = steps.first, let last = steps.last, steps.count > 1 || first.factor != 1 else { return "none" }
    if steps.count == 1 { return "by \(factor(first.factor)) throughout" }
    return
      "\(counted(steps.count, "factor")), from \(factor(first.factor)) at \(text(first.time)) to \(factor(last.factor)) "
      + "since \(text(last.time))"
  }

  private static func count(_ number: Int) -> String { NumberText.count(Double(number)) }

  private static func counted(_ number: Int, _ noun: String) -> String {
    "\(count(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  private static func factor(_ value: Double) -> String {
    abs(value) < 1e9 ? String((value * 1e6).rounded() / 1e6) : String(value)
  }

  private static func length(_ milliseconds: Int64) -> String {
    for (unit, name) in [(86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"), (1000, "second")]
      as [(Int64, String)]
    where milliseconds % unit == 0 && milliseconds >= unit {
      return counted(Int(milliseconds / unit), name)
    }
    return "\(milliseconds) ms"
  }

  private static func days(_ days: [Int]) -> String {
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    if days == [0, 1, 2, 3, 4] { return "Mon to Fri" }
    if days.count == 7 { return "all days" }
    return days.isEmpty
      ? "irregular days" : days.filter(names.indices.contains).map { names[$0] }.joined(separator: " ")
  }
}
