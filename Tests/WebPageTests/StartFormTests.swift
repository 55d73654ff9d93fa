import BacktestService
import MarketData
import RunStore
import StrategyKit
import Testing
import TradingModel
import WebPage

struct StartFormTests {
  private let descriptor = StrategyDescriptor(
    name: "one", summary: "Does one thing.",
    parameters: [
      .integer("n", 10, minimum: 1, summary: "Bars"),
      .number("level", 0.5, minimum: 0, maximum: 1, exclusiveMaximum: true, summary: "Level"),
      ParameterDefinition(name: "word", kind: .string, defaultValue: nil, summary: "Word"),
      ParameterDefinition(name: "flag", kind: .boolean, defaultValue: .boolean(true), summary: "Flag"),
    ])

  private let datasets =
    Datasets(.ofProcess).samples + [
      Dataset(id: "import:bars", kind: .imported, symbol: "bars", rows: 9, description: "Imported."),
      Dataset(
        id: "yahoo:AAPL:5m:extended", kind: .cached, symbol: "AAPL", interval: "5m", rows: 9, description: "Fetched."),
    ]

  private func form(_ fields: (String, String)...) -> StartForm {
    StartForm(
      [("submitted", "1"), ("dataset", "sample:GOOG"), ("param.word", "w")] + fields.map { (name: $0.0, value: $0.1) })
  }

  @Test func whatIsLeftOutIsAsUsual() throws {
    let (request, faults) = form().request(for: descriptor, datasets: datasets)
    #expect(faults.isEmpty)
    let run = try #require(request)
    #expect(run.strategy == "one")
    #expect(run.settings.cash == 10_000)
    #expect(run.data == .sample(name: "GOOG", adjusted: false))
    #expect(run.from == nil && run.to == nil && run.seed == 0)
    // A box that is missing from a form that was sent is one that was cleared.
    #expect(run.parameters.map(\.name) == ["word", "flag"])
    #expect(run.parameters.last?.value == .value(.boolean(false)))
  }

