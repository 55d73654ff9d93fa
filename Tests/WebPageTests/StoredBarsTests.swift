import BacktestService
import Foundation
import MarketData
import RunStore
import Testing
import TradingModel

struct StoredBarsTests {
  private func bars(_ stored: StoredBars) -> BarSeries? { if case .loaded(let series) = stored { series } else { nil } }

  private func sentence(_ stored: StoredBars) -> String {
    if case .unavailable(let sentence) = stored { sentence } else { "" }
  }

  @Test func aSampleIsFoundAgain() throws {
    let run = try SampleRun(data: .sample(name: "FB", adjusted: false))
    #expect(bars(StoredBars.load(run.record)) == (try Samples.load("FB", adjusted: false)))
  }

  @Test func aFileIsReadAgainWhileItIsTheSame() throws {
    try withFolder { folder in
      let file = folder.appending(path: "bars.csv")
      try Samples.csv("FB").write(to: file, atomically: true, encoding: .utf8)
      let run = try SampleRun(data: .file(path: file.path(), options: CSVOptions()))
      #expect(bars(StoredBars.load(run.record))?.count == 196)

      try Samples.csv("FB").replacingOccurrences(of: "38.2318", with: "38.2319")
        .write(to: file, atomically: true, encoding: .utf8)
      #expect(sentence(StoredBars.load(run.record)).contains("are not the ones the run used"))

      try "nothing".write(to: file, atomically: true, encoding: .utf8)
      #expect(sentence(StoredBars.load(run.record)).contains("cannot be read"))

      try FileManager.default.removeItem(at: file)
      #expect(sentence(StoredBars.load(run.record)).contains("not there any more"))
    }
  }

  @Test(arguments: [CSVOptions.DateOrder.dayFirst, .monthFirst])
  func theOrderOfDatesIsFoundByTheHash(order: CSVOptions.DateOrder) throws {
    try withFolder { folder in
      let file = folder.appending(path: "bars.csv")
      let rows = (1...9).map { "\($0)/\($0 + 1)/2020,1,2,1,2" }
      try ("Date,Open,High,Low,Close\n" + rows.joined(separator: "\n"))
        .write(to: file, atomically: true, encoding: .utf8)
      var options = CSVOptions()
      options.dateOrder = order
      let run = try SampleRun("buy_and_hold", data: .file(path: file.path(), options: options))
      #expect(bars(StoredBars.load(run.record))?.times.first == run.record.start)
    }
  }

  @Test func aPipeIsNotWaitedFor() throws {
    try withFolder { folder in
      let file = folder.appending(path: "bars.csv")
      try Samples.csv("FB").write(to: file, atomically: true, encoding: .utf8)
      let run = try SampleRun(data: .file(path: file.path(), options: CSVOptions()))
      try FileManager.default.removeItem(at: file)
      #expect(mkfifo(file.path(), 0o600) == 0)
      #expect(sentence(StoredBars.load(run.record)).contains("not there any more"))
    }
  }

  @Test(arguments: [
    nil, "", "[]", "{}", #"{"data":{"sample":"NONE"}}"#, #"{"data":{"file":7}}"#, #"{"data":{"file":""}}"#,
  ])
  func aStrangeRequestGivesASentence(request: String?) throws {
    var run = try SampleRun()
    run.record.request = request
    #expect(sentence(StoredBars.load(run.record)).hasSuffix("."))
  }
}
