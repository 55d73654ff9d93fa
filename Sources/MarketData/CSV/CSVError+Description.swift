import TradingModel

extension CSVError: CustomStringConvertible {
  /// One or two sentences: which file, line and column, what was wrong, and what to do next.
  public var description: String {
    switch self {
    case .cannotOpen(let file, let reason):
      "\(file.contains { $0.asciiValue ?? 32 < 32 } || file.isEmpty ? Self.quote(file) : file) cannot be opened: \(reason)."
    case .isDirectory(let file):
      "\(file) is a directory; give the path of a CSV file."
    case .readFailed(let file, let reason):
      "Reading \(file) broke off: \(reason)."
    case .stalled(let file, let seconds):
      "\(file) delivered nothing for \(seconds) seconds; give an ordinary file, or see what writes to it."
    case .cancelled(let file):
      "The import of \(file) was cancelled."
    case .notText(let file, let kind, let remedy):
      "\(file) is \(kind), not CSV; \(remedy)."
    case .damagedGzip(let file, let reason):
      "\(file) is a damaged gzip file: \(reason); fetch it again."
    case .nulByte(let file, let line):
      "\(file), line \(line) holds a NUL byte: this is a binary file, or a damaged one, not CSV."
    case .lineTooLong(let file, let line, let limit):
      "\(file), line \(line) is longer than \(limit) bytes; this is not a CSV file of prices."
    case .empty(let file):
      "\(file) is empty; a CSV file of prices with the columns Date, Open, High, Low, Close was expected."
    case .noRows(let file, let skipped):
      skipped == 0
        ? "\(file) holds a header and no row; fetch the data again, or choose another range."
        : "\(file) holds no bar: in all of its \(skipped) rows, every price is missing."
    case .tooManyRows(let file, let limit):
      "\(file) holds more than \(limit) rows; cut it into smaller files, or raise the limit."
    case .noHeader, .missingColumn, .ambiguousColumn, .unknownCells, .noAdjustedClose, .severalSymbols, .unknownSymbol:
      columnDescription
    case .tooFewCells, .tooManyCells, .brokenQuote, .notANumber, .missingPrice, .cannotAdjust, .ambiguousComma,
      .scaledPrices, .invalidBar:
      rowDescription
    case .notADate, .mixedOffsets, .shortYear, .ambiguousDate, .contradictingDates, .dateOrderRefuted, .duplicateTime,
      .notSorted:
      timeDescription
    }
  }

  private var columnDescription: String {
    switch self {
    case .noHeader(let file, let line, let text):
      "\(file), line \(line) is neither a header nor a row of prices: \(Self.quote(text)). A header with the columns "
        + "Date, Open, High, Low, Close (in any order and case) was expected among the first lines."
    case .missingColumn(let file, let line, let field, let columns):
      "\(file), line \(line): the header has no \(field) column. Its columns are \(Self.list(columns)); rename the one "
        + "that is meant."
    case .ambiguousColumn(let file, let line, let field, let first, let second):
      "\(file), line \(line): \(first) and \(second) could both be the \(field); rename or remove one of the two."
    case .unknownCells(let file, let line, let cells):
      "\(file), line \(line) has \(cells) cells and there is no header to name them; put a line such as "
        + "\"Date,Open,High,Low,Close,Volume\" in front."
    case .noAdjustedClose(let file, let columns):
      "\(file) cannot be adjusted: it has no Adj Close column. Its columns are \(Self.list(columns)); leave adjusting "
        + "out, or fetch the data with adjusted closes."
    case .severalSymbols(let file, let line, let symbols):
      "\(file) holds several symbols (\(Self.list(symbols)); the second begins in line \(line)); choose one with --symbol."
    case .unknownSymbol(let file, let symbol, let symbols):
      "\(file) holds no row of the symbol \(Self.quote(symbol)); it holds \(Self.list(symbols))."
    default: ""
    }
  }

