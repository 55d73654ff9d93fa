/// How a CSV file is to be read where the file itself cannot tell.
public struct CSVOptions: Sendable, Hashable {
  /// Which number of a date such as 3/4/2020 comes first.
  public enum DateOrder: String, Sendable, CaseIterable {
    /// 3 April.
    case dayFirst = "day-first"
    /// 4 March.
    case monthFirst = "month-first"
  }

  /// Whether prices are adjusted by the file's `Adj Close` column: open, high and low times adjusted close / close, the
  /// close being the adjusted close itself; the volume stays. A file without that column is then refused.
  public var adjust = false
  /// Whether rows that are neither oldest first nor newest first are sorted by time rather than refused.
  public var sort = false
  /// The symbol whose rows or columns are read from a file that holds several, in any case; `nil` when it holds one.
  public var symbol: String?
  /// The order of day and month; `nil` decides over the whole file and refuses a file that leaves it open.
  public var dateOrder: DateOrder?
  /// Whether `1,612` means 1.612; `nil` decides by the first lines and refuses a file that leaves it open.
  public var decimalComma: Bool?
  /// What prices are divided by, above 0: 10000 for LEAN's equity files; `nil` takes them as they are.
  public var priceDivisor: Double?
  /// How far the clock of times without an offset is ahead of UTC, in minutes: -300 for New York's winter time. Files
  /// that hold dates only are not moved.
  public var utcOffsetMinutes: Int32 = 0
  /// Whether stamps with an offset that are all local midnight (daily bars, as yfinance writes them) are read as those
  /// dates; otherwise they are converted to UTC as other times are.
  public var keepsLocalDates = true
  /// The most bars that are read; a file with more is refused. One bar takes 48 bytes.
  public var rowLimit = 100_000_000

  /// Options that leave every decision to the file.
  public init() {}
}
