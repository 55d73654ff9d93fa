import MarketData
import Testing
import TradingModel

/// One small file as a vendor, exchange or library writes it, and what it must become.
struct Dialect: CustomTestStringConvertible, Sendable {
  let name: String
  let text: String
  let lines: [String]
  var symbol: String?
  var dialect: String?
  var report = ""
  var options = CSVOptions()

  var testDescription: String { name }
}

@Suite struct CSVDialectTests {
  @Test(arguments: plainDialects + vendorDialects)
  func barsAreThoseOfTheFile(_ dialect: Dialect) throws {
    let bars = try CSVImporter(options: dialect.options).read(Array(dialect.text.utf8), name: "prices.2020.csv")
    #expect(bars.series.lines == dialect.lines)
    #expect(bars.symbol == dialect.symbol ?? "prices")
    #expect(bars.report.dialect == dialect.dialect)
    #expect(bars.report.rows == dialect.lines.count)
    #expect(bars.report.description.contains(dialect.report), "\(bars.report)")
    #expect(bars.report.summary.contains("\(dialect.lines.count) bars"))
  }

  @Test(arguments: [
    ("2020-01-02 09:30:00-05:00", "2020-01-02 10:30:00-05:00", Int32(0), "-05:00"),
    ("2020-01-02T09:30:00+0530", "2020-01-02T10:30:00+0530", 0, "+05:30"),
    ("2020-03-06 09:30:00-05:00", "2020-03-09 09:30:00-04:00", 0, nil),
    ("2020-01-02 09:30:00Z", "2020-01-02 10:30:00Z", 0, nil),
    ("2020-01-02 09:30", "2020-01-02 10:30", -300, "-05:00"),
    ("2020-01-02 09:30", "2020-01-02 10:30", 0, nil),
    ("2020-01-02", "2020-01-03", 0, nil),
  ])
  func theClockOfAFileIsTheOneOffsetOfItsTimes(first: String, second: String, assumed: Int32, clock: String?) throws {
    let text = "Date,Open,High,Low,Close\n\(first),1,3,0.5,2\n\(second),1,3,0.5,2\n"
    var options = CSVOptions()
    options.utcOffsetMinutes = assumed
    #expect(try CSVImporter(options: options).read(Array(text.utf8), name: "a.csv").timeZone == clock)
  }

  @Test(arguments: plainDialects + vendorDialects)
  func lineEndsByteOrderMarkAndGzipChangeNothing(_ dialect: Dialect) throws {
    let importer = CSVImporter(options: dialect.options)
    let returns = dialect.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    for text in [returns, "\u{FEFF}" + dialect.text, "\u{FEFF}" + returns] {
      #expect(try importer.read(Array(text.utf8), name: "a.csv").series.lines == dialect.lines)
    }
    let olderMac = dialect.text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r")
    #expect(try importer.read(Array(olderMac.utf8), name: "a.csv").series.lines == dialect.lines)
    let compressed = try importer.read(gzip(Array(dialect.text.utf8)), name: "a.csv.gz")
    #expect(compressed.series.lines == dialect.lines)
    #expect(compressed.report.isCompressed)
  }

