public import TradingModel

/// Why a CSV file was not imported. Lines count from 1, the header included; `file` is the path as it was given.
public enum CSVError: Error, Sendable, Equatable {
  // MARK: The file
  /// The file cannot be opened.
  case cannotOpen(file: String, reason: String)
  /// The path names a directory.
  case isDirectory(file: String)
  /// Reading broke off.
  case readFailed(file: String, reason: String)
  /// A pipe or device delivered nothing for a long time.
  case stalled(file: String, seconds: Int)
  /// The caller asked to stop.
  case cancelled(file: String)
  /// The file is of another kind, recognised by its first bytes.
  case notText(file: String, kind: String, remedy: String)
  /// The file is gzip, and torn or damaged.
  case damagedGzip(file: String, reason: String)
  /// A NUL byte: the file is binary.
  case nulByte(file: String, line: Int)
  /// A line is longer than any line of prices.
  case lineTooLong(file: String, line: Int, limit: Int)
  /// The file holds no byte but white space.
  case empty(file: String)
  /// There is a header, or skipped rows, and no bar.
  case noRows(file: String, skippedRows: Int)
  /// The file holds more rows than the options allow.
  case tooManyRows(file: String, limit: Int)

  // MARK: Its columns
  /// None of the first lines is a header or a row of prices.
  case noHeader(file: String, line: Int, text: String)
  /// The header lacks a column.
  case missingColumn(file: String, line: Int, field: String, columns: [String])
  /// Two columns could be the same field.
  case ambiguousColumn(file: String, line: Int, field: String, first: String, second: String)
  /// Rows without a header have a number of cells that no known format has.
  case unknownCells(file: String, line: Int, cells: Int)
  /// Adjusted prices were asked for, and no column tells how to adjust.
  case noAdjustedClose(file: String, columns: [String])
  /// The file holds several symbols and none was chosen. `line` is where the second one begins.
  case severalSymbols(file: String, line: Int, symbols: [String])
  /// The chosen symbol is not in the file.
  case unknownSymbol(file: String, symbol: String, symbols: [String])

  // MARK: Its rows
  /// A row has fewer cells than the header.
  case tooFewCells(file: String, line: Int, cells: Int, expected: Int, missing: String, isTorn: Bool)
  /// A row has more cells than the header.
  case tooManyCells(file: String, line: Int, cells: Int, expected: Int)
  /// A quoted cell does not end on its line, or goes on behind its closing quote.
  case brokenQuote(file: String, line: Int, column: String)
  /// A cell that must hold a number holds something else.
  case notANumber(file: String, line: Int, column: String, text: String)
  /// A price is missing from a row that has others.
  case missingPrice(file: String, line: Int, column: String, text: String)
  /// The close by which a row would be adjusted is not above 0.
  case cannotAdjust(file: String, line: Int, column: String, value: Double)
  /// A comma may be a decimal comma or one between thousands.
  case ambiguousComma(file: String, line: Int, column: String, text: String)
  /// Prices look like LEAN's, in ten-thousandths.
  case scaledPrices(file: String, line: Int, text: String)
  /// A row breaks the rules of a bar; `fault` is the text of ``TradingModel/BarSeriesError/fault``.
  case invalidBar(file: String, line: Int, fault: String, isAdjusted: Bool)

  // MARK: Its times
  /// A cell does not hold a date in the form of the first row; `form` is `nil` in the first row.
  case notADate(file: String, line: Int, column: String, text: String, form: String?)
  /// A row names its offset from UTC and the ones before do not, or the other way round.
  case mixedOffsets(file: String, line: Int, column: String, text: String, hasOffset: Bool)
  /// A two-digit year, whose place in the date nothing tells.
  case shortYear(file: String, line: Int, column: String, text: String)
  /// Dates may be read in two ways; the times are those of `text` in either.
  case ambiguousDate(
    file: String, line: Int, column: String, text: String, dayFirst: EpochMilliseconds, monthFirst: EpochMilliseconds)
  /// One date can only be day/month, another only month/day.
  case contradictingDates(
    file: String, dayFirstLine: Int, dayFirst: String, monthFirstLine: Int, monthFirst: String)
  /// A date cannot be read in the order that was asked for.
  case dateOrderRefuted(file: String, line: Int, column: String, text: String, order: CSVOptions.DateOrder)
  /// Two rows have the same time.
  case duplicateTime(file: String, line: Int, otherLine: Int, time: EpochMilliseconds)
  /// Rows are in no order. `line` comes behind `otherLine` in the file and lies on the wrong side of it in time.
  case notSorted(
    file: String, line: Int, time: EpochMilliseconds, otherLine: Int, otherTime: EpochMilliseconds, isNewestFirst: Bool)
}
