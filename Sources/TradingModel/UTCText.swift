/// Text form of UTC times, without Foundation so that it costs no start-up.
public enum UTCText {
  /// The proleptic Gregorian date of a day number counted from 1970-01-01.
  ///
  /// Source of the arithmetic: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
  public static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
  }

  /// The day number, counted from 1970-01-01, of a Gregorian date; the inverse of ``civil(fromDays:)``.
  public static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// `2004-08-19` at midnight, `2004-08-19 13:30` or `2004-08-19 13:30:05` otherwise; UTC.
  public static func format(_ time: EpochMilliseconds) -> String {
    let (days, milliseconds) = split(time)
    let date = dateText(days)
    if milliseconds == 0 { return date }
    let seconds = milliseconds / 1000
    let clock = "\(pad(seconds / 3600)):\(pad(seconds / 60 % 60))"
    return seconds % 60 == 0 ? "\(date) \(clock)" : "\(date) \(clock):\(pad(seconds % 60))"
  }

  /// `2004-08-19`; the date of the instant in UTC.
  public static func formatDate(_ time: EpochMilliseconds) -> String { dateText(split(time).days) }

  private static func split(_ time: EpochMilliseconds) -> (days: Int64, milliseconds: Int64) {
    let day: Int64 = 86_400_000
    let quotient = time / day
    let remainder = time % day
    return remainder < 0 ? (quotient - 1, remainder + day) : (quotient, remainder)
  }

  private static func dateText(_ days: Int64) -> String {
    let (year, month, day) = civil(fromDays: days)
    let yearText = String(year)
    let padding = String(repeating: "0", count: max(0, 4 - yearText.count))
    return "\(padding)\(yearText)-\(pad(month))-\(pad(day))"
  }

  private static func pad(_ value: Int64) -> String { value < 10 ? "0\(value)" : String(value) }
}

extension UTCText {
  /// Reads `2004-08-19`, `2004-08-19 13:30`, `2004-08-19T13:30:05` or the same with a final `Z`, as UTC.
  ///
  /// - Returns: `nil` when the text has another form or names a day or hour that does not exist.
  public static func parse(_ text: String) -> EpochMilliseconds? {
    var rest = Array(text.utf8)[...]
    func number(_ digits: Int) -> Int64? {
      guard rest.count >= digits else { return nil }
      var value: Int64 = 0
      for byte in rest.prefix(digits) {
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        value = value * 10 + Int64(byte - UInt8(ascii: "0"))
      }
      rest = rest.dropFirst(digits)
      return value
    }
    func skip(_ separators: String) -> Bool {
      guard let first = rest.first, separators.utf8.contains(first) else { return false }
      rest = rest.dropFirst()
      return true
    }
    guard let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2) else { return nil }
    let dayNumber = days(year: year, month: month, day: day)
    guard civil(fromDays: dayNumber) == (year, month, day) else { return nil }
    var seconds: Int64 = 0
    if skip("T ") {
      guard let hour = number(2), skip(":"), let minute = number(2), hour < 24, minute < 60 else { return nil }
      seconds = hour * 3600 + minute * 60
      if skip(":") {
        guard let second = number(2), second < 60 else { return nil }
        seconds += second
      }
      _ = skip("Z")
    }
    return rest.isEmpty ? (dayNumber * 86_400 + seconds) * 1000 : nil
  }
}
