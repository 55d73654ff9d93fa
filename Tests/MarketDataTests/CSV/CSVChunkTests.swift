import MarketData
import Testing
import TradingModel

@Suite struct CSVChunkTests {
  /// More rows than are looked at before the first one is read, with all that makes rows differ in length.
  private static let text: String = {
    var text = "\u{FEFF}\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Note\"\r\n"
    for row in 0..<300 {
      let time = UTCText.format(Int64(row) * 86_400_000 * 3)
      let price = row % 7 == 0 ? "\"1,0\(row % 90 + 10).5\"" : "\(Double(row % 90) + 1010.25)"
      if row % 50 == 49 { text += "\(time),,,,,,\r\n\r\n" }
      text += "\(time),\(price),\(price),9999.123456789012345,0.5,\(row % 3 == 0 ? "1.5K" : "\(row)"),\"a, \"\"b\"\"\""
      if row % 50 == 49 { text = text.replacing("\(time),,,,,,", with: "1969-01-01,-,null,NaN,,,") }
      text += row % 2 == 0 ? "\n" : "\r\n"
    }
    return text
  }()

  @Test(arguments: [1, 2, 3, 5, 7, 64, 1000, 4096, 1 << 18])
  func chunkSizeChangesNothing(size: Int) throws {
    let whole = try CSVImporter().read(Array(Self.text.utf8), name: "a.csv")
    #expect(whole.series.count == 300)
    #expect(whole.report.skippedLines.count == 6)
    var importer = CSVImporter()
    importer.chunkSize = size
    let bars = try importer.read(Array(Self.text.utf8), name: "a.csv")
    #expect(bars.series.lines == whole.series.lines)
    #expect(bars.report == whole.report)
    let unzipped = try importer.read(gzip(Array(Self.text.utf8)), name: "a.csv")
    #expect(unzipped.series.lines == whole.series.lines)
  }

  @Test(arguments: [1, 3, 64, 4096])
  func faultIsFoundOnItsLineWhateverTheChunk(size: Int) {
    var importer = CSVImporter()
    importer.chunkSize = size
    let header = "Date,Open,High,Low,Close\n"
    let rows = (0..<200).map { "\(UTCText.format(Int64($0) * 86_400_000)),1,3,0.5,2\n" }
    for (fault, message) in [
      ("1999-01-01,1,3,x,2\n", "a.csv, line 202, column Low: \"x\" is not a number; correct or remove the line."),
      ("1999-01-01,1,3,\0,2\n", "a.csv, line 202 holds a NUL byte: this is a binary file, or a damaged one, not CSV."),
      (
        "1999-01-01,1",
        "a.csv, line 202 is torn: it ends in the middle, before the column High (2 of 5 cells and no line end). The file "
          + "was cut off; fetch it again, or remove the line."
      ),
      ("1999-01-01,1,3,4,2\n", "a.csv, line 202: low 4.0 is above high 3.0."),
    ] {
      var shown = ""
      do {
        _ = try importer.read(Array((header + rows.joined() + fault).utf8), name: "a.csv")
      } catch {
        shown = error.description
      }
      #expect(shown == message)
    }
  }
}