  @Test func everythingGivenIsTaken() throws {
    let (request, _) = form(
      ("param.n", "7"), ("param.level", " 0.25 "), ("param.flag", "true"), ("dataset", "sample:IBM"),
      ("adjusted", "true"),
      ("from", "2005-01-01"), ("to", "2006-01-01"), ("cash", "5e3"), ("commission", "1, 0.001"), ("spread", "0.01"),
      ("margin", "0.5"), ("profile", "strict"), ("seed", "9"), ("hedging", "true"), ("finalize", "true")
    ).request(for: descriptor, datasets: datasets)
    let run = try #require(request)
    #expect(
      run.parameters.map(\.value) == [
        .value(.integer(7)), .value(.number(0.25)), .value(.string("w")), .value(.boolean(true)),
      ])
    #expect(run.data == .sample(name: "IBM", adjusted: true))
    #expect(run.from == UTCText.parse("2005-01-01"))
    #expect(run.to == UTCText.parse("2006-01-01"))
    #expect(run.settings.cash == 5000 && run.settings.spread == 0.01 && run.settings.margin == 0.5)
    #expect(run.settings.hedging && run.settings.finalizeTrades && !run.settings.tradeOnClose)
    #expect(run.settings.profile == .strict)
    if case .fixedAndRate(let fixed, let rate) = run.settings.commission {
      #expect(fixed == 1 && rate == 0.001)
    } else {
      Issue.record("the commission was \(run.settings.commission)")
    }
  }

  @Test(arguments: [
    ("param.n", "0", "n was 0"), ("param.n", "1.5", "whole number"), ("param.level", "1", "below 1"),
    ("param.level", "nan", "level was nan"), ("param.word", "", "word is needed"),
    ("dataset", "sample:GOGO", "did you mean sample:GOOG?"),
    ("from", "yesterday", "From was yesterday"), ("to", "2020-02-30", "To was 2020-02-30"),
    ("cash", "much", "cash was much"),
    ("cash", "-1", "cash was"), ("cash", "inf", "cash was inf"), ("margin", "2", "margin was 2"),
    ("commission", "1,2,3", "Commission was 1,2,3"), ("commission", "x", "Commission was x"),
    ("commission", "0.5", "commission was 0.5"),
    ("profile", "kind", "compat or strict"), ("seed", "-1", "Seed was -1"),
    ("seed", "99999999999999999999", "Seed was"),
  ])
  func faultsNameTheirField(field: String, value: String, sentence: String) throws {
    let (request, faults) = form((field, value)).request(for: descriptor, datasets: datasets)
    #expect(request == nil)
    let fault = try #require(faults.first)
    #expect(faults.count == 1)
    #expect(fault.field == field)
    #expect(fault.sentence.contains(sentence), "\(fault.sentence)")
  }

  @Test func dataSetsOfTheCacheAreUsedAsTheyAre() throws {
    #expect(
      form(("dataset", "import:bars")).request(for: descriptor, datasets: datasets).request?.data
        == .imported(name: "bars", adjusted: false))
    let (request, _) = form(("dataset", "yahoo:AAPL:5m:extended"), ("adjusted", "true"))
      .request(for: descriptor, datasets: datasets)
    #expect(
      request?.data
        == .yahoo(YahooBars(symbol: "AAPL", interval: .fiveMinutes, extendedHours: true, freshness: .held)))
  }

  @Test func aSymbolTakesThePlaceOfTheDataSet() throws {
    let (request, _) = form(("symbol", "msft"), ("interval", "1h"), ("adjusted", "true")).request(
      for: descriptor, datasets: datasets)
    #expect(request?.data == .yahoo(YahooBars(symbol: "MSFT", interval: .oneHour, adjusted: true)))
    #expect(
      form(("symbol", "A"), ("interval", "9y")).request(for: descriptor, datasets: datasets).faults.map(\.field) == [
        "interval"
      ])
    let long = String(repeating: "A", count: 21)
    #expect(form(("symbol", long)).request(for: descriptor, datasets: datasets).faults.map(\.field) == ["symbol"])
  }

  @Test func aRangeThatEndsBeforeItBeginsIsSaid() {
    let (_, faults) = form(("from", "2010-01-01"), ("to", "2009-01-01")).request(for: descriptor, datasets: datasets)
    #expect(faults.map(\.field) == ["to"])
  }

  @Test func anEarlierRunGivesTheSameRequestAgain() throws {
    let run = try SampleRun("rsi", data: .sample(name: "IBM", adjusted: false))
    let form = StartForm(run.record)
    #expect(form["param.period"] == "14")
    #expect(form["dataset"] == "sample:IBM")
    #expect(form["adjusted"] == "false")
    #expect(form["cash"] == "10000")
    #expect(form["commission"] == "0")
  }

  /// A run's record with a request of which only the data and the range matter.
  private func form(ofRequest text: String) -> StartForm {
    var record = RunRecord(
      id: "a", status: .completed, strategy: "rsi", instruments: [], interval: "1d", startingCapital: 1, created: 0)
    record.request = text
    return StartForm(record)
  }

  @Test func aRunOnYahoosBarsKeepsItsDates() {
    let daily = form(ofRequest: #"{"data":{"yahoo":"AAPL","interval":"1d"},"from":1609459200000,"to":1640995200000}"#)
    #expect(daily["symbol"] == "AAPL" && daily["interval"] == "1d")
    #expect(daily["from"] == "2021-01-01" && daily["to"] == "2022-01-01")
    // Midnight in Tokyo: a date alone would lose a day of bars.
    let minutes = form(ofRequest: #"{"data":{"yahoo":"7203.T","interval":"5m"},"from":1704294000000,"to":null}"#)
    #expect(minutes["from"] == "2024-01-03T15:00" && minutes["to"].isEmpty)
    let page = String(
      decoding: StartPage(minutes, choices: [], datasets: datasets, parameters: .known(descriptor)).bytes, as: UTF8.self
    )
    #expect(page.contains(#"name="from" type="datetime-local" value="2024-01-03T15:00""#))
    #expect(page.contains(#"name="to" type="date""#))
  }

  @Test func importsAreFilledInAgainAndFilesAreSaid() {
    #expect(form(ofRequest: #"{"data":{"import":"bars","adjusted":true}}"#)["dataset"] == "import:bars")
    let file = form(ofRequest: #"{"data":{"file":"a<b.csv"}}"#)
    let page = String(
      decoding: StartPage(file, choices: [], datasets: datasets, parameters: .known(descriptor)).bytes, as: UTF8.self)
    #expect(page.contains("The run used the file a&lt;b.csv"))
  }
}
