import MarketData
import Testing
import TradingModel

/// A text that must be refused, and the sentence that says why.
struct Refusal: CustomTestStringConvertible, Sendable {
  let name: String
  let text: String
  let message: String
  var options = CSVOptions()

  var testDescription: String { name }
}

@Suite struct CSVErrorTests {
  static let header = "Date,Open,High,Low,Close,Volume\n"
  static let row = "2020-01-02,1,3,0.5,2,10\n"

  @Test(arguments: fileRefusals + columnRefusals + rowRefusals + timeRefusals)
  func refusedWithASentence(_ refusal: Refusal) {
    var message = ""
    do {
      _ = try CSVImporter(options: refusal.options).read(Array(refusal.text.utf8), name: "a.csv")
    } catch {
      message = "\(error)"
    }
    #expect(message == refusal.message)
  }

  static let fileRefusals: [Refusal] = [
    Refusal(
      name: "empty", text: "",
      message: "a.csv is empty; a CSV file of prices with the columns Date, Open, High, Low, Close was expected."),
    Refusal(
      name: "white space", text: "\n \n\r\n",
      message: "a.csv is empty; a CSV file of prices with the columns Date, Open, High, Low, Close was expected."),
    Refusal(
      name: "header only", text: header,
      message: "a.csv holds a header and no row; fetch the data again, or choose another range."),
    Refusal(
      name: "header without line end", text: "Date,Open,High,Low,Close",
      message: "a.csv holds a header and no row; fetch the data again, or choose another range."),
    Refusal(
      name: "rows without prices only", text: header + "2020-01-02,,,,,\n2020-01-03,null,null,null,null,null\n",
      message: "a.csv holds no bar: in all of its 2 rows, every price is missing."),
    Refusal(
      name: "NUL", text: header + row + "2020-01-03,1,3,\0,2,10\n",
      message: "a.csv, line 3 holds a NUL byte: this is a binary file, or a damaged one, not CSV."),
    Refusal(
      name: "web page", text: "<!DOCTYPE html><html>",
      message: "a.csv is a web page or XML, not CSV; download the file again, from a place that answers with CSV."),
    Refusal(
      name: "JSON", text: "{\"Error Message\": \"no\"}",
      message: "a.csv is JSON, not CSV; ask its source for CSV, or convert it."),
    Refusal(
      name: "zip", text: "PK\u{3}\u{4}",
      message: "a.csv is a zip archive or an Excel workbook, not CSV; unpack it, or save the sheet as CSV."),
    Refusal(
      name: "too many rows", text: header + row + "2020-01-03,1,3,0.5,2,10\n",
      message: "a.csv holds more than 1 rows; cut it into smaller files, or raise the limit.",
      options: CSVDialectTests.options { $0.rowLimit = 1 }),
  ]

