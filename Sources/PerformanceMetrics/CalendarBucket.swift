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

  @inline(__always)
  fileprivate static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    let quotient = value / divisor
    return quotient &* divisor > value ? quotient - 1 : quotient
  }
}

/// The calendar day a time falls into; walks along with a series of times.
struct CalendarDay {
  /// Days since 1970-01-01.
  private(set) var number: Int64
  /// The first time past the day.
  private(set) var end: EpochMilliseconds
  /// 0 is Monday.
  private var weekday: Int64

  init(of time: EpochMilliseconds) {
    number = CalendarBucket.floorDivide(time, CalendarBucket.millisecondsPerDay)
    end = (number &+ 1) &* CalendarBucket.millisecondsPerDay
    // 1970-01-01 was a Thursday.
    weekday = number + 3 - CalendarBucket.floorDivide(number + 3, 7) * 7
  }

  /// Whether it is a Saturday or Sunday.
  @inline(__always)
  var isWeekend: Bool { weekday >= 5 }

  /// Moves on to the day of a time at or after ``end``.
  @inline(__always)
  mutating func advance(to time: EpochMilliseconds) {
    // Most days are followed by the next one, or by the one after a weekend, which needs no division.
    guard time &- end < 7 &* CalendarBucket.millisecondsPerDay else {
      self = CalendarDay(of: time)
      return
    }
    repeat {
      number &+= 1
      end &+= CalendarBucket.millisecondsPerDay
      weekday = weekday == 6 ? 0 : weekday &+ 1
    } while time >= end
  }
}
