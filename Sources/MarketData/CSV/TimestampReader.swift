import TradingModel

/// Reads the times of a file, all in the form of its first row, and gathers over the whole file what decides their
/// meaning: evidence for day or month first, offsets from UTC, whether there is a time of day at all.
///
/// What ``read(_:clock:row:line:)`` returns is provisional: local milliseconds, or for ``TimestampForm/yearLast`` the parts of
/// the date packed into one number. ``TimestampResolver`` makes times of them when the whole file is known.
struct TimestampReader {
  enum Failure {
    case notADate
    case offsetAppeared
    case offsetMissing
  }

  /// A change of the offset from UTC: it holds from `row` on.
  struct OffsetRun {
    let row: Int
    let minutes: Int32
  }

  let form: TimestampForm
  /// A date of the file, and where it stands.
  struct Evidence {
    let line: Int
    let text: String
  }

  /// The first dates whose first number, or second number, is above 12, and the first one whose two numbers differ; for
  /// ``TimestampForm/yearLast``.
  private(set) var firstAbove12: Evidence?
  private(set) var secondAbove12: Evidence?
  private(set) var firstDiffering: Evidence?
  /// Whether no row has a time of day other than 00:00.
  private(set) var isAllMidnight = true
  /// Whether the rows have a time of day, be it 00:00.
  private(set) var hasClock = false
  /// Offsets as they change; empty when times have none.
  private(set) var offsets: [OffsetRun] = []
  /// Rows with digits behind the milliseconds that are not 0; those are dropped.
  private(set) var finerThanMillisecond = 0
  /// The units of epoch times in the file: digits of a second's fraction in the number, 0, 3, 6 or 9.
  private(set) var epochUnits: [Int] = []
  /// Whether the values read so far are UTC milliseconds already, as far as the file decides it.
  var isFinal: Bool {
    if case .yearLast = form { return false }
    return offsets.isEmpty
  }
  /// Why the last ``read(_:clock:row:line:)`` gave `nil`.
  private(set) var failure = Failure.notADate

  private var monthKey: Int64 = -1
  private var monthStart: Int64 = 0
  private var monthLength: Int64 = 0
  private var hasOffset: Bool?

  static let millisecondsADay: Int64 = 86_400_000

  init(form: TimestampForm) {
    self.form = form
    if case .yearFirst(let mark) = form {
      separator = mark
      takesPlainTimes = true
    }
  }

  /// The time of a row.
  /// - Parameters:
  ///   - date: The cell with the date, and the time of day unless it has a cell of its own.
  ///   - clock: The cell with the time of day.
  ///   - row: The row's number; it never falls from call to call.
  ///   - line: The line it stands in.
  mutating func read(_ date: CSVCell, clock: CSVCell?, row: Int, line: Int) -> Int64? {
    failure = .notADate
    var position = date.start
    if form == .epoch { return clock == nil ? readEpoch(&position, date.end) : nil }
    guard let day = readDay(&position, date, line: line) else { return nil }
    var end = date.end
    if let clock {
      guard position == date.end else { return nil }
      position = clock.start
      end = clock.end
    } else if position < end {
      skipDateSeparator(&position, end)
    }
    var time: Int64 = 0
    var minutes: Int32?
    if position < end {
      guard let milliseconds = readClock(&position, end) else { return nil }
      time = milliseconds
      hasClock = true
      if time != 0 { isAllMidnight = false }
      if position < end {
        minutes = readOffset(&position, end)
        if minutes == nil || position != end { return nil }
      }
    } else if clock != nil {
      return nil
    }
    guard note(offset: minutes, row: row) else { return nil }
    if case .yearLast = form { return day << 27 | time }
    return day * Self.millisecondsADay + time
  }

  /// A time in the commonest forms, `2020-12-31` and `2020-12-31 14:30:00`, found without looking for the cell's end.
  struct PlainTime {
    let milliseconds: Int64
    let hasClock: Bool
    /// The byte behind it; the caller sees whether the cell ends there.
    let next: UnsafePointer<UInt8>
  }

  /// Whether ``plainTime(at:)`` may find something.
  private(set) var takesPlainTimes = false
  private var separator = UInt8(ascii: "-")

