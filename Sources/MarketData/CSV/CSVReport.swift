public import TradingModel

/// What was recognised in a CSV file and what was done with it.
public struct CSVReport: Sendable, Equatable {
  /// A column that was read.
  public struct Column: Sendable, Equatable {
    /// What it holds: `Open`, `Date`, `Adj Close`…
    public let field: String
    /// Its name in the header; the field's name when there is no header.
    public let name: String
    /// Its place, counted from 1.
    public let position: Int
  }

  /// How the rows lay in the file.
  public enum Order: String, Sendable {
    /// Oldest first.
    case oldestFirst = "oldest first"
    /// Newest first; they were turned round.
    case newestFirst = "newest first, turned round"
    /// Neither; they were sorted because that was asked for.
    case sorted = "unsorted, sorted by time"
  }

  /// What is known about the adjustment of prices for splits and dividends.
  public enum Adjustment: String, Sendable {
    /// There is no adjusted close: whether the prices are adjusted is unknown.
    case unknown = "no adjusted close in the file; whether its prices are adjusted is unknown"
    /// There is an adjusted close that was not used.
    case available = "not adjusted; the file has an adjusted close"
    /// Prices were adjusted by the adjusted close.
    case applied = "adjusted by the file's adjusted close"
  }

  /// The path as it was given.
  public let file: String
  /// Whether the file is gzip-compressed.
  public let isCompressed: Bool
  /// The program or vendor whose format this is; `nil` when it is one that many write.
  public let dialect: String?
  /// `comma`, `semicolon`, `tab` or `bar`.
  public let delimiter: String
  /// The line of the header, counted from 1; `nil` when there is none.
  public let headerLine: Int?
  /// How dates are written, and how day and month were told apart.
  public let dateForm: String
  /// What was done about time zones.
  public let timeZone: String
  /// The columns that were read, in file order.
  public let columns: [Column]
  /// The names of the columns that were not read, as the header has them; empty where it leaves a name out.
  public let ignoredColumns: [String]
  /// How the rows lay in the file.
  public let order: Order
  /// Whether prices were adjusted.
  public let adjustment: Adjustment
  /// Number of bars.
  public let rows: Int
  /// Lines left out because all of their prices are missing, counted from 1.
  public let skippedLines: [Int]
  /// Rows of other symbols than the chosen one.
  public let otherSymbolRows: Int
  /// The first bar's time.
  public let first: EpochMilliseconds
  /// The last bar's time.
  public let last: EpochMilliseconds
  /// What was taken for granted and changes results if it is wrong, one sentence each.
  public let assumptions: [String]
  /// Other things that were recognised, one sentence each.
  public let remarks: [String]

  /// ``assumptions``, then ``remarks``.
  public var notes: [String] { assumptions + remarks }
}

extension CSVReport: CustomStringConvertible {
  /// The report in one paragraph.
  public var summary: String {
    var text =
      "\(file): \(rows) bars, \(UTCText.format(first)) to \(UTCText.format(last)); \(format), dates \(dateForm), "
    text += "\(timeZone); rows \(order.rawValue); \(adjustment.rawValue)"
    if !skippedLines.isEmpty { text += "; left out: \(skippedRowsText)" }
    if otherSymbolRows > 0 { text += "; left out: \(otherSymbolRows) of other symbols" }
    if !ignoredColumns.isEmpty { text += "; columns not used: \(CSVError.list(ignoredColumns))" }
    return ([text + "."] + notes).joined(separator: " ")
  }

  /// What a user of the bars should know, one sentence each: rows left out, rows sorted, and ``assumptions``. Empty for most
  /// files; what was merely recognised, such as rows that are newest first, is in the report.
  public var warnings: [String] {
    var warnings: [String] = []
    if !skippedLines.isEmpty { warnings.append("Left out: \(skippedRowsText).") }
    if order == .sorted { warnings.append("The rows were \(order.rawValue).") }
    return warnings + assumptions
  }

  /// The report, one fact a line.
  public var description: String {
    var facts = [
      ("file", file), ("format", format), ("dates", dateForm), ("time zone", timeZone),
      ("columns", columns.map { $0.field == $0.name ? $0.name : "\($0.field) = \($0.name)" }.joined(separator: ", ")),
    ]
    if !ignoredColumns.isEmpty { facts.append(("not used", CSVError.list(ignoredColumns))) }
    facts += [
      ("order", order.rawValue), ("prices", adjustment.rawValue),
      ("bars", "\(rows), \(UTCText.format(first)) to \(UTCText.format(last))"),
    ]
    if !skippedLines.isEmpty { facts.append(("left out", skippedRowsText)) }
    if otherSymbolRows > 0 {
      facts.append(("left out", "\(otherSymbolRows) row\(otherSymbolRows == 1 ? "" : "s") of other symbols"))
    }
    facts += notes.map { ("note", $0) }
    return facts.map { name, value in
      name + String(repeating: " ", count: max(1, 11 - name.count)) + value
    }.joined(separator: "\n")
  }

  private var format: String {
    let kind = "\(dialect.map { "\($0), " } ?? "")\(delimiter)-separated"
    return kind + (headerLine == nil ? ", no header" : "") + (isCompressed ? ", gzip" : "")
  }

  private var skippedRowsText: String {
    let lines = CSVError.list(skippedLines.map(String.init))
    return skippedLines.count == 1
      ? "1 row without any price (line \(lines))" : "\(skippedLines.count) rows without any price (lines \(lines))"
  }
}
