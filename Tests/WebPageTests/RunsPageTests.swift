import RunStore
import Testing
import TradingModel
import WebPage

struct RunsPageTests {
  private func query(_ fields: (String, String)...) -> RunsPageQuery {
    RunsPageQuery(fields.map { (name: $0.0, value: $0.1) })
  }

  @Test func theAddressSaysWhatIsShown() {
    let given = query(
      ("q", " a b&c "), ("strategy", "rsi"), ("symbol", "ibm"), ("status", "failed"), ("sort", "-sharpe"), ("page", "3")
    )
    #expect(given.query.text == "a b&c")
    #expect(given.query.strategies == ["rsi"])
    #expect(given.query.symbol == "IBM")
    #expect(given.query.statuses == [.failed])
    #expect(given.query.sort == .metric("sharpe"))
    #expect(given.query.descending)
    #expect(given.query.offset == 100)
    #expect(given.address == "/?q=a%20b%26c&strategy=rsi&symbol=IBM&status=failed&sort=-sharpe&page=3")
  }

  @Test(arguments: [
    ("sort", "'; DROP"), ("status", "unknown"), ("page", "0"), ("page", "-7"), ("page", "9999999999999999999999"),
  ])
  func nonsenseIsTakenAsNotGiven(name: String, value: String) {
    #expect(query((name, value)) == query())
    #expect(query((name, value)).address == "/")
  }

  @Test func longTextsAreCut() {
    #expect(query(("q", String(repeating: "x", count: 5000))).query.text?.count == 100)
  }

  @Test func hostileTextsStayTexts() throws {
    var record = RunRecord(
      id: "a\"b", status: .running, strategy: "<script>", instruments: [Instrument(symbol: "<b>")], interval: "1d",
      startingCapital: 1, created: 0)
    record.parameters = #"{"<i>":"</td>"}"#
    let text = String(
      decoding: RunsPage(
        RunPage(runs: [record], nextCursor: nil, total: 1), query: query(("q", "\"><script>")), strategies: ["<u>"],
        progress: [record.id: .init(done: 1, total: 3)]
      ).bytes, as: UTF8.self)
    for mark in ["<script>", "<b>", "<i>", "<u>"] {
      let isThere = text.contains(mark)
      #expect(!isThere, "\(mark)")
    }
    #expect(text.contains("href=\"/runs/a%22b\""))
    #expect(text.contains("<progress max=\"3\" value=\"1\""))
  }
}