  static let columnRefusals: [Refusal] = [
    Refusal(
      name: "no header", text: "Exceeded the daily hits limit\n",
      message:
        "a.csv, line 1 is neither a header nor a row of prices: \"Exceeded the daily hits limit\". A header with the "
        + "columns Date, Open, High, Low, Close (in any order and case) was expected among the first lines."),
    Refusal(
      name: "header in another language", text: "Datum;Erster;Hoch;Tief;Schluss\n2020-01-02;1;3;0,5;2\n",
      message:
        "a.csv, line 1 is neither a header nor a row of prices: \"Datum;Erster;Hoch;Tief;Schluss\". A header with "
        + "the columns Date, Open, High, Low, Close (in any order and case) was expected among the first lines."),
    Refusal(
      name: "no high", text: "Date,Open,Hi,Low,Close\n2020-01-02,1,3,0.5,2\n",
      message:
        "a.csv, line 1: the header has no High column. Its columns are Date, Open, Hi, Low, Close; rename the one "
        + "that is meant."),
    Refusal(
      name: "no date", text: "Open,High,Low,Close\n1,3,0.5,2\n",
      message:
        "a.csv, line 1: the header has no Date column. Its columns are Open, High, Low, Close; rename the one that "
        + "is meant."),
    Refusal(
      name: "closes only", text: "Date,Close\n2020-01-02,1\n",
      message:
        "a.csv, line 1: the header has no Open column. Its columns are Date, Close; rename the one that is meant."),
    Refusal(
      name: "two closes", text: "Date,Open,High,Low,Close,close\n2020-01-02,1,3,0.5,2,2\n",
      message:
        "a.csv, line 1: column 5 (Close) and column 6 (close) could both be the Close; rename or remove one of the "
        + "two."),
    Refusal(
      name: "unknown cells", text: "2020-01-02,1,3,0.5,2,10,7,8\n",
      message: "a.csv, line 1 has 8 cells and there is no header to name them; put a line such as "
        + "\"Date,Open,High,Low,Close,Volume\" in front."),
    Refusal(
      name: "no adjusted close", text: header + row,
      message: "a.csv cannot be adjusted: it has no Adj Close column. Its columns are Date, Open, High, Low, Close, "
        + "Volume; leave adjusting out, or fetch the data with adjusted closes.",
      options: CSVDialectTests.options { $0.adjust = true }),
    Refusal(
      name: "two symbols", text: "Symbol,Date,Open,High,Low,Close\nA,2020-01-02,1,3,0.5,2\nB,2020-01-02,1,3,0.5,2\n",
      message: "a.csv holds several symbols (A, B; the second begins in line 3); choose one with --symbol."),
    Refusal(
      name: "unknown symbol", text: "Symbol,Date,Open,High,Low,Close\nA,2020-01-02,1,3,0.5,2\nB,2020-01-02,1,3,0.5,2\n",
      message: "a.csv holds no row of the symbol \"C\"; it holds A, B.",
      options: CSVDialectTests.options { $0.symbol = "C" }),
    Refusal(
      name: "two symbols side by side",
      text:
        "Price,Close,Close,High,High,Low,Low,Open,Open\nTicker,A,B,A,B,A,B,A,B\nDate,,,,,,,,\n2020-01-02,2,2,3,3,1,1,2,2\n",
      message: "a.csv holds several symbols (A, B; the second begins in line 3); choose one with --symbol."),
  ]

