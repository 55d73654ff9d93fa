import TradingModel

/// A calendar unit (UTC) whose last account value counts.
enum CalendarBucket {
  case day, week, month, year

  static let millisecondsPerDay: Int64 = 86_400_000

  /// Periods a year; those of a day depend on whether weekends are traded.
  func perYear(tradesOnWeekends: Bool) -> Double {
    switch self {
    case .day: tradesOnWeekends ? 365 : 252
    case .week: 52
    case .month: 12
    case .year: 1
    }
  }

  /// The number of the bucket a day falls into; it grows with time. Weeks end on Sunday.
  @inline(__always)
  func number(ofDay day: Int64) -> Int64 {
    switch self {
    case .day: return day
    case .week: return Self.floorDivide(day + 3, 7)
    case .month:
      let date = UTCText.civil(fromDays: day)
      return date.year * 12 + date.month - 1
    case .year: return UTCText.civil(fromDays: day).year
    }
  }

  /// Days since 1970-01-01.
  @inline(__always)
  static func day(of time: EpochMilliseconds) -> Int64 { floorDivide(time, millisecondsPerDay) }

  /// The first time that is past a day.
  @inline(__always)
  static func end(ofDay day: Int64) -> EpochMilliseconds { (day &+ 1) &* millisecondsPerDay }

  /// Whether a day is a Saturday or Sunday. 1970-01-01 was a Thursday.
  @inline(__always)
  static func isWeekend(day: Int64) -> Bool {
    let sinceMonday = day + 3
    return sinceMonday - floorDivide(sinceMonday, 7) * 7 >= 5
  }

  @inline(__always)
  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return quotient &* divisor > value ? quotient - 1 : quotient
  }
}
