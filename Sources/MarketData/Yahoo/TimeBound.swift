public import TradingModel

/// The beginning or end of a range of bars.
public enum TimeBound: Sendable, Equatable {
  /// A date or time of day on the exchange's clock, in milliseconds as if that clock showed UTC.
  /// `2020-08-31` is `.local(1598832000000)`, whatever the exchange.
  case local(EpochMilliseconds)
  /// A point in time.
  case instant(EpochMilliseconds)

  /// 00:00 of a date on the exchange's clock.
  public static func date(year: Int64, month: Int64, day: Int64) -> TimeBound {
    .local(Day.time(of: UTCText.days(year: year, month: month, day: day)))
  }

  /// Reads `2020-08-31`, `2020-08-31 09:30[:00]` on the exchange's clock, or with `Z` or `+02:00` behind it a point
  /// in time.
  ///
  /// - Throws: ``MarketDataError/invalidTime(_:)``.
  public init(parsing text: String) throws(MarketDataError) {
    guard let bound = TimeText.bound(text) else { throw .invalidTime(text) }
    self = bound
  }
}

/// Reads times without Foundation.
private enum TimeText {
  static func bound(_ text: String) -> TimeBound? {
    let bytes = Array(text.utf8)
    guard bytes.count >= 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-"),
      let year = number(bytes[0..<4]), let month = number(bytes[5..<7]), let day = number(bytes[8..<10])
    else { return nil }
    let days = UTCText.days(year: year, month: month, day: day)
    guard year >= 1000, UTCText.civil(fromDays: days) == (year, month, day) else { return nil }
    let date = Day.time(of: days)
    if bytes.count == 10 { return .local(date) }
    guard bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: " ") else { return nil }
    return time(bytes[11...], date: date)
  }

  private static func time(_ bytes: ArraySlice<UInt8>, date: EpochMilliseconds) -> TimeBound? {
    let clockEnd = bytes.firstIndex { !($0 == UInt8(ascii: ":") || isDigit($0)) } ?? bytes.endIndex
    guard let seconds = clock(bytes[..<clockEnd]), seconds < 86_400 else { return nil }
    let time = date + seconds * 1000
    let zone = bytes[clockEnd...]
    guard let sign = zone.first else { return .local(time) }
    if zone.elementsEqual([UInt8(ascii: "Z")]) { return .instant(time) }
    guard sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") else { return nil }
    guard zone.count >= 5, let offset = clock(zone.dropFirst()), offset <= 50_400 else { return nil }
    return .instant(sign == UInt8(ascii: "+") ? time - offset * 1000 : time + offset * 1000)
  }

  /// Seconds of `HH:MM`, `HH:MM:SS` or `HHMM`.
  private static func clock(_ bytes: ArraySlice<UInt8>) -> Int64? {
    let parts =
      bytes.count == 4 && !bytes.contains(UInt8(ascii: ":"))
      ? [bytes.prefix(2), bytes.suffix(2)]
      : bytes.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), parts.allSatisfy({ $0.count == 2 }) else { return nil }
    var values = parts.compactMap { number($0) }
    guard values.count == parts.count else { return nil }
    if values.count == 2 { values.append(0) }
    guard values[1] < 60, values[2] < 60 else { return nil }
    return values[0] * 3600 + values[1] * 60 + values[2]
  }

  private static func number(_ digits: ArraySlice<UInt8>) -> Int64? {
    guard digits.allSatisfy(isDigit) else { return nil }
    return digits.reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