  private var rowDescription: String {
    switch self {
    case .tooFewCells(let file, let line, let cells, let expected, let missing, let isTorn):
      isTorn
        ? "\(file), line \(line) is torn: it ends in the middle, before the column \(missing) (\(cells) of \(expected) "
          + "cells and no line end). The file was cut off; fetch it again, or remove the line."
        : "\(file), line \(line) has \(cells) cells where \(expected) were expected: the column \(missing) is missing. "
          + "Complete or remove the line."
    case .tooManyCells(let file, let line, let cells, let expected):
      "\(file), line \(line) has \(cells) cells where \(expected) were expected; a number with a comma in it needs quotes."
    case .brokenQuote(let file, let line, let column):
      "\(file), line \(line), column \(column): the quoted text does not end with a quote and a delimiter."
    case .notANumber(let file, let line, let column, let text):
      "\(file), line \(line), column \(column): \(Self.quote(text)) is not a number; correct or remove the line."
    case .missingPrice(let file, let line, let column, let text):
      "\(file), line \(line), column \(column): the price is missing (\(text.isEmpty ? "empty" : Self.quote(text))) "
        + "though others of the row are there; complete or remove the line."
    case .cannotAdjust(let file, let line, let column, let value):
      "\(file), line \(line), column \(column): the row cannot be adjusted by \(value); a price must be above 0."
    case .ambiguousComma(let file, let line, let column, let text):
      "\(file), line \(line), column \(column): \(Self.quote(text)) may have a decimal comma or one between thousands, and "
        + "no other number tells; say which with --decimal-comma or --no-decimal-comma."
    case .scaledPrices(let file, let line, let text):
      "\(file), line \(line): \(Self.quote(text)) looks like LEAN's equity data, whose prices are in ten-thousandths; "
        + "say --price-divisor 10000 for those, or --price-divisor 1 to take the prices as they are."
    case .invalidBar(let file, let line, let fault, let isAdjusted):
      "\(file), line \(line): \(fault)\(isAdjusted ? " (prices as adjusted)" : "")."
    default: ""
    }
  }

  private var timeDescription: String {
    switch self {
    case .notADate(let file, let line, let column, let text, let form):
      if text.isEmpty {
        "\(file), line \(line), column \(column): the date is missing; complete or remove the line."
      } else if let form {
        "\(file), line \(line), column \(column): \(Self.quote(text)) is not a date in the form of the first row, \(form)."
      } else {
        "\(file), line \(line), column \(column): \(Self.quote(text)) is not a date; forms such as 2020-12-31, "
          + "2020-12-31 14:30:00+01:00, 12/31/2020 or epoch seconds were expected."
      }
    case .mixedOffsets(let file, let line, let column, let text, let hasOffset):
      "\(file), line \(line), column \(column): \(Self.quote(text)) has \(hasOffset ? "an" : "no") offset from UTC and "
        + "the rows before have \(hasOffset ? "none" : "one"); write all of them alike."
    case .shortYear(let file, let line, let column, let text):
      "\(file), line \(line), column \(column): the year of \(Self.quote(text)) has two digits, so the order of its parts "
        + "is a guess; say --date-order day-first or --date-order month-first."
    case .ambiguousDate(let file, let line, let column, let text, let dayFirst, let monthFirst):
      "\(file), line \(line), column \(column): \(Self.quote(text)) may be \(UTCText.formatDate(dayFirst)) (day first) or "
        + "\(UTCText.formatDate(monthFirst)) (month first), and no date of the file tells; say --date-order day-first or "
        + "--date-order month-first."
    case .contradictingDates(let file, let dayLine, let dayFirst, let monthLine, let monthFirst):
      "\(file): \(Self.quote(dayFirst)) (line \(dayLine)) can only be read with the day first and \(Self.quote(monthFirst)) "
        + "(line \(monthLine)) only with the month first; write all dates alike."
    case .dateOrderRefuted(let file, let line, let column, let text, let order):
      "\(file), line \(line), column \(column): \(Self.quote(text)) cannot be read \(order.rawValue), as was asked for; "
        + "try --date-order \(order == .dayFirst ? "month-first" : "day-first")."
    case .duplicateTime(let file, let line, let otherLine, let time):
      "\(file), lines \(otherLine) and \(line) have the same time, \(UTCText.format(time)); keep one of the two."
    case .notSorted(let file, let line, let time, let otherLine, let otherTime, let isNewestFirst):
      "\(file), line \(line): its time \(UTCText.format(time)) is \(isNewestFirst ? "after" : "before") that of line "
        + "\(otherLine), \(UTCText.format(otherTime)), though the file is \(isNewestFirst ? "newest" : "oldest") first "
        + "there; correct the line, or say --sort."
    default: ""
    }
  }

  /// A text from the file in quotes: cut to 40 characters, with escapes for what a terminal would not show.
  static func quote(_ text: String) -> String {
    var quoted = "\""
    for (index, character) in text.unicodeScalars.enumerated() {
      if index == 40 { return quoted + "…\"" }
      quoted += character.escaped(asASCII: false)
    }
    return quoted + "\""
  }

  /// Names in a row, ten at most.
  static func list(_ names: [String]) -> String {
    let shown = names.prefix(10).map { $0.isEmpty ? "(no name)" : $0 }.joined(separator: ", ")
    return names.count > 10 ? "\(shown) and \(names.count - 10) more" : shown
  }
}