  static let rowRefusals: [Refusal] = [
    Refusal(
      name: "torn last line", text: header + row + "2020-01-03,1,3",
      message:
        "a.csv, line 3 is torn: it ends in the middle, before the column Low (3 of 6 cells and no line end). The "
        + "file was cut off; fetch it again, or remove the line."),
    Refusal(
      name: "torn behind a delimiter", text: header + row + "2020-01-03,1,3,0.5,2,",
      message:
        "a.csv, line 3 is torn: it ends in the middle, before the column Volume (5 of 6 cells and no line end). The "
        + "file was cut off; fetch it again, or remove the line."),
    Refusal(
      name: "too few cells", text: header + "2020-01-03,1,3\n" + row,
      message:
        "a.csv, line 2 has 3 cells where 6 were expected: the column Low is missing. Complete or remove the line."),
    Refusal(
      name: "too many cells", text: header + "2020-01-03,1,3,0.5,2,1,000\n",
      message: "a.csv, line 2 has 7 cells where 6 were expected; a number with a comma in it needs quotes."),
    Refusal(
      name: "text for a price", text: header + row + "2020-01-03,1,3,abc,2,10\n",
      message: "a.csv, line 3, column Low: \"abc\" is not a number; correct or remove the line."),
    Refusal(
      name: "text within a number", text: header + "2020-01-03,1,3,0.5x,2,10\n",
      message: "a.csv, line 2, column Low: \"0.5x\" is not a number; correct or remove the line."),
    Refusal(
      name: "infinite price", text: header + "2020-01-03,1,inf,0.5,2,10\n",
      message: "a.csv, line 2, column High: \"inf\" is not a number; correct or remove the line."),
    Refusal(
      name: "price beyond a double", text: header + "2020-01-03,1,1e999,0.5,2,10\n",
      message: "a.csv, line 2: high is inf, not a number."),
    Refusal(
      name: "misplaced thousands", text: header + "2020-01-03,\"1,61\",3,0.5,2,10\n",
      message: "a.csv, line 2, column Open: \"1,61\" is not a number; correct or remove the line.",
      options: CSVDialectTests.options { $0.decimalComma = false }),
    Refusal(
      name: "text for a volume", text: header + "2020-01-03,1,3,0.5,2,many\n",
      message: "a.csv, line 2, column Volume: \"many\" is not a number; correct or remove the line."),
    Refusal(
      name: "NaN among prices", text: header + "2020-01-03,1,NaN,0.5,2,10\n",
      message:
        "a.csv, line 2, column High: the price is missing (\"NaN\") though others of the row are there; complete or "
        + "remove the line."),
    Refusal(
      name: "empty cell among prices", text: header + "2020-01-03,1,3,0.5,,10\n",
      message:
        "a.csv, line 2, column Close: the price is missing (empty) though others of the row are there; complete or "
        + "remove the line."),
    Refusal(
      name: "adjusted close missing", text: "Date,Open,High,Low,Close,Adj Close\n2020-01-03,1,3,0.5,2,null\n",
      message: "a.csv, line 2, column Adj Close: the price is missing (\"null\") though others of the row are there; "
        + "complete or remove the line.", options: CSVDialectTests.options { $0.adjust = true }),
    Refusal(
      name: "adjusting by a close of 0", text: "Date,Open,High,Low,Close,Adj Close\n2020-01-03,1,3,0.5,0,1\n",
      message: "a.csv, line 2, column Close: the row cannot be adjusted by 0.0; a price must be above 0.",
      options: CSVDialectTests.options { $0.adjust = true }),
    Refusal(
      name: "low above high", text: header + row + "2020-01-03,1,11,12,2,10\n",
      message: "a.csv, line 3: low 12.0 is above high 11.0."),
    Refusal(
      name: "fault behind skipped and blank lines",
      text: header + row + "\n2020-01-03,,,,,\n2020-01-04,1,3,0.5,2,10\n2020-01-05,1,3,-0.5,2,10\n",
      message: "a.csv, line 6: low is -0.5; a price must be above 0."),
    Refusal(
      name: "fault in a newest-first file", text: header + "2020-01-05,1,3,0.5,2,-1\n2020-01-04,1,3,0.5,2,10\n",
      message: "a.csv, line 2: volume is -1.0; it must be 0 or more."),
    Refusal(
      name: "open quote", text: header + "2020-01-03,\"1,3,0.5,2,10\n",
      message: "a.csv, line 2, column Open: the quoted text does not end with a quote and a delimiter."),
    Refusal(
      name: "doubtful comma", text: "Date;Open;High;Low;Close\n2020-01-03;1,612;2,000;1,500;1,600\n",
      message: "a.csv, line 2, column Open: \"1,612\" may have a decimal comma or one between thousands, and no other "
        + "number tells; say which with --decimal-comma or --no-decimal-comma."),
    Refusal(
      name: "LEAN's scale", text: "20000621 00:00,505000,569400,503100,555600,8735600\n",
      message:
        "a.csv, line 1: \"20000621 00:00\" looks like LEAN's equity data, whose prices are in ten-thousandths; say "
        + "--price-divisor 10000 for those, or --price-divisor 1 to take the prices as they are."),
  ]

