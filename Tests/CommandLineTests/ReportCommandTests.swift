import Foundation
import Testing

struct ReportCommandTests {
  @Test func aSavedRunBecomesAPageAndAPicture() throws {
    try Program.withFolder { folder in
      let database = ["--db", folder.appending(path: "runs.sqlite").path()]
      let early = folder.appending(path: "early.html")
      let saved = try Program.run(["run", "sma_cross", "--sample", "GOOG", "--report", early.path()] + database)
      #expect(saved.exitCode == 0)
      #expect(saved.errors.contains("Wrote \(early.path())."))
      let page = folder.appending(path: "run.html")
      #expect(try Program.run(["report", "latest", "-o", page.path()] + database).exitCode == 0)
      let text = try String(contentsOf: page, encoding: .utf8)
      let isWhole = text.hasPrefix("<!doctype html>") && text.contains("725.34 %") && text.hasSuffix("</html>\n")
      #expect(isWhole)
      // What is known right after the run is what is known from the store.
      let differs = try String(contentsOf: early, encoding: .utf8) != text
      #expect(!differs)
      let picture = try Program.run(["report", "latest", "--svg", "-o", "-"] + database)
      #expect(picture.output.hasPrefix("<svg "))
      #expect(picture.errors.isEmpty)
    }
  }

  @Test func aRunThatIsNotSavedHasAReportToo() throws {
    let outcome = try Program.run(["run", "rsi", "--sample", "IBM", "--no-save", "--report", "-"])
    #expect(outcome.exitCode == 0)
    let isPage = outcome.output.hasPrefix("<!doctype html>") && outcome.output.contains("RSI(14)")
    #expect(isPage)
  }

  @Test func aFileThatCannotBeWrittenIsNamed() throws {
    let outcome = try Program.run(["run", "rsi", "--sample", "IBM", "--no-save", "--report", "/nonexistent/run.html"])
    #expect(outcome.exitCode == 1)
    #expect(outcome.errors.contains("/nonexistent/run.html could not be written: No such file or directory"))
  }

  @Test func barsThatChangedAreSaid() throws {
    try Program.withFolder { folder in
      let database = ["--db", folder.appending(path: "runs.sqlite").path()]
      let bars = folder.appending(path: "bars.csv")
      try "Date,Open,High,Low,Close\n2020-01-01,1,2,1,2\n2020-01-02,1,2,1,2\n2020-01-03,1,2,1,2\n"
        .write(to: bars, atomically: true, encoding: .utf8)
      #expect(try Program.run(["run", "buy_and_hold", "--data", bars.path()] + database).exitCode == 0)
      try FileManager.default.removeItem(at: bars)
      let outcome = try Program.run(["report", "-o", "-"] + database)
      #expect(outcome.exitCode == 0)
      #expect(outcome.errors.contains("is not there any more"))
      #expect(try Program.run(["report", "nope", "-o", "-"] + database).errors.contains("There is no run nope"))
    }
  }
}
