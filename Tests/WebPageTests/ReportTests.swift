import BacktestService
import Foundation
import PerformanceMetrics
import RunStore
import Testing
import TradingModel
import WebPage

#if canImport(FoundationXML)
import FoundationXML
#endif

struct ReportTests {
  private func html(_ run: SampleRun) -> String {
    String(
      decoding: RunReport.html(run.record, run.result, bars: StoredBars.load(run.record), version: "1.2.3"),
      as: UTF8.self)
  }

  @Test func theReportNamesNoOtherFile() throws {
    let page = html(try SampleRun())
    for reference in ["http://", "https://", "src=", "href=\"/", "@import", "url("] {
      let places = page.components(separatedBy: reference).count - 1
      #expect(places == 0, "\(reference)")
    }
    let hasPolicy = page.contains("content=\"default-src &#39;none&#39;; style-src &#39;sha256-")
    #expect(hasPolicy)
    #expect(page.utf8.count < 700_000)
  }

  @Test func everyMetricIsShownWithItsSentence() throws {
    let page = html(try SampleRun())
    for definition in MetricDefinition.all {
      let meaning = definition.meaning.replacingOccurrences(of: "&", with: "&amp;")
        .replacingOccurrences(of: "'", with: "&#39;")
      #expect(page.contains(meaning), "\(definition.title)")
    }
    #expect(page.contains("725.34 %"))
    #expect(page.contains(#"<span>n1</span> 10"#))
  }

  @Test func textsOfARunCannotBecomeMarkup() throws {
    var run = try SampleRun()
    let hostile = "</script><img src=x onerror=alert(1)>\"'&"
    run.record.strategy = hostile
    run.record.warnings = [hostile]
    run.record.tags = [hostile]
    run.record.status = .failed
    run.record.failure = RunFailure(
      kind: hostile, message: hostile, fault: hostile,
      detail: #"{"hint":"<b>","stderr_tail":"</pre><script>","traceback":"</script>","last_messages":["<i>"]}"#)
    run.result.trades[0].tag = hostile
    run.result.annotations = [.init(name: hostile, values: [1, 2])]
    let page = html(run)
    #expect(!page.contains("<img src=x"))
    // The data block and the script, nothing else.
    #expect(page.components(separatedBy: "</script>").count == 3)
    #expect(page.components(separatedBy: "<script").count == 3)
    let picture = RunReport.svg(run.record, run.result, bars: StoredBars.load(run.record))
    #expect(XMLParser(data: Data(picture)).parse())
  }

  @Test(arguments: ["sma_cross", "rsi", "macd", "ema_cross", "la_bomba", "buy_and_hold"])
  func thePictureIsWellFormed(strategy: String) throws {
    let run = try SampleRun(strategy)
    let picture = RunReport.svg(run.record, run.result, bars: StoredBars.load(run.record))
    #expect(XMLParser(data: Data(picture)).parse())
    let text = String(decoding: picture, as: UTF8.self)
    #expect(text.contains(#"class="price""#))
    #expect(text.contains("\(strategy) on GOOG"))
    #expect(!text.contains("nan"))
  }

  @Test func aRunWithoutAnythingIsAPageToo() throws {
    var record = RunRecord(
      id: "x", status: .failed, strategy: "none", instruments: [], interval: "", startingCapital: 1, created: 0)
    record.failure = RunFailure(kind: "data", message: "There was no file.")
    let page = String(
      decoding: RunReport.html(record, RunResult(), bars: StoredBars.load(record), version: "1"), as: UTF8.self)
    #expect(page.contains("There was no file."))
    #expect(XMLParser(data: Data(RunReport.svg(record, RunResult(), bars: StoredBars.load(record)))).parse())
  }

  @Test func aMissingFileIsSaidOnThePage() throws {
    var run = try SampleRun()
    run.record.dataSHA256 = "0"
    #expect(html(run).contains("are not the ones the run used"))
  }
}