  static let timeRefusals: [Refusal] = [
    Refusal(
      name: "no date in the first row", text: header + "soon,1,3,0.5,2,10\n",
      message:
        "a.csv, line 2, column Date: \"soon\" is not a date; forms such as 2020-12-31, 2020-12-31 14:30:00+01:00, "
        + "12/31/2020 or epoch seconds were expected."),
    Refusal(
      name: "row numbers are no dates", text: ",Open,High,Low,Close\n0,1,3,0.5,2\n",
      message: "a.csv, line 2, column 1: \"0\" is not a date; forms such as 2020-12-31, 2020-12-31 14:30:00+01:00, "
        + "12/31/2020 or epoch seconds were expected."),
    Refusal(
      name: "another form", text: header + row + "03/01/2020,1,3,0.5,2,10\n",
      message: "a.csv, line 3, column Date: \"03/01/2020\" is not a date in the form of the first row, YYYY-MM-DD."),
    Refusal(
      name: "no such day", text: header + "2021-02-29,1,3,0.5,2,10\n",
      message: "a.csv, line 2, column Date: \"2021-02-29\" is not a date; forms such as 2020-12-31, 2020-12-31 "
        + "14:30:00+01:00, 12/31/2020 or epoch seconds were expected."),
    Refusal(
      name: "no such hour", text: header + row + "2020-01-03 24:00,1,3,0.5,2,10\n",
      message:
        "a.csv, line 3, column Date: \"2020-01-03 24:00\" is not a date in the form of the first row, YYYY-MM-DD."),
    Refusal(
      name: "date missing", text: header + row + ",1,3,0.5,2,10\n",
      message: "a.csv, line 3, column Date: the date is missing; complete or remove the line."),
    Refusal(
      name: "time of day that is none", text: "Date,Time,Open,High,Low,Close\n2020-01-02,noon,1,3,0.5,2\n",
      message: "a.csv, line 2, column Date and Time: \"2020-01-02 noon\" is not a date; forms such as 2020-12-31, "
        + "2020-12-31 14:30:00+01:00, 12/31/2020 or epoch seconds were expected."),
    Refusal(
      name: "an offset appears", text: header + row + "2020-01-03T00:00Z,1,3,0.5,2,10\n",
      message:
        "a.csv, line 3, column Date: \"2020-01-03T00:00Z\" has an offset from UTC and the rows before have none; "
        + "write all of them alike."),
    Refusal(
      name: "an offset is missing", text: header + "2020-01-02T00:00Z,1,3,0.5,2,10\n2020-01-03,1,3,0.5,2,10\n",
      message:
        "a.csv, line 3, column Date: \"2020-01-03\" has no offset from UTC and the rows before have one; write all "
        + "of them alike."),
    Refusal(
      name: "day or month first", text: header + "01/02/2020,1,3,0.5,2,10\n01/03/2020,1,3,0.5,2,10\n",
      message:
        "a.csv, line 2, column Date: \"01/02/2020\" may be 2020-02-01 (day first) or 2020-01-02 (month first), and "
        + "no date of the file tells; say --date-order day-first or --date-order month-first."),
    Refusal(
      name: "day first and month first", text: header + "13/02/2020,1,3,0.5,2,10\n02/14/2020,1,3,0.5,2,10\n",
      message:
        "a.csv: \"13/02/2020\" (line 2) can only be read with the day first and \"02/14/2020\" (line 3) only with "
        + "the month first; write all dates alike."),
    Refusal(
      name: "not in the order that was asked for", text: header + "02/14/2020,1,3,0.5,2,10\n",
      message:
        "a.csv, line 2, column Date: \"02/14/2020\" cannot be read day-first, as was asked for; try --date-order "
        + "month-first.", options: CSVDialectTests.options { $0.dateOrder = .dayFirst }),
    Refusal(
      name: "year of two digits", text: header + "31/12/20,1,3,0.5,2,10\n",
      message:
        "a.csv, line 2, column Date: the year of \"31/12/20\" has two digits, so the order of its parts is a guess; "
        + "say --date-order day-first or --date-order month-first."),
    Refusal(
      name: "no such day in either order", text: header + "31/02/2020,1,3,0.5,2,10\n",
      message: "a.csv, line 2, column Date: \"31/2/2020\" is not a date in the form of the first row, D/M/YYYY."),
    Refusal(
      name: "duplicate time", text: header + row + row,
      message: "a.csv, lines 2 and 3 have the same time, 2020-01-02; keep one of the two."),
    Refusal(
      name: "duplicate among sorted rows", text: header + row + "2020-01-01,1,3,0.5,2,10\n" + row,
      message: "a.csv, lines 2 and 4 have the same time, 2020-01-02; keep one of the two.",
      options: CSVDialectTests.options { $0.sort = true }),
    Refusal(
      name: "not sorted",
      text: header + row + "2020-01-04,1,3,0.5,2,10\n2020-01-03,1,3,0.5,2,10\n2020-01-05,1,3,0.5,2,10\n",
      message:
        "a.csv, line 4: its time 2020-01-03 is before that of line 3, 2020-01-04, though the file is oldest first "
        + "there; correct the line, or say --sort."),
    Refusal(
      name: "newest first but for one row",
      text: header + "2020-01-05,1,3,0.5,2,1\n2020-01-03,1,3,0.5,2,1\n2020-01-04,1,3,0.5,2,1\n2020-01-02,1,3,0.5,2,1\n",
      message:
        "a.csv, line 4: its time 2020-01-04 is after that of line 3, 2020-01-03, though the file is newest first "
        + "there; correct the line, or say --sort."),
  ]

