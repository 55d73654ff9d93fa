internal import TradingModel

/// A time-zone rule as POSIX's TZ variable writes it, e.g. `EST5EDT,M3.2.0,M11.1.0`.
struct POSIXTimeZoneRule: Sendable, Equatable {
  /// Seconds east of UTC outside and inside daylight saving time.
  private let standard: Int
  private let daylight: Int
  /// When daylight saving time begins and ends; `nil` when the zone has none.
  private let change: Change?

  private struct Change: Sendable, Equatable {
    let start: Moment
    let end: Moment
  }

  /// A day of any year and seconds after its local midnight.
  private struct Moment: Sendable, Equatable {
    enum DayRule: Sendable, Equatable {
      /// 1...365, never counting 29 February.
      case julian(Int64)
      /// 0...365, counting it.
      case zeroBased(Int64)
      /// Week 1...5 (5: the last) of a month, weekday 0 (Sunday)...6.
      case monthly(month: Int64, week: Int64, weekday: Int64)
    }
    let day: DayRule
    let seconds: Int
  }

  /// Reads a rule; `nil` when it is not one.
  init?(_ text: String) {
    var scanner = Scanner(text)
    guard scanner.skipName(), let west = scanner.clock() else { return nil }
    standard = -west
    if scanner.isAtEnd {
      (daylight, change) = (-west, nil)
      return
    }
    guard scanner.skipName() else { return nil }
    if scanner.next == UInt8(ascii: ",") {
      daylight = -west + 3600
    } else {
      guard let daylightWest = scanner.clock() else { return nil }
      daylight = -daylightWest
    }
    guard scanner.skip(","), let start = scanner.moment(), scanner.skip(","), let end = scanner.moment(),
      scanner.isAtEnd
    else { return nil }
    change = Change(start: start, end: end)
  }

  /// Seconds east of UTC at an instant.
  func offset(at time: Int64) -> Int {
    guard let change else { return standard }
    let year = UTCText.civil(fromDays: Day.floorDivision(time + Int64(standard), 86_400)).year
    // Each moment is on the clock in force just before it.
    let start = Self.seconds(change.start, year) - Int64(standard)
    let end = Self.seconds(change.end, year) - Int64(daylight)
    let isDaylight = start < end ? (time >= start && time < end) : !(time >= end && time < start)
    return isDaylight ? daylight : standard
  }

  private static func seconds(_ moment: Moment, _ year: Int64) -> Int64 {
    let newYear = UTCText.days(year: year, month: 1, day: 1)
    let day: Int64
    switch moment.day {
    case .zeroBased(let number): day = newYear + number
    case .julian(let number):
      let isLeap = UTCText.days(year: year + 1, month: 1, day: 1) - newYear == 366
      day = newYear + number - 1 + (isLeap && number >= 60 ? 1 : 0)
    case .monthly(let month, let week, let weekday):
      let first = UTCText.days(year: year, month: month, day: 1)
      let next =
        month == 12
        ? UTCText.days(year: year + 1, month: 1, day: 1) : UTCText.days(year: year, month: month + 1, day: 1)
      // Day.weekday counts from Monday, the rule from Sunday.
      let firstWeekday = (Day.weekday(first) + 1) % 7
      var candidate = first + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
      while candidate >= next { candidate -= 7 }
      day = candidate
    }
    return day * 86_400 + Int64(moment.seconds)
  }

  private struct Scanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { index == bytes.count }
    var next: UInt8? { index < bytes.count ? bytes[index] : nil }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard next == UInt8(ascii: character) else { return false }
      index += 1
      return true
    }

    /// Three or more letters, or anything between angle brackets.
    mutating func skipName() -> Bool {
      if skip("<") {
        while let byte = next, byte != UInt8(ascii: ">") { index += byte == 0 ? 0 : 1 }
        return skip(">")
      }
      let start = index
      while let byte = next, (byte | 32) >= UInt8(ascii: "a"), (byte | 32) <= UInt8(ascii: "z") { index += 1 }
      return index - start >= 3
    }

    mutating func number() -> Int64? {
      let start = index
      var value: Int64 = 0
      while let byte = next, byte >= 48, byte <= 57, index - start < 4 {
        value = value * 10 + Int64(byte - 48)
        index += 1
      }
      return index > start ? value : nil
    }

    /// `[+-]h[h][:mm[:ss]]` in seconds.
    mutating func clock() -> Int? {
      let isNegative = skip("-")
      if !isNegative { _ = skip("+") }
      guard let hours = number(), hours <= 167 else { return nil }
      var seconds = hours * 3600
      for unit: Int64 in [60, 1] {
        guard skip(":") else { break }
        guard let part = number(), part < 60 else { return nil }
        seconds += part * unit
      }
      return Int(isNegative ? -seconds : seconds)
    }

    mutating func moment() -> Moment? {
      let day: Moment.DayRule
      if skip("M") {
        guard let month = number(), skip("."), let week = number(), skip("."), let weekday = number(),
          (1...12).contains(month), (1...5).contains(week), (0...6).contains(weekday)
        else { return nil }
        day = .monthly(month: month, week: week, weekday: weekday)
      } else if skip("J") {
        guard let number = number(), (1...365).contains(number) else { return nil }
        day = .julian(number)
      } else {
        guard let number = number(), number <= 365 else { return nil }
        day = .zeroBased(number)
      }
      guard skip("/") else { return Moment(day: day, seconds: 7200) }
      guard let seconds = clock() else { return nil }
      return Moment(day: day, seconds: seconds)
    }
  }
}
