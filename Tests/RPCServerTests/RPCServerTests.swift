import BacktestService
import JSONRPC
import PluginHost
import RPCServer
import RunStore
import StrategyProtocol
import Testing
import TradingModel
import WireText

@Suite(.timeLimit(.minutes(20))) struct RPCServerTests {
  private static let run = #"{"strategy":"sma_cross","dataset":"GOOG","parameters":{"n1":10,"n2":30}}"#
  /// A strategy that never says a word.
  private static let silent = #"{"strategy":{"command":["/bin/sh","-c","exec cat >/dev/null"]},"dataset":"GOOG"}"#

  @Test(arguments: [Client.Framing.lines, .contentLength]) func aWholeSession(_ framing: Client.Framing) throws {
    let client = try Client(framing)
    try client.initialize()
    let answer = try client.call(1, "backtest/run", Self.run)
    let id = try #require(answer["result"]?["run_id"]?.stringValue)
    #expect(answer["result"]?["status"]?.stringValue == "completed")
    #expect(answer["result"]?["metrics"]?["trades"]?.intValue == 66 || answer["result"]?["metrics"]?["trades"] != nil)
    let trades = try client.call(2, "runs/trades", #"{"run_id":"\#(id)","limit":3}"#)["result"]
    #expect(trades?["items"]?.arrayValue?.count == 3 && trades?["next_cursor"]?.stringValue == "o3")
    let list = try client.call(3, "runs/list")["result"]?["items"]?.arrayValue
    #expect(list?.map { $0["run_id"]?.stringValue } == [id])
    #expect(try client.call(4, "runs/delete", #"{"run_id":"\#(id)"}"#)["result"]?["status"]?.stringValue == "deleted")
    #expect(try client.call(5, "runs/get", #"{"run_id":"\#(id)"}"#)["error"]?["code"]?.intValue == 3001)
    #expect(try client.call(6, "shutdown")["result"] == .object([]))
    try client.send(#"{"jsonrpc":"2.0","method":"exit"}"#)
    #expect(client.waitForEnd() == 0)
  }

  @Test func discoverAnswersTheDocument() throws {
    let client = try Client()
    try client.initialize()
    let document = try client.call(1, "rpc.discover")["result"]
    #expect(document == (try JSONValue(parsing: OpenRPCDocument.hostText)))
  }

  /// Every answer is of the form that the protocol's types, and with them its documents, say.
  @Test func everyAnswerHasTheFormOfItsType() throws {
    let client = try Client()
    try client.initialize()
    let id = try #require(try client.call(1, "backtest/run", Self.run)["result"]?["run_id"]?.stringValue)
    let calls: [(HostMethod, String)] = [
      (.strategiesList, "{}"), (.strategiesList, #"{"limit":2,"cursor":"o2"}"#),
      (.strategiesDescribe, #"{"strategy":"sma_cross"}"#), (.datasetsList, "{}"),
      (.datasetsDescribe, #"{"dataset":"GOOG"}"#), (.backtestRun, Self.run), (.runsList, #"{"strategy":"sma_cross"}"#),
      (.runsGet, #"{"run_id":"\#(id)"}"#), (.runsGet, #"{"run_id":"\#(id)","include":[]}"#),
      (.runsSeries, #"{"run_id":"\#(id)","columns":["time","equity","drawdown_pct","position","close"]}"#),
      (.runsSeries, #"{"run_id":"\#(id)","columns":["time","equity"],"encoding":"f64le+base64"}"#),
      (.runsTrades, #"{"run_id":"\#(id)"}"#), (.runsEvents, #"{"run_id":"\#(id)","kinds":["filled"],"limit":7}"#),
      (.runsCancel, #"{"run_id":"\#(id)"}"#), (.runsDelete, #"{"run_id":"\#(id)"}"#),
    ]
    for (number, (method, params)) in calls.enumerated() {
      let answer = try client.call(number + 10, method.rawValue, params)
      let result = try #require(answer["result"], "\(method): \(answer)")
      let type = try #require(method.result)
      #expect(throws: Never.self, "\(method)") { try Self.decode(result, as: type) }
    }
  }

  private static func decode<Message: WireShape>(_ value: JSONValue, as type: Message.Type) throws {
    let tree = WireValue(value)
    let message = try tree.decode(type)
    // What the type does not know would be lost on the way back.
    #expect(try WireValue.encoding(message) == tree)
  }

  @Test func seriesAreRightInBothEncodings() throws {
    let client = try Client()
    try client.initialize()
    let id = try #require(try client.call(1, "backtest/run", Self.run)["result"]?["run_id"]?.stringValue)
    let curve = try client.store.equity(of: id)
    let columns = #""columns":["time","equity","drawdown_pct"],"from":\#(curve.times[5]),"to":\#(curve.times[25])"#
    let text = try client.call(2, "runs/series", #"{"run_id":"\#(id)",\#(columns)}"#)["result"]
    let base64 = try client.call(3, "runs/series", #"{"run_id":"\#(id)",\#(columns),"encoding":"f64le+base64"}"#)[
      "result"]
    #expect(text?["count"]?.intValue == 20 && base64?["count"]?.intValue == 20)
    for name in ["time", "equity", "drawdown_pct"] {
      let both = try [text, base64].map { answer in
        try WireValue(#require(answer?["columns"]?[name])).decode(Column.self).numbers
      }
      #expect(both[0] == both[1] && both[0]?.count == 20)
      if name == "equity" { #expect(both[0] == Array(curve.equity[5..<25])) }
      if name == "time" { #expect(both[0] == curve.times[5..<25].map(Double.init)) }
    }
  }

  @Test func pagesOfEventsOfSomeKindsMissNothing() throws {
    let client = try Client()
    try client.initialize()
    let id = try #require(try client.call(1, "backtest/run", Self.run)["result"]?["run_id"]?.stringValue)
    var sequences: [Int] = []
    var cursor: String?
    repeat {
      let place = cursor.map { #","cursor":"\#($0)""# } ?? ""
      let page = try client.call(2, "runs/events", #"{"run_id":"\#(id)","kinds":["filled"],"limit":7\#(place)}"#)[
        "result"]
      sequences += (page?["items"]?.arrayValue ?? []).compactMap { $0["seq"]?.intValue }
      cursor = page?["next_cursor"]?.stringValue
    } while cursor != nil
    let all = try client.store.orderEvents(of: id, offset: 0, limit: 1_000_000).rows
    #expect(sequences == all.filter { $0.kind == .filled }.map(\.sequence))
    #expect(sequences.count > 20)
  }

  @Test func wrongMessagesAreAnsweredWithTheirPlace() throws {
    let client = try Client(maximumMessageBytes: 4096)
    #expect(try client.call(1, "runs/list")["error"]?["code"]?.intValue == 1001)
    let version = #"{"protocol_version":"7.0","client":{"name":"t","version":"1"}}"#
    let refusal = try client.call(2, "initialize", version)["error"]
    #expect(refusal?["code"]?.intValue == 1002 && refusal?["data"]?["requested"]?.stringValue == "7.0")
    try client.initialize()
    #expect(try client.call(3, "initialize", version)["error"]?["code"]?.intValue == 1003)
    let cases: [(String, String, Int, String?)] = [
      ("backtest/rum", "{}", -32_601, nil),
      ("runs/get", "{}", -32_602, ""),
      ("runs/list", #"{"limit":0}"#, -32_602, "/limit"),
      ("runs/list", #"{"cursor":"x"}"#, -32_602, "/cursor"),
      ("strategies/list", #"{"cursor":"x"}"#, -32_602, "/cursor"),
      ("runs/get", #"{"run_id":"r-1"}"#, 3001, "/run_id"),
      ("backtest/run", #"{"strategy":"sma_cros","dataset":"GOOG"}"#, 4001, "/strategy"),
      ("backtest/run", #"{"strategy":"sma_cross","dataset":"GOOGG"}"#, 4002, "/dataset"),
      ("backtest/run", #"{"strategy":"sma_cross"}"#, -32_602, ""),
      ("backtest/run", #"{"strategy":"sma_cross","dataset":"GOOG","parameters":{"n1":0}}"#, 4004, "/parameters/n1"),
      ("backtest/run", #"{"strategy":"sma_cross","dataset":"GOOG","parameters":{"n1":[]}}"#, 4004, "/parameters/n1"),
      ("backtest/run", #"{"strategy":"sma_cross","dataset":"GOOG","parameters":{"n":1}}"#, 4004, "/parameters/n"),
      (
        "backtest/run", #"{"strategy":"sma_cross","dataset":"GOOG","execution":{"margin":2}}"#, -32_602,
        "/execution/margin"
      ),
      ("backtest/run", #"{"strategy":"sma_cross","dataset":"GOOG","end":1}"#, 4003, "/start"),
    ]
    for (number, (method, params, code, pointer)) in cases.enumerated() {
      let error = try client.call(number + 10, method, params)["error"]
      #expect(error?["code"]?.intValue == code, "\(method) \(params): \(String(describing: error))")
      #expect(error?["data"]?["pointer"]?.stringValue == pointer, "\(method) \(params)")
      #expect(error?["data"]?["kind"]?.stringValue != nil && error?["data"]?["hint"]?.stringValue != nil)
      #expect(error?["data"]?["retryable"]?.boolValue != nil)
    }
    for (text, code) in [
      ("nonsense", -32_700), ("[]", -32_600), ("{}", -32_600), (#"{"jsonrpc":"2.0","id":{}}"#, -32_600),
    ] {
      try client.send(text)
      #expect(try client.next()["error"]?["code"]?.intValue == code, "\(text)")
    }
    try client.request(90, "runs/get", #"{"run_id":"\#(String(repeating: "x", count: 5000))"}"#)
    #expect(try client.next()["error"]?["code"]?.intValue == 5001)
    #expect(try client.call(91, "runs/list")["result"] != nil)
  }

  @Test func aFailingStrategyIsAnsweredWithItsRun() throws {
    let client = try Client()
    try client.initialize()
    let params = #"{"strategy":{"command":["/bin/sh","-c","echo broken >&2; exit 3"]},"dataset":"GOOG"}"#
    let error = try client.call(1, "backtest/run", params)["error"]
    #expect(error?["code"]?.intValue == 2002 && error?["data"]?["exit_code"]?.intValue == 3)
    #expect(error?["data"]?["stderr_tail"]?.stringValue == "broken\n")
    let id = try #require(error?["data"]?["run_id"]?.stringValue)
    let record = try client.call(2, "runs/get", #"{"run_id":"\#(id)"}"#)["result"]
    #expect(record?["status"]?.stringValue == "failed" && record?["failure"]?["kind"]?.stringValue == "crashed")
    #expect(record?["failure"]?["code"]?.intValue == 2002)
  }

  @Test func aWaitingRequestIsCancelled() throws {
    let client = try Client(workers: 1)
    try client.initialize()
    try client.request(1, "backtest/run", Self.silent)
    try client.request(2, "backtest/run", Self.run)
    // The id of an open request cannot be used again.
    try client.request(1, "runs/list")
    #expect(try client.answer(1)["error"]?["code"]?.intValue == -32_600)
    try client.send(#"{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":1}}"#)
    let error = try client.answer(1)["error"]
    #expect(error?["code"]?.intValue == -32_800)
    let id = try #require(error?["data"]?["run_id"]?.stringValue)
    #expect(try client.store.record(id).status == .cancelled)
    #expect(try client.answer(2)["result"]?["status"]?.stringValue == "completed")
  }

  @Test func aRunThatNobodyWaitsForIsAnnounced() throws {
    let client = try Client(workers: 1)
    try client.initialize()
    var announced: [String] = []
    let params = Self.run.dropLast() + #","wait":false,"progress_token":"p","tags":["x"]}"#
    try client.request(1, "backtest/run", String(params))
    let answer = try client.answer(1) { announced.append("\($0)") }
    let id = try #require(answer["result"]?["run_id"]?.stringValue)
    #expect(announced.isEmpty, "the client cannot know the run before its answer")
    var statuses: [String] = []
    var kinds: [String] = []
    while statuses.last != "completed" || kinds.last != "end" {
      let message = try client.next()
      if message["method"]?.stringValue == "runs/changed" {
        #expect(message["params"]?["run_id"]?.stringValue == id)
        statuses.append(message["params"]?["status"]?.stringValue ?? "")
      } else {
        #expect(message["params"]?["token"]?.stringValue == "p")
        kinds.append(message["params"]?["value"]?["kind"]?.stringValue ?? "")
      }
    }
    #expect(statuses.first == "queued" && kinds.first == "begin")
    #expect(
      try client.call(2, "runs/list", #"{"tag":"x","dataset":"GOOG"}"#)["result"]?["items"]?.arrayValue?.count == 1)
  }

  @Test func aRunUnderWayIsNeitherReadNorDeleted() throws {
    let client = try Client(workers: 1)
    try client.initialize(#"{"runs_changed":false}"#)
    let params = Self.silent.dropLast() + #","wait":false}"#
    let id = try #require(try client.call(1, "backtest/run", String(params))["result"]?["run_id"]?.stringValue)
    #expect(try client.call(2, "runs/delete", #"{"run_id":"\#(id)"}"#)["error"]?["code"]?.intValue == 3002)
    #expect(try client.call(3, "runs/trades", #"{"run_id":"\#(id)"}"#)["error"]?["code"]?.intValue == 3002)
    // The answer comes when the run is over, so that it can be read and deleted at once.
    #expect(try client.call(4, "runs/cancel", #"{"run_id":"\#(id)"}"#)["result"]?["status"]?.stringValue == "cancelled")
    #expect(try client.store.record(id).status == .cancelled)
    #expect(try client.call(5, "runs/cancel", #"{"run_id":"\#(id)"}"#)["result"]?["status"]?.stringValue == "cancelled")
    #expect(try client.call(6, "runs/delete", #"{"run_id":"\#(id)"}"#)["result"]?["status"]?.stringValue == "deleted")
  }

  @Test func aSweepThatNobodyWaitsForTellsItsEnd() throws {
    let client = try Client()
    try client.initialize()
    let grid = #""dataset":"GOOG","grid":{"n1":[5,10,15],"n2":[20,30]}"#
    let answer = try client.call(1, "backtest/sweep", #"{"strategy":"sma_cross",\#(grid),"wait":false}"#)["result"]
    let id = try #require(answer?["sweep_id"]?.stringValue)
    #expect(answer?["status"]?.stringValue == "queued" && answer?["trials_total"]?.intValue == 6)
    while true {
      let message = try client.next()
      #expect(message["method"]?.stringValue == "runs/changed" && message["params"]?["run_id"]?.stringValue == id)
      if message["params"]?["status"]?.stringValue == "completed" { break }
    }
    let trials = try client.call(2, "runs/list", #"{"sweep_id":"\#(id)"}"#)["result"]?["items"]?.arrayValue
    #expect(trials?.count == 6 && trials?.allSatisfy { $0["metrics"]?["sharpe"] != nil } == true)
    // The sweep itself is no run.
    for (number, method) in ["runs/get", "runs/delete", "runs/trades", "runs/cancel"].enumerated() {
      let error = try client.call(10 + number, method, #"{"run_id":"\#(id)"}"#)["error"]
      #expect(error?["code"]?.intValue == 3001 && error?["data"]?["pointer"]?.stringValue == "/run_id", "\(method)")
      #expect(error?["data"]?["hint"]?.stringValue?.contains("sweep_id") == true, "\(method)")
    }
  }

  @Test func aSweepIsCancelledFromBeside() throws {
    let client = try Client(workers: 2)
    try client.initialize()
    let values = { (range: ClosedRange<Int>) in range.map(String.init).joined(separator: ",") }
    let grid = #"{"n1":[\#(values(1...400))],"n2":[\#(values(401...800))]}"#
    let params = #"{"strategy":"sma_cross","dataset":"GOOG","grid":\#(grid)"#
    try client.request(1, "backtest/sweep", params + #","wait":true,"progress_token":"p"}"#)
    var id: String?
    while id == nil { id = try client.next()["params"]?["value"]?["sweep_id"]?.stringValue }
    try client.request(2, "runs/cancel", #"{"run_id":"\#(id ?? "")"}"#)
    var answers: [Int: JSONValue] = [:]
    while answers.count < 2 {
      let message = try client.next()
      if let number = message["id"]?.intValue { answers[number] = message["result"] }
    }
    #expect(answers[2]?["status"]?.stringValue == "cancelled" && answers[2]?["run_id"]?.stringValue == id)
    #expect(answers[1]?["status"]?.stringValue == "cancelled" && answers[1]?["trials_total"]?.intValue == 160_000)
    // What was done is kept.
    var query = RunQuery()
    query.sweepID = id
    let stored = try client.store.list(query).total
    #expect(stored == answers[1]?["trials_done"]?.intValue)
  }

  @Test(arguments: [true, false]) func aClientThatVanishesLosesOrKeepsItsRuns(keeps: Bool) throws {
    let client = try Client(workers: 1)
    try client.initialize(keeps ? #"{"on_disconnect":"keep"}"# : "{}")
    let sleeping = #"{"strategy":{"command":["/bin/sh","-c","sleep 1; exit 3"]},"dataset":"GOOG","wait":false}"#
    let id = try #require(try client.call(1, "backtest/run", sleeping)["result"]?["run_id"]?.stringValue)
    client.closeReading()
    client.closeWriting()
    #expect(client.waitForEnd() == 1)
    #expect(try client.store.record(id).status == (keeps ? .failed : .cancelled))
  }

  @Test func aClientThatOnlyClosesItsEndGetsItsAnswers() throws {
    let client = try Client()
    try client.initialize()
    for id in 1...20 { try client.request(id, "backtest/run", Self.run) }
    client.closeWriting()
    var answered = Set<Int>()
    while answered.count < 20 {
      let message = try client.next()
      if let id = message["id"]?.intValue, message["result"] != nil { answered.insert(id) }
    }
    #expect(client.waitForEnd() == 1)
  }

  @Test func aClientThatReadsNothingHoldsUpNoRun() throws {
    let client = try Client(workers: 2)
    try client.initialize()
    // Far more answers than a pipe holds, none of them read until all runs are over.
    for id in 1...200 { try client.request(id, "backtest/run", Self.run) }
    var query = RunQuery()
    query.statuses = [.completed]
    while try client.store.list(query).total != 200 { ServiceThread.sleep(seconds: 0.02) }
    var answered = Set<Int>()
    while answered.count < 200 {
      let message = try client.next()
      if let id = message["id"]?.intValue, message["result"] != nil { answered.insert(id) }
    }
  }

  @Test func manyRequestsAtOnceSomeOfThemCrashing() throws {
    let client = try Client(workers: 4)
    try client.initialize(#"{"runs_changed":false}"#)
    for id in 1...100 {
      let crash = #"{"strategy":{"command":["/bin/sh","-c","kill -9 $$"]},"dataset":"GOOG"}"#
      try client.request(id, "backtest/run", id.isMultiple(of: 5) ? crash : Self.run)
    }
    var failed = Set<Int>()
    var completed = Set<Int>()
    while failed.count + completed.count < 100 {
      let message = try client.next()
      let id = try #require(message["id"]?.intValue)
      if message["error"]?["data"]?["signal"]?.intValue == 9 { failed.insert(id) }
      if message["result"]?["status"]?.stringValue == "completed" { completed.insert(id) }
    }
    #expect(failed.count == 20 && failed.allSatisfy { $0.isMultiple(of: 5) })
    #expect(try client.store.list(RunQuery()).total == 100)
  }

  @Test func aFullQueueRefuses() throws {
    let client = try Client(workers: 1, maximumQueued: 1)
    try client.initialize()
    for id in 1...3 { try client.request(id, "backtest/run", Self.silent) }
    var codes: [Int] = []
    while codes.isEmpty { if let code = try client.next()["error"]?["code"]?.intValue { codes.append(code) } }
    #expect(codes == [5002])
    client.closeReading()
    client.closeWriting()
    #expect(client.waitForEnd() == 1)
  }
}