  /// Reads a plain time without noting anything yet; `nil` leaves the text to ``read(_:clock:row:line:)``.
  @inline(__always)
  mutating func plainTime(at start: UnsafePointer<UInt8>) -> PlainTime? {
    var wrong: UInt8 = 0
    func pair(_ offset: Int) -> Int64 {
      let tens = start[offset] &- UInt8(ascii: "0")
      let units = start[offset + 1] &- UInt8(ascii: "0")
      wrong |= (tens > 9 ? 1 : 0) | (units > 9 ? 1 : 0)
      return Int64(tens &* 10 &+ units)
    }
    // Each mark is seen before the bytes behind it are touched, so that nothing behind the line's end is read.
    let century = pair(0)
    guard wrong == 0 else { return nil }
    let year = century * 100 + pair(2)
    guard wrong == 0, start[4] == separator else { return nil }
    let month = pair(5)
    guard wrong == 0, start[7] == separator else { return nil }
    let day = pair(8)
    guard wrong == 0, let number = dayNumber(year: year, month: month, day: day) else { return nil }
    guard start[10] == UInt8(ascii: " ") || start[10] == UInt8(ascii: "T") else {
      return PlainTime(milliseconds: number * Self.millisecondsADay, hasClock: false, next: start + 10)
    }
    let hour = pair(11)
    guard wrong == 0, start[13] == UInt8(ascii: ":") else { return nil }
    let minute = pair(14)
    guard wrong == 0, start[16] == UInt8(ascii: ":") else { return nil }
    let second = pair(17)
    guard wrong == 0, hour < 24, minute < 60, second < 60 else { return nil }
    return PlainTime(
      milliseconds: number * Self.millisecondsADay + ((hour * 60 + minute) * 60 + second) * 1000, hasClock: true,
      next: start + 19)
  }

  /// Notes that a plain time is a row's time.
  @inline(__always)
  mutating func take(_ time: PlainTime) -> Int64 {
    hasOffset = false
    if time.hasClock {
      hasClock = true
      if time.milliseconds % Self.millisecondsADay != 0 { isAllMidnight = false }
    }
    return time.milliseconds
  }

  /// Compares a row's offset with those before.
  private mutating func note(offset minutes: Int32?, row: Int) -> Bool {
    if hasOffset == nil {
      hasOffset = minutes != nil
      // A later time without an offset would then be a fault, which only the careful way sees.
      if minutes != nil { takesPlainTimes = false }
    }
    if (minutes != nil) != hasOffset {
      failure = minutes == nil ? .offsetMissing : .offsetAppeared
      return false
    }
    if let minutes, offsets.last?.minutes != minutes { offsets.append(OffsetRun(row: row, minutes: minutes)) }
    return true
  }

  // MARK: Dates

  private mutating func readDay(
    _ position: inout UnsafePointer<UInt8>, _ cell: CSVCell, line: Int
  ) -> Int64? {
    switch form {
    case .yearFirst(let separator):
      guard let year = digits(&position, exactly: 4), position.pointee == separator else { return nil }
      position += 1
      guard let month = oneOrTwoDigits(&position), position.pointee == separator else { return nil }
      position += 1
      guard let day = oneOrTwoDigits(&position) else { return nil }
      return dayNumber(year: year, month: month, day: day)
    case .compact:
      guard let year = digits(&position, exactly: 4), let month = digits(&position, exactly: 2),
        let day = digits(&position, exactly: 2)
      else { return nil }
      return dayNumber(year: year, month: month, day: day)
    case .yearLast(let separator, let isShort):
      guard let first = oneOrTwoDigits(&position), position.pointee == separator else { return nil }
      position += 1
      guard let second = oneOrTwoDigits(&position), position.pointee == separator else { return nil }
      position += 1
      guard var year = digits(&position, exactly: isShort ? 2 : 4), !TimestampForm.isDigit(position.pointee),
        first > 0, second > 0, first <= 31, second <= 31
      else { return nil }
      // The pivot of POSIX's %y.
      if isShort { year += year < 69 ? 2000 : 1900 }
      if first != second {
        if firstDiffering == nil { firstDiffering = Evidence(line: line, text: cell.text) }
        if first > 12, firstAbove12 == nil { firstAbove12 = Evidence(line: line, text: cell.text) }
        if second > 12, secondAbove12 == nil { secondAbove12 = Evidence(line: line, text: cell.text) }
      }
      return year << 14 | first << 7 | second
    case .named:
      return readNamedDay(&position, cell.end)
    case .epoch:
      return nil
    }
  }

  /// The day number of a date, `nil` when there is no such day. The last month is remembered: files go through it.
  mutating func dayNumber(year: Int64, month: Int64, day: Int64) -> Int64? {
    let key = year << 4 | month
    if key != monthKey {
      guard month >= 1, month <= 12, year >= 1 else { return nil }
      monthKey = key
      monthStart = UTCText.days(year: year, month: month, day: 1)
      monthLength =
        (month == 12
          ? UTCText.days(year: year + 1, month: 1, day: 1) : UTCText.days(year: year, month: month + 1, day: 1))
        - monthStart
    }
    return day >= 1 && day <= monthLength ? monthStart + day - 1 : nil
  }