  @Test func fiftyColumnsAreReadAndTheRestNamed() throws {
    let names = (1...44).map { "extra\($0)" }
    let cells = (1...44).map { "\"text, \($0)\"" }
    let text =
      (["Date"] + names + ["Open", "High", "Low", "Close", "Volume"]).joined(separator: ",") + "\n"
      + (["2020-01-02"] + cells + ["1", "3", "0.5", "2", "10"]).joined(separator: ",") + "\n"
    let bars = try imported(text)
    #expect(bars.series.lines == ["2020-01-02 1.0 3.0 0.5 2.0 10.0"])
    #expect(bars.report.ignoredColumns == names)
    #expect(bars.report.columns.map(\.position) == [1, 46, 47, 48, 49, 50])
  }

  @Test func lineBeyondTheLimitIsRefused() {
    let long = String(repeating: "x", count: (1 << 20) + 1)
    let sentence = "is longer than 1048576 bytes; this is not a CSV file of prices."
    #expect(refusal(long) == "bars.csv, line 1 \(sentence)")
    #expect(refusal(long + "\n") == "bars.csv, line 1 \(sentence)")
    #expect(refusal(Self.header + Self.row + long) == "bars.csv, line 3 \(sentence)")
    #expect(
      refusal(Self.header + (0..<100).map { "\(1_577_836_800 + $0),1,3,0.5,2,10\n" }.joined() + long + "\n")
        == "bars.csv, line 102 \(sentence)")
    // A line of exactly the limit is read.
    let padding = String(repeating: " ", count: (1 << 20) - Self.row.utf8.count + 1)
    #expect(refusal(Self.header + padding + Self.row) == "")
    #expect(refusal(Self.header + " " + padding + Self.row) == "bars.csv, line 2 \(sentence)")
  }

  @Test func repeatedLineEndsTheImportAtOnce() {
    let text = Self.header + String(repeating: Self.row, count: 500) + "2020-01-03,torn"
    #expect(refusal(text) == "bars.csv, lines 2 and 3 have the same time, 2020-01-02; keep one of the two.")
    // Day and month are not known before the end.
    let doubtful = Self.header + "31/01/2020,1,3,0.5,2,10\n31/01/2020,1,3,0.5,2,10\n"
    #expect(refusal(doubtful) == "bars.csv, lines 2 and 3 have the same time, 2020-01-31; keep one of the two.")
    // The same clock twice, an hour apart: the clocks were put back.
    let twice = "Datetime,Open,High,Low,Close\n2020-11-01 01:30-04:00,1,3,0.5,2\n2020-11-01 01:30-05:00,1,3,0.5,2\n"
    #expect(refusal(twice) == "")
  }

  @Test func offendingTextIsCutAndEscaped() {
    let text = Self.header + "2020-01-03,1,3,\u{1B}[31m\(String(repeating: "z", count: 60)),2,10\n"
    let shown = "\\u{1B}[31m" + String(repeating: "z", count: 35)
    #expect(refusal(text) == "bars.csv, line 2, column Low: \"\(shown)…\" is not a number; correct or remove the line.")
  }

  @Test func binaryGarbageIsRefusedAndNeverCrashes() {
    var generator = SeededGenerator(seed: 7)
    for length in [1, 2, 3, 10, 100, 1000, 70_000] {
      for _ in 0..<20 {
        let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
        #expect(refusal(bytes) != "")
        // Printable bytes with delimiters and line ends get past the first checks.
        let text = bytes.map { ["\n", ",", ";", "\"", "1", ".", "-", "2020-01-02", "e", " "][Int($0) % 10] }.joined()
        #expect(refusal(text) != "")
        #expect(refusal(Self.header + text).isEmpty == false)
      }
    }
  }

  @Test func everyTruncationOfAFileIsReadOrRefused() throws {
    let text = Self.header + Self.row + "2020-01-03,1,3,0.5,2.25,11\n"
    for length in text.utf8.indices.map({ text.utf8.distance(from: text.startIndex, to: $0) }) {
      let bytes = Array(text.utf8.prefix(length))
      if let bars = try? imported(bytes) {
        // What is read are whole rows, or a last row with all of its cells.
        #expect((1...2).contains(bars.series.count))
        #expect(bars.series.lines[0].hasPrefix("2020-01-02 1.0 3.0 0.5 2.0 1"))
      } else {
        #expect(refusal(bytes).hasPrefix("bars.csv"))
      }
    }
  }
}
