import TradingModel

/// Makes times of what a ``TimestampReader`` has read, when the whole file is known.
struct TimestampResolver {
  /// What was decided about days and months.
  enum DateOrderGround: Equatable {
    /// The form leaves nothing open.
    case none
    /// The caller said so.
    case asked
    /// A date of the file can only be read so.
    case proven(line: Int, text: String)
    /// Only so are the rows in order of time.
    case rowsInOrder
    /// Dates with points begin with the day everywhere.
    case points
    /// Day and month are the same number in all rows.
    case sameNumbers
  }

  /// What was done about offsets from UTC.
  enum ZoneTreatment: Equatable {
    /// The file holds dates; each is stamped 00:00 UTC.
    case dates
    /// Local midnights were read as their dates.
    case localDates
    /// The times named their offsets and were converted.
    case converted
    /// The times named none and were taken to be so many minutes ahead of UTC.
    case assumed(minutes: Int32)
    /// Epoch times are UTC.
    case epoch
  }

  private var reader: TimestampReader
  private let file: String
  private let column: String
  private let options: CSVOptions
  /// The order of day and month that was used, `nil` when the form has none to decide.
  private(set) var order: CSVOptions.DateOrder?
  private(set) var ground = DateOrderGround.none
  private(set) var zone = ZoneTreatment.dates
  /// The offsets from UTC that occur in the file, minutes, each once.
  var offsets: [Int32] { Array(Set(reader.offsets.map(\.minutes))).sorted() }

  init(reader: TimestampReader, file: String, column: String, options: CSVOptions) {
    self.reader = reader
    self.file = file
    self.column = column
    self.options = options
  }

  /// Turns the provisional values into UTC milliseconds.
  /// - Parameter lines: The line of each row.
  mutating func resolve(_ times: inout [Int64], lines: LineMap) throws(CSVError) {
    if case .yearLast(let separator, _) = reader.form {
      let order = try decideOrder(times, separator: separator)
      self.order = order
      for row in times.indices {
        guard let time = time(times[row], order) else {
          let (year, first, second) = Self.parts(times[row])
          let mark = String(UnicodeScalar(separator))
          throw .notADate(
            file: file, line: lines.line(ofRow: row), column: column,
            text: "\(first)\(mark)\(second)\(mark)\(year)", form: reader.form.pattern(order))
        }
        times[row] = time
      }
    }
    resolveOffsets(&times)
  }

  private static func parts(_ packed: Int64) -> (year: Int64, first: Int64, second: Int64) {
    let day = packed >> 27
    return (day >> 14, day >> 7 & 127, day & 127)
  }

  private mutating func time(_ packed: Int64, _ order: CSVOptions.DateOrder) -> Int64? {
    let (year, first, second) = Self.parts(packed)
    let day =
      order == .dayFirst
      ? reader.dayNumber(year: year, month: second, day: first)
      : reader.dayNumber(year: year, month: first, day: second)
    return day.map { $0 * TimestampReader.millisecondsADay + packed & (1 << 27 - 1) }
  }

  private mutating func decideOrder(_ times: [Int64], separator: UInt8) throws(CSVError) -> CSVOptions.DateOrder {
    if let dayFirst = reader.firstAbove12, let monthFirst = reader.secondAbove12 {
      throw .contradictingDates(
        file: file, dayFirstLine: dayFirst.line, dayFirst: dayFirst.text, monthFirstLine: monthFirst.line,
        monthFirst: monthFirst.text)
    }
    if let asked = options.dateOrder {
      if let refuting = asked == .dayFirst ? reader.secondAbove12 : reader.firstAbove12 {
        throw .dateOrderRefuted(
          file: file, line: refuting.line, column: column, text: refuting.text, order: asked)
      }
      ground = .asked
      return asked
    }
    if let proof = reader.firstAbove12 ?? reader.secondAbove12 {
      ground = .proven(line: proof.line, text: proof.text)
      return reader.firstAbove12 != nil ? .dayFirst : .monthFirst
    }
    guard let differing = reader.firstDiffering,
      let example = times.first(where: { Self.parts($0).first != Self.parts($0).second })
    else {
      ground = .sameNumbers
      return .dayFirst
    }
    if separator == UInt8(ascii: ".") {
      ground = .points
      return .dayFirst
    }
    // A file that is in order in one reading only would be refused in the other.
    let isDayFirst = isInOrder(times, .dayFirst)
    if isDayFirst != isInOrder(times, .monthFirst) {
      ground = .rowsInOrder
      return isDayFirst ? .dayFirst : .monthFirst
    }
    throw .ambiguousDate(
      file: file, line: differing.line, column: column, text: differing.text,
      dayFirst: time(example, .dayFirst) ?? 0, monthFirst: time(example, .monthFirst) ?? 0)
  }

  /// Whether all rows are oldest first or all newest first in a reading.
  private mutating func isInOrder(_ times: [Int64], _ order: CSVOptions.DateOrder) -> Bool {
    var rises = 0
    var previous: Int64?
    for (row, packed) in times.enumerated() {
      guard let time = time(packed, order) else { return false }
      if let previous {
        if time == previous { return false }
        rises += time > previous ? 1 : 0
        if rises != 0, rises != row { return false }
      }
      previous = time
    }
    return true
  }

  private mutating func resolveOffsets(_ times: inout [Int64]) {
    if reader.form == .epoch {
      zone = .epoch
    } else if reader.offsets.isEmpty {
      if reader.isAllMidnight {
        zone = .dates
      } else {
        zone = .assumed(minutes: options.utcOffsetMinutes)
        if options.utcOffsetMinutes != 0 {
          for row in times.indices { times[row] -= Int64(options.utcOffsetMinutes) * 60_000 }
        }
      }
    } else if options.keepsLocalDates, reader.isAllMidnight, reader.offsets.contains(where: { $0.minutes != 0 }) {
      zone = .localDates
    } else {
      zone = .converted
      for (index, run) in reader.offsets.enumerated() where run.minutes != 0 {
        let end = index + 1 < reader.offsets.count ? reader.offsets[index + 1].row : times.count
        for row in min(run.row, times.count)..<min(max(end, run.row), times.count) {
          times[row] -= Int64(run.minutes) * 60_000
        }
      }
    }
  }
}

extension TimestampForm {
  /// The form in letters: `YYYY-MM-DD`.
  func pattern(_ order: CSVOptions.DateOrder?) -> String {
    switch self {
    case .yearFirst(let separator):
      let mark = String(UnicodeScalar(separator))
      return "YYYY\(mark)MM\(mark)DD"
    case .compact: return "YYYYMMDD"
    case .yearLast(let separator, let isShort):
      let mark = String(UnicodeScalar(separator))
      let year = isShort ? "YY" : "YYYY"
      switch order {
      case .dayFirst: return "D\(mark)M\(mark)\(year)"
      case .monthFirst: return "M\(mark)D\(mark)\(year)"
      case nil: return "D\(mark)M\(mark)\(year) or M\(mark)D\(mark)\(year)"
      }
    case .named: return "day, name of month, year"
    case .epoch: return "epoch time"
    }
  }
}