  private mutating func readNamedDay(
    _ position: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>
  ) -> Int64? {
    func skip(_ separators: String) {
      while position < end, separators.utf8.contains(position.pointee) { position += 1 }
    }
    func name() -> Int64? {
      let start = position
      while position < end, position.pointee | 0x20 >= UInt8(ascii: "a"), position.pointee | 0x20 <= UInt8(ascii: "z") {
        position += 1
      }
      return Self.month(named: Array(UnsafeBufferPointer(start: start, count: position - start))[...])
    }
    var month = TimestampForm.isDigit(position.pointee) ? nil : name()
    if month != nil { skip(" .") }
    guard let day = oneOrTwoDigits(&position) else { return nil }
    skip(" -/,.")
    if month == nil { month = name() }
    guard let month else { return nil }
    skip(" -/,.")
    guard let year = digits(&position, exactly: 4) else { return nil }
    return dayNumber(year: year, month: month, day: day)
  }

  /// The month of an English name or its first three letters; `nil` when there is none.
  static func month(named text: ArraySlice<UInt8>) -> Int64? {
    let letters = text.prefix { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }.map { $0 | 0x20 }
    guard letters.count >= 3 else { return nil }
    let names = [
      "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
      "december",
    ]
    return names.firstIndex { $0.utf8.starts(with: letters) || letters.elementsEqual("sept".utf8) && $0 == "september" }
      .map { Int64($0) + 1 }
  }

  // MARK: Times of day

  /// Goes over what stands between date and time: `T`, spaces, a comma.
  private func skipDateSeparator(_ position: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) {
    if position.pointee | 0x20 == UInt8(ascii: "t") {
      position += 1
      return
    }
    if position.pointee == UInt8(ascii: ",") { position += 1 }
    while position < end, position.pointee == UInt8(ascii: " ") { position += 1 }
  }

