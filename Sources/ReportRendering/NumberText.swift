/// Numbers for people: fixed decimals, thousands separated, no exponent in the range prices and money have.
public enum NumberText {
  /// `1,234,567.89`; `n/a` for `nil` and for what is not finite.
  public static func money(_ value: Double?, decimals: Int = 2) -> String {
    guard let value, value.isFinite else { return "n/a" }
    return fixed(value, decimals: decimals)
  }

  /// `12.34 %`.
  public static func percent(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "n/a" }
    return "\(fixed(value, decimals: 2)) %"
  }

  /// `0.58`.
  public static func ratio(_ value: Double?) -> String {
    guard let value, value.isFinite else { return "n/a" }
    return fixed(value, decimals: 3)
  }

  /// `3,116 days`, `5 h 30 min`, `45 s`.
  public static func duration(_ seconds: Double?) -> String {
    guard let seconds, seconds.isFinite else { return "n/a" }
    if seconds >= 86_400 { return plural(seconds / 86_400, "day") }
    let minutes = Int(seconds / 60)
    if minutes >= 60 { return minutes % 60 == 0 ? "\(minutes / 60) h" : "\(minutes / 60) h \(minutes % 60) min" }
    return minutes > 0 ? "\(minutes) min" : "\(fixed(seconds, decimals: 0)) s"
  }

  /// A price with as many decimals as its size asks for.
  public static func price(_ value: Double) -> String {
    fixed(value, decimals: abs(value) < 0.1 ? 8 : abs(value) < 10 ? 5 : abs(value) < 1000 ? 3 : 2)
  }

  /// A whole number, thousands separated; fractions are shown only where there are some.
  public static func count(_ value: Double) -> String {
    value == value.rounded() ? fixed(value, decimals: 0) : fixed(value, decimals: 4)
  }

  /// Time a computation took: `1.24 s`, `830 ms`, `95 µs`.
  public static func elapsed(_ duration: Duration) -> String {
    let seconds = Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    if seconds >= 1 { return "\(fixed(seconds, decimals: 2)) s" }
    if seconds >= 1e-3 { return "\(fixed(seconds * 1e3, decimals: seconds < 1e-2 ? 1 : 0)) ms" }
    return "\(fixed(seconds * 1e6, decimals: 0)) µs"
  }

  /// A number with fixed decimals, thousands separated by commas.
  static func fixed(_ value: Double, decimals: Int) -> String {
    let scale = decimals == 0 ? 1 : (1...decimals).reduce(1.0) { power, _ in power * 10 }
    let scaled = (abs(value) * scale).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let digits = String(Int64(scaled))
    let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
    let whole = Array(padded.dropLast(decimals))
    var text = value < 0 && scaled > 0 ? "-" : ""
    for (position, digit) in whole.enumerated() {
      if position > 0, (whole.count - position) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return decimals == 0 ? text : "\(text).\(padded.suffix(decimals))"
  }

  private static func plural(_ value: Double, _ unit: String) -> String {
    let text = value == value.rounded() ? fixed(value, decimals: 0) : fixed(value, decimals: 1)
    return value == 1 ? "\(text) \(unit)" : "\(text) \(unit)s"
  }
}
