package import TradingModel

/// The length of a bar, and how it is had from Yahoo.
public enum BarInterval: String, Sendable, CaseIterable, Equatable {
  /// One minute.
  case oneMinute = "1m"
  /// Two minutes.
  case twoMinutes = "2m"
  /// Five minutes.
  case fiveMinutes = "5m"
  /// A quarter of an hour.
  case fifteenMinutes = "15m"
  /// Half an hour; built from 15-minute bars, since Yahoo once sent hourly ones instead.
  case thirtyMinutes = "30m"
  /// One hour.
  case oneHour = "1h"
  /// An hour and a half.
  case ninetyMinutes = "90m"
  /// Four hours.
  case fourHours = "4h"
  /// One trading day.
  case oneDay = "1d"
  /// A week from Monday; built from daily bars.
  case oneWeek = "1wk"
  /// A calendar month; built from daily bars.
  case oneMonth = "1mo"
  /// A calendar quarter; built from daily bars.
  case threeMonths = "3mo"

  /// Reads an interval as yfinance spells it, small letters or capitals; `60m`, `1w` and `1month` count too.
  ///
  /// - Throws: ``MarketDataError/unknownInterval(_:)`` with the intervals there are.
  public init(parsing text: String) throws(MarketDataError) {
    switch text.lowercased() {
    case "60m": self = .oneHour
    case "1w", "1week": self = .oneWeek
    case "1month": self = .oneMonth
    case let name:
      guard let interval = BarInterval(rawValue: name) else { throw .unknownInterval(text) }
      self = interval
    }
  }

  /// Whether bars are stamped with a time of day, not with a date.
  public var isIntraday: Bool {
    switch self {
    case .oneDay, .oneWeek, .oneMonth, .threeMonths: false
    default: true
    }
  }

  /// The interval that is fetched and stored, from which bars of this one are built.
  public var source: BarInterval {
    switch self {
    case .thirtyMinutes: .fifteenMinutes
    case .oneWeek, .oneMonth, .threeMonths: .oneDay
    default: self
    }
  }

  /// Length in milliseconds; `nil` for weeks and longer, which follow the calendar.
  package var milliseconds: Int64? {
    switch self {
    case .oneMinute: 60_000
    case .twoMinutes: 120_000
    case .fiveMinutes: 300_000
    case .fifteenMinutes: 900_000
    case .thirtyMinutes: 1_800_000
    case .oneHour: 3_600_000
    case .ninetyMinutes: 5_400_000
    case .fourHours: 14_400_000
    case .oneDay: Day.milliseconds
    case .oneWeek, .oneMonth, .threeMonths: nil
    }
  }

  /// How many days back Yahoo keeps bars of this length; `nil` when it keeps all.
  ///
  /// Sources: the texts of Yahoo's own refusals. The limit of `4h` is not documented; that of `1h` is assumed.
  public var historyDays: Int64? {
    switch self {
    case .oneMinute: 30
    case .twoMinutes, .fiveMinutes, .fifteenMinutes, .thirtyMinutes, .ninetyMinutes: 60
    case .oneHour, .fourHours: 730
    case .oneDay, .oneWeek, .oneMonth, .threeMonths: nil
    }
  }

  /// How many days one request may span; `nil` when there is no limit. Yahoo allows 8 days of minutes, once 7.
  package var requestDays: Int64? { self == .oneMinute ? 7 : nil }

  /// The first day of the week, month or quarter that a date, given as 00:00 UTC, lies in; other intervals: itself.
  package func periodStart(of date: EpochMilliseconds) -> EpochMilliseconds {
    let day = Day.number(of: date)
    switch self {
    case .oneWeek: return Day.time(of: day - Day.weekday(day))
    case .oneMonth, .threeMonths:
      let (year, month, _) = UTCText.civil(fromDays: day)
      let first = self == .oneMonth ? month : (month - 1) / 3 * 3 + 1
      return Day.time(of: UTCText.days(year: year, month: first, day: 1))
    default: return date
    }
  }

  /// Where the period behind the one that begins at `start` begins.
  package func periodEnd(after start: EpochMilliseconds) -> EpochMilliseconds {
    if let milliseconds { return start + milliseconds }
    // More than the longest period and less than two of the shortest.
    let reach: Int64 = self == .oneWeek ? 7 : self == .oneMonth ? 31 : 92
    return periodStart(of: start + reach * Day.milliseconds)
  }
}

/// Dates as day numbers counted from 1970-01-01, and as 00:00 UTC of that day.
package enum Day {
  /// Milliseconds in a day.
  package static let milliseconds: Int64 = 86_400_000

  /// The day that a time lies in, UTC.
  package static func number(of time: EpochMilliseconds) -> Int64 { floorDivision(time, milliseconds) }

  /// 00:00 UTC of a day.
  package static func time(of day: Int64) -> EpochMilliseconds { day * milliseconds }

  /// 0 for Monday to 6 for Sunday. 1970-01-01 was a Thursday.
  package static func weekday(_ day: Int64) -> Int64 {
    let shifted = (day + 3) % 7
    return shifted < 0 ? shifted + 7 : shifted
  }

  /// Division rounding towards negative infinity.
  package static func floorDivision(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return value % divisor < 0 ? quotient - 1 : quotient
  }
}