  /// Milliseconds since midnight, of `14:30`, `14:30:05.250`, `2:30 PM`, `143005`, `1430` or `02-PM`.
  private mutating func readClock(_ position: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int64? {
    let start = position
    var number: Int64 = 0
    while TimestampForm.isDigit(position.pointee), position - start < 9 {
      number = number * 10 + Int64(position.pointee - UInt8(ascii: "0"))
      position += 1
    }
    var (hour, minute, second, milliseconds): (Int64, Int64, Int64, Int64) = (number, 0, 0, 0)
    switch position - start {
    case 1, 2:
      if position.pointee == UInt8(ascii: ":") {
        position += 1
        guard let minutes = digits(&position, exactly: 2) else { return nil }
        minute = minutes
        if position.pointee == UInt8(ascii: ":") {
          position += 1
          guard let seconds = digits(&position, exactly: 2) else { return nil }
          second = seconds
          // Behind the cell's end, a comma is the delimiter.
          if position < end, position.pointee == UInt8(ascii: ".") || position.pointee == UInt8(ascii: ",") {
            position += 1
            guard let fraction = readMilliseconds(&position) else { return nil }
            milliseconds = fraction
          }
        }
      } else {
        // An hour alone needs its half of the day: 09-AM.
        if position.pointee == UInt8(ascii: "-") { position += 1 }
        guard position < end, "aApP".utf8.contains(position.pointee) else { return nil }
      }
    case 4: (hour, minute) = (number / 100, number % 100)
    case 6: (hour, minute, second) = (number / 10_000, number / 100 % 100, number % 100)
    case 9:
      (hour, minute, second) = (number / 10_000_000, number / 100_000 % 100, number / 1000 % 100)
      milliseconds = number % 1000
    default: return nil
    }
    guard readHalf(&position, end, hour: &hour) else { return nil }
    guard hour < 24, minute < 60, second < 60 else { return nil }
    return ((hour * 60 + minute) * 60 + second) * 1000 + milliseconds
  }

  /// Reads AM or PM if it is there.
  /// - Returns: false when the hour does not go with it.
  private func readHalf(
    _ position: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, hour: inout Int64
  ) -> Bool {
    if position >= end { return true }
    var next = position
    while next < end, next.pointee == UInt8(ascii: " ") { next += 1 }
    let letter = next.pointee | 0x20
    guard end - next >= 2, letter == UInt8(ascii: "a") || letter == UInt8(ascii: "p"),
      next[1] | 0x20 == UInt8(ascii: "m")
    else { return true }
    position = next + 2
    guard hour >= 1, hour <= 12 else { return false }
    hour = hour % 12 + (letter == UInt8(ascii: "p") ? 12 : 0)
    return true
  }

  /// Milliseconds from the digits behind a second's point.
  private mutating func readMilliseconds(_ position: inout UnsafePointer<UInt8>) -> Int64? {
    var value: Int64 = 0
    var count = 0
    var isFiner = false
    while TimestampForm.isDigit(position.pointee) {
      let digit = Int64(position.pointee - UInt8(ascii: "0"))
      if count < 3 { value = value * 10 + digit } else if digit != 0 { isFiner = true }
      count += 1
      position += 1
    }
    if count == 0 { return nil }
    while count < 3 {
      value *= 10
      count += 1
    }
    if isFiner { finerThanMillisecond += 1 }
    return value
  }

  /// Minutes ahead of UTC, of `Z`, `+01:00`, `-0500`, `+01`, `UTC`, `GMT` or `GMT+0100`.
  private func readOffset(_ position: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int32? {
    while position < end, position.pointee == UInt8(ascii: " ") { position += 1 }
    if position.pointee | 0x20 == UInt8(ascii: "z") {
      position += 1
      return 0
    }
    if end - position >= 3 {
      let name = UnsafeBufferPointer(start: position, count: 3)
      if name.elementsEqual("UTC".utf8) || name.elementsEqual("GMT".utf8) {
        position += 3
        if position == end { return 0 }
      }
    }
    let sign: Int64
    switch position.pointee {
    case UInt8(ascii: "+"): sign = 1
    case UInt8(ascii: "-"): sign = -1
    default: return nil
    }
    position += 1
    guard let hours = digits(&position, exactly: 2) else { return nil }
    if position.pointee == UInt8(ascii: ":") { position += 1 }
    let minutes = position < end ? digits(&position, exactly: 2) : 0
    guard let minutes, hours <= 15, minutes < 60 else { return nil }
    return Int32(sign * (hours * 60 + minutes))
  }

  // MARK: Epochs

  private mutating func readEpoch(_ position: inout UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> Int64? {
    let isNegative = position.pointee == UInt8(ascii: "-")
    if isNegative { position += 1 }
    let start = position
    var number: Int64 = 0
    while TimestampForm.isDigit(position.pointee) {
      if position - start == 19 { return nil }
      let (tenfold, overflow) = number.multipliedReportingOverflow(by: 10)
      let (sum, carry) = tenfold.addingReportingOverflow(Int64(position.pointee - UInt8(ascii: "0")))
      if overflow || carry { return nil }
      number = sum
      position += 1
    }
    let count = position - start
    if count == 0 { return nil }
    // 10, 13, 16 and 19 digits are the times since 2001. Fewer are earlier times in the unit that the file has.
    var unit = count <= 10 ? 0 : count <= 13 ? 3 : count <= 16 ? 6 : 9
    if let known = epochUnits.last, known > unit, ![10, 13, 16].contains(count) { unit = known }
    if !epochUnits.contains(unit) { epochUnits.append(unit) }
    var milliseconds: Int64
    switch unit {
    case 0: milliseconds = number * 1000
    case 3: milliseconds = number
    default:
      let divisor: Int64 = unit == 6 ? 1000 : 1_000_000
      milliseconds = number / divisor
      if number % divisor != 0 {
        finerThanMillisecond += 1
        // Down to the earlier millisecond, before 1970 too.
        if isNegative { milliseconds += 1 }
      }
    }
    if position < end, position.pointee == UInt8(ascii: ".") {
      position += 1
      guard let fraction = readMilliseconds(&position) else { return nil }
      if unit == 0 { milliseconds += fraction } else if fraction != 0 { finerThanMillisecond += 1 }
    }
    // The year 9999 ends at 253402300800.
    guard position == end, milliseconds < 253_402_300_800_000 else { return nil }
    return isNegative ? -milliseconds : milliseconds
  }

  // MARK: Digits

  @inline(__always)
  private func digits(_ position: inout UnsafePointer<UInt8>, exactly count: Int) -> Int64? {
    var value: Int64 = 0
    for offset in 0..<count {
      let digit = position[offset] &- UInt8(ascii: "0")
      if digit > 9 { return nil }
      value = value * 10 + Int64(digit)
    }
    position += count
    return value
  }

  @inline(__always)
  private func oneOrTwoDigits(_ position: inout UnsafePointer<UInt8>) -> Int64? {
    let first = position.pointee &- UInt8(ascii: "0")
    if first > 9 { return nil }
    position += 1
    let second = position.pointee &- UInt8(ascii: "0")
    if second > 9 { return Int64(first) }
    position += 1
    return Int64(first) * 10 + Int64(second)
  }
}