  @Test func reportNamesWhatWasFoundAndDone() throws {
    let text = """
      <TICKER>;<DATE>;<TIME>;<OPEN>;<HIGH>;<LOW>;<CLOSE>;<VOL>;<OPENINT>
      A;20200103;093000;1;3;0.5;2;10;0
      A;20200102;093000;;;;;;0

      A;20200101;093000;1;3;0.5;2;10;0
      """
    let report = try imported(text).report
    #expect(
      report.description == """
        file       bars.csv
        format     Stooq, semicolon-separated
        dates      as YYYYMMDD with time of day
        time zone  times without an offset, taken as UTC
        columns    Symbol = <TICKER>, Date = <DATE>, Time = <TIME>, Open = <OPEN>, High = <HIGH>, Low = <LOW>, \
        Close = <CLOSE>, Volume = <VOL>
        not used   <OPENINT>
        order      newest first, turned round
        prices     no adjusted close in the file; whether its prices are adjusted is unknown
        bars       2, 2020-01-01 09:30 to 2020-01-03 09:30
        left out   1 row without any price (line 3)
        note       Blank lines: 1.
        note       The last line has no line end.
        """)
    #expect(
      report.summary == "bars.csv: 2 bars, 2020-01-01 09:30 to 2020-01-03 09:30; Stooq, semicolon-separated, dates as "
        + "YYYYMMDD with time of day, times without an offset, taken as UTC; rows newest first, turned round; no adjusted "
        + "close in the file; whether its prices are adjusted is unknown; left out: 1 row without any price (line 3); "
        + "columns not used: <OPENINT>. Blank lines: 1. The last line has no line end.")
    #expect(report.warnings == ["Left out: 1 row without any price (line 3)."])
    #expect(try imported("Date,Open,High,Low,Close,Volume\n2020-01-02,1,3,0.5,2,10\n").report.warnings == [])
  }

  static let bar = "1.0 3.0 0.5 2.0"

  static let plainDialects: [Dialect] = [
    Dialect(
      name: "Date and all columns", text: "Date,Open,High,Low,Close,Volume\n2020-01-02,1,3,.5,2,10\n",
      lines: ["2020-01-02 \(bar) 10.0"]),
    Dialect(
      name: "other order and case", text: "VOLUME,low,OPEN,close,hIgH,DATE\n10,.5,1,2,3,2020-01-02\n",
      lines: ["2020-01-02 \(bar) 10.0"]),
    Dialect(
      name: "empty first header", text: ",Open,High,Low,Close,Volume\n2020-01-02,1,3,0.5,2,10\n",
      lines: ["2020-01-02 \(bar) 10.0"]),
    Dialect(
      name: "no volume", text: "date,open,high,low,close\n2020-01-02,1,3,0.5,2\n", lines: ["2020-01-02 \(bar) -"],
      report: "The file has no volume."),
    Dialect(
      name: "no line end behind the last row", text: "date,open,high,low,close\n2020-01-02,1,3,0.5,2",
      lines: ["2020-01-02 \(bar) -"], report: "The last line has no line end."),
    Dialect(
      name: "Datetime with a space", text: "Datetime,Open,High,Low,Close,Volume\n2020-01-02 14:30:05,1,3,0.5,2,10\n",
      lines: ["2020-01-02 14:30:05 \(bar) 10.0"], report: "times without an offset, taken as UTC"),
    Dialect(
      name: "Timestamp with T and Z", text: "Timestamp,Open,High,Low,Close\n2020-01-02T14:30Z,1,3,0.5,2\n",
      lines: ["2020-01-02 14:30 \(bar) -"], report: "times with an offset, converted to UTC"),
    Dialect(
      name: "fractional seconds and offset",
      text: "time,open,high,low,close\n2020-01-02T00:30:00.250000+01:00,1,3,0.5,2\n",
      lines: ["2020-01-01 23:30 \(bar) -"]),
    Dialect(
      name: "offset that changes with daylight saving",
      text: """
        Datetime,Open,High,Low,Close
        2021-03-27 14:45:00+00:00,1,3,0.5,2
        2021-03-28 14:45:00+01:00,1,3,0.5,2
        2021-03-29 14:45:00+0100,1,3,0.5,2
        2021-10-31 14:45:00+00,1,3,0.5,2
        """,
      lines: [
        "2021-03-27 14:45 \(bar) -", "2021-03-28 13:45 \(bar) -", "2021-03-29 13:45 \(bar) -",
        "2021-10-31 14:45 \(bar) -",
      ]),
    Dialect(
      name: "month first, not padded",
      text: "Date,Open,High,Low,Close\n1/4/1999,1,3,0.5,2\n1/13/1999,1,3,0.5,2\n",
      lines: ["1999-01-04 \(bar) -", "1999-01-13 \(bar) -"],
      report: "as M/D/YYYY (line 3, \"1/13/1999\", tells day from month)"),
    Dialect(
      name: "day first with time",
      text: "Date,Open,High,Low,Close\n4/1/2015 16:00:00,1,3,0.5,2\n13/1/2015 9:05,1,3,0.5,2\n",
      lines: ["2015-01-04 16:00 \(bar) -", "2015-01-13 09:05 \(bar) -"], report: "as D/M/YYYY"),
    Dialect(
      name: "one reading only is in order",
      text: "Date,Open,High,Low,Close\n01/02/2020,1,3,0.5,2\n02/02/2020,1,3,0.5,2\n01/03/2020,1,3,0.5,2\n",
      lines: ["2020-02-01 \(bar) -", "2020-02-02 \(bar) -", "2020-03-01 \(bar) -"],
      report: "the rows are in order of time in this reading only"),
    Dialect(
      name: "day and month are the same number", text: "Date,Open,High,Low,Close\n02/02/2020,1,3,0.5,2\n",
      lines: ["2020-02-02 \(bar) -"]),
    Dialect(
      name: "order of day and month as asked for", text: "Date,Open,High,Low,Close\n01/02/20,1,3,0.5,2\n",
      lines: ["2020-02-01 \(bar) -"], report: "as D/M/YY (as was asked for)",
      options: options { $0.dateOrder = .dayFirst }),
    Dialect(
      name: "names of months",
      text:
        "Date;Open;High;Low;Close\n17-Oct-2019;1;3;0.5;2\nNovember 5, 2019;1;3;0.5;2\n1 dec 2019 10:00 PM;1;3;0.5;2\n",
      lines: ["2019-10-17 \(bar) -", "2019-11-05 \(bar) -", "2019-12-01 22:00 \(bar) -"]),
    Dialect(
      name: "compact dates", text: "date,open,high,low,close\n20200102,1,3,0.5,2\n", lines: ["2020-01-02 \(bar) -"]),
    Dialect(
      name: "Adj Close not used", text: "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,1,3,0.5,2,1,10\n",
      lines: ["2020-01-02 \(bar) 10.0"], report: "not adjusted; the file has an adjusted close"),
    Dialect(
      name: "Adj Close used", text: "Date,Open,High,Low,Close,Adj Close,Volume\n2020-01-02,1,3,0.5,2,1,10\n",
      lines: ["2020-01-02 0.5 1.5 0.25 1.0 10.0"], report: "adjusted by the file's adjusted close",
      options: options { $0.adjust = true }),
    Dialect(
      name: "newest first", text: "Date,Open,High,Low,Close\n2020-01-03,1,3,0.5,2\n2020-01-02,1,3,0.5,1\n",
      lines: ["2020-01-02 1.0 3.0 0.5 1.0 -", "2020-01-03 \(bar) -"], report: "newest first, turned round"),
    Dialect(
      name: "sorted as asked for",
      text: "Date,Open,High,Low,Close\n2020-01-03,1,3,0.5,2\n2020-01-02,1,3,0.5,1\n2020-01-04,1,3,0.5,1\n",
      lines: ["2020-01-02 1.0 3.0 0.5 1.0 -", "2020-01-03 \(bar) -", "2020-01-04 1.0 3.0 0.5 1.0 -"],
      report: "unsorted, sorted by time", options: options { $0.sort = true }),
    Dialect(
      name: "rows without any price",
      text: """
        Date,Open,High,Low,Close,Adj Close,Volume
        2020-04-16,1,3,0.5,2,2,10
        2020-04-17,null,null,null,null,null,null
        2020-04-18,NaN,N/A,-,,,
        2020-04-19,1,3,0.5,2,2,null
        """,
      lines: ["2020-04-16 \(bar) 10.0", "2020-04-19 \(bar) -"], report: "2 rows without any price (lines 3, 4)"),
    Dialect(
      name: "blank lines, comments and spaces",
      text: "# prices\n\nDate , Open, High ,Low,Close\n 2020-01-02 , 1 ,3 , 0.5,2\n\n,,,,\n  \n",
      lines: ["2020-01-02 \(bar) -"], report: "Blank lines: 3."),
    Dialect(
      name: "one symbol of several",
      text:
        "Ticker,Date,Open,High,Low,Close\nAAPL,2020-01-02,1,3,0.5,2\nMSFT,2020-01-02,1,3,0.5,1\nAAPL,2020-01-03,1,3,0.5,2\n",
      lines: ["2020-01-02 \(bar) -", "2020-01-03 \(bar) -"], symbol: "AAPL", report: "1 row of other symbols",
      options: options { $0.symbol = "aapl" }),
    Dialect(
      name: "decimal comma", text: "Date;Open;High;Low;Close;Volume\n2020-01-02;1.000,5;3.000;0,5;2;1.000\n",
      lines: ["2020-01-02 1000.5 3000.0 0.5 2.0 1000.0"], report: "Commas were read as decimal commas."),
    Dialect(
      name: "thousands in a file with points",
      text: "Date;Open;High;Low;Close\n2020-01-02;1,612;1,700.25;900.5;1,000\n",
      lines: ["2020-01-02 1612.0 1700.25 900.5 1000.0 -"]),
    Dialect(
      name: "times in a zone that the caller names", text: "Date,Open,High,Low,Close\n2020-01-02 09:30,1,3,0.5,2\n",
      lines: ["2020-01-02 14:30 \(bar) -"], report: "taken as UTC-05:00 and converted to UTC",
      options: options { $0.utcOffsetMinutes = -300 }),
    Dialect(
      name: "negative and small epoch seconds",
      text: "time,open,high,low,close\n-252322200,1,3,0.5,2\n86400,1,3,0.5,2\n",
      lines: ["1962-01-02 14:30 \(bar) -", "1970-01-02 \(bar) -"], report: "as epoch seconds"),
  ]

  static func options(_ change: (inout CSVOptions) -> Void) -> CSVOptions {
    var options = CSVOptions()
    change(&options)
    return options
  }
}
