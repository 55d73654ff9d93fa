import Foundation
import GRDB
import Synchronization
import TestSupport
import Testing

/// The program on bars from a stand-in for Yahoo.
struct RealDataTests {
  /// Monday 2024-01-01 on, 14:30 UTC, without weekends.
  private static let days: [Int64] = (0..<40).map { 1_704_119_400 + $0 * 86_400 }
    .filter { (($0 / 86_400 + 3) % 7) < 5 }

  private static func body(_ symbol: String) -> ReplayReply {
    ChartBody(
      symbol: symbol, firstTrade: days[0],
      rows: days.enumerated().map { ChartBody.row($1, 10 + Double($0 % 7), factor: 0.9) }
    ).reply
  }

  private static func environment(_ server: ReplayServer, _ folder: URL) -> [String: String] {
    [
      "BACKTESTER_YAHOO_URL": server.base, "BACKTESTER_CACHE": folder.appending(path: "cache").path(),
      "BACKTESTER_HTTP_TIMEOUT": "20",
    ]
  }

  private static let run = ["run", "sma_cross", "--symbol", "TEST", "--from", "2024-01-01", "--to", "2024-02-01"]
  private static let json = ["--param", "n1=2", "--param", "n2=4", "--json", "--no-save"]

  /// Runs a test's body with a server that is stopped and a folder that is removed behind it.
  private static func with(
    _ answer: @escaping @Sendable (ReplayRequest, Int) -> ReplayReply,
    _ body: (ReplayServer, URL, [String: String]) throws -> Void
  ) throws {
    let server = try ReplayServer(answer)
    defer { server.stop() }
    try Program.withFolder { folder in try body(server, folder, environment(server, folder)) }
  }

  @Test func aFetchedRunIsTheSameBytesOfflineAndWithTheNetworkAway() throws {
    try Self.with({ _, _ in Self.body("TEST") }) { server, _, environment in
      let online = try Program.run(Self.run + Self.json, environment: environment)
      #expect(online.exitCode == 0, "\(online.errors)")
      #expect(online.output.contains("\"yahoo\":\"TEST\""))
      #expect(online.output.contains("Yahoo TEST, 1d, adjusted for splits and dividends"))
      #expect(server.requests.count == 1)
      let offline = try Program.run(Self.run + Self.json + ["--offline"], environment: environment)
      #expect(offline.output == online.output)
      let dataset = ["run", "sma_cross", "--dataset", "yahoo:test:1d", "--from", "2024-01-01", "--to", "2024-02-01"]
      #expect(try Program.run(dataset + Self.json, environment: environment).output == online.output)
      server.stop()
      let away = try Program.run(Self.run + Self.json, environment: environment)
      #expect(away.output == online.output)
      #expect(server.requests.count == 1)
    }
  }

  @Test func withoutNetworkAnUncachedRunNamesHostAndRemedy() throws {
    try Self.with({ _, _ in Self.body("TEST") }) { server, _, environment in
      let offline = try Program.run(Self.run + Self.json + ["--offline"], environment: environment)
      #expect(offline.exitCode == 1)
      #expect(offline.errors.contains("Run once without --offline"))
      #expect(server.requests.isEmpty)
      server.stop()
      let away = try Program.run(Self.run + Self.json, environment: environment)
      #expect(away.exitCode == 1)
      #expect(away.errors.contains("127.0.0.1:\(server.port)"), "\(away.errors)")
      // Programs read the same from standard output.
      let object = try JSONSerialization.jsonObject(with: Data(away.output.utf8)) as? [String: Any]
      let failure = object?["failure"] as? [String: Any]
      #expect(object?["status"] as? String == "failed" && failure?["kind"] as? String == "data_error")
      #expect((failure?["message"] as? String)?.contains("127.0.0.1:\(server.port)") == true)
      #expect(!away.errors.contains("delisted"))
    }
  }

  @Test func aSilentHostFailsInsideTheDeadline() throws {
    try Self.with({ _, _ in ReplayReply(manner: .silent) }) { _, _, environment in
      let short = environment.merging(["BACKTESTER_HTTP_TIMEOUT": "1"]) { $1 }
      let outcome = try Program.run(Self.run + Self.json, environment: short)
      #expect(outcome.exitCode == 1)
      #expect(outcome.errors.contains("127.0.0.1"), "\(outcome.errors)")
    }
  }

  @Test func anUnknownSymbolIsSaidAsYahooSaidIt() throws {
    let refusal =
      #"{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}"#
    try Self.with({ _, _ in .json(refusal, status: 404) }) { server, _, environment in
      let outcome = try Program.run(Self.run + Self.json, environment: environment)
      #expect(outcome.exitCode == 1)
      #expect(outcome.errors.contains("Yahoo has no symbol TEST"))
      #expect(server.requests.count == 1)
    }
  }

  @Test func throttledTheCacheAnswersAndItsAgeIsSaid() throws {
    let isThrottled = Mutex(false)
    try Self.with({ _, _ in
      isThrottled.withLock { $0 } ? .page("Edge: Too Many Requests", status: 429) : Self.body("TEST")
    }) { _, folder, environment in
      let open = ["run", "buy_and_hold", "--symbol", "TEST", "--from", "2024-01-01", "--json", "--no-save"]
      let first = try Program.run(open, environment: environment)
      #expect(first.exitCode == 0, "\(first.errors)")
      isThrottled.withLock { $0 = true }
      // Two days later, as far as the cache knows.
      let cache = try DatabaseQueue(path: folder.appending(path: "cache/bars.sqlite").path())
      try cache.write { try $0.execute(sql: "UPDATE dataSet SET fetchedAt = fetchedAt - 172800000") }
      try cache.close()
      let cached = try Program.run(open, environment: environment)
      #expect(cached.exitCode == 0, "\(cached.errors)")
      #expect(cached.errors.contains("429"))
      #expect(cached.errors.contains("fetched 2 days ago"), "\(cached.errors)")
      #expect(cached.output == first.output)
    }
  }

  @Test func twoProcessesFetchTheSameSymbolAtOnce() throws {
    try Self.with({ _, _ in
      var reply = Self.body("TEST")
      reply.manner = .dripping(bytes: 500, pause: 0.01)
      return reply
    }) { _, _, environment in
      let outputs = Mutex<[String]>([])
      DispatchQueue.concurrentPerform(iterations: 2) { _ in
        let outcome = try? Program.run(Self.run + Self.json, environment: environment)
        outputs.withLock { $0.append(outcome.map { "\($0.exitCode) \($0.output)" } ?? "not started") }
      }
      let seen = outputs.withLock { $0 }
      #expect(seen[0] == seen[1])
      #expect(seen[0].hasPrefix("0 {"), "\(seen[0].prefix(200))")
    }
  }

  @Test func controlCEndsAFetch() throws {
    try Self.with({ _, _ in ReplayReply(manner: .silent) }) { _, _, environment in
      let patient = environment.merging(["BACKTESTER_HTTP_TIMEOUT": "300"]) { $1 }
      let outcome = try Program.run(Self.run + Self.json, environment: patient, interruptAfter: 2)
      #expect(outcome.exitCode == 1)
      #expect(outcome.errors.contains("cancelled"), "\(outcome.errors)")
    }
  }

  @Test func dataIsFetchedListedShownAndCleared() throws {
    try Self.with({ request, _ in Self.body(String(request.path.split(separator: "/").last ?? "")) }) {
      server, folder, environment in
      let fetched = try Program.run(
        ["data", "fetch", "TEST", "OTHER", "--from", "2024-01-01", "--to", "2024-02-01"], environment: environment)
      #expect(fetched.exitCode == 0, "\(fetched.errors)")
      #expect(fetched.output.contains("OTHER"))
      #expect(server.requests.count == 2)
      let file = folder.appending(path: "bars.csv")
      try "Date;Open;High;Low;Close\n31.12.2020;1,5;2;1;2\n01.01.2021;2;2,5;1;2\n"
        .write(to: file, atomically: true, encoding: .utf8)
      let imported = try Program.run(["data", "import", file.path(), "--name", "mine"], environment: environment)
      #expect(imported.exitCode == 0, "\(imported.errors)")
      #expect(imported.output.contains("semicolon"))
      let again = try Program.run(["data", "import", file.path(), "--name", "mine"], environment: environment)
      #expect(again.exitCode == 2)
      #expect(again.errors.contains("--replace"))

      let listed = try Program.run(["data"], environment: environment).output
      for id in ["sample:GOOG", "yahoo:TEST:1d", "yahoo:OTHER:1d", "import:mine"] { #expect(listed.contains(id)) }
      let json = try Program.run(["data", "list", "--json"], environment: environment).output
      let sets = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
      #expect(sets.count == 8)
      #expect(sets.allSatisfy { ($0["sha256"] as? String)?.count == 64 })
      let shown = try Program.run(["data", "show", "test"], environment: environment).output
      let facts = shown.split(separator: "\n").map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
      #expect(facts.contains { $0.first == "gaps" && $0.last?.hasSuffix("none") == true }, "\(shown)")
      #expect(shown.contains("the beginning up to 2024-02-01"), "\(shown)")
      let run = try Program.json(["run", "buy_and_hold", "--dataset", "mine"], environment: environment)
      #expect((run["data"] as? [String: Any])?["bars"] as? Int == 2)

      let slip = try Program.run(["data", "clear", "TEST", "OTHRE"], environment: environment)
      #expect(slip.exitCode == 2)
      #expect(slip.errors.contains("did you mean OTHER?"), "\(slip.errors)")
      #expect(try Program.run(["data", "clear", "TEST"], environment: environment).errors.contains("yahoo:TEST:1d"))
      let unasked = try Program.run(["data", "clear"], environment: environment)
      #expect(unasked.exitCode == 2)
      #expect(unasked.errors.contains("--yes"))
      #expect(try Program.run(["data", "clear", "--yes"], environment: environment).exitCode == 0)
      #expect(try !Program.run(["data"], environment: environment).output.contains("import:mine"))
    }
  }

  @Test(arguments: [
    (["run", "sma_cross", "--symbol", "AAPL", "--interval", "1day"], "1wk"),
    (["run", "sma_cross", "--symbol", "AAPL", "--from", "2020-13-01"], "--from was 2020-13-01"),
    (["run", "sma_cross", "--symbol", "AAPL", "--from", "2020-02-01", "--to", "2020-01-01"], "must be later"),
    (["run", "sma_cross", "--symbol", "AAPL", "--offline", "--refresh"], "exclude each other"),
    (["run", "sma_cross", "--symbol", "AAPL", "--sample", "GOOG"], "exclude each other"),
    (["run", "sma_cross", "--sample", "GOOG", "--offline"], "--offline goes with --symbol"),
    (["run", "sma_cross", "--sample", "GOOG", "--decimal-comma"], "goes with --data"),
    (["run", "sma_cross", "--data", "x.csv", "--price-divisor", "-1"], "--price-divisor was -1"),
    (["run", "sma_cross", "--data", "x.csv", "--utc-offset", "99"], "--utc-offset was 99"),
    (["run", "sma_cross", "--dataset", "sample:GOGO"], "did you mean sample:GOOG?"),
    (["data", "fetch"], "symbols"),
    (["data", "show", "GOGO"], "GOGO"),
  ])
  func wrongUsageSaysWhatIsRight(arguments: [String], hint: String) throws {
    try Program.withFolder { folder in
      let environment = ["BACKTESTER_CACHE": folder.path(), "BACKTESTER_YAHOO_URL": "http://127.0.0.1:1"]
      let outcome = try Program.run(arguments, environment: environment)
      #expect(outcome.exitCode == 2, "\(outcome.errors)")
      #expect(outcome.errors.contains(hint), "\(outcome.errors)")
    }
  }

  @Test func optionsThatImporterErrorsNameExist() throws {
    try Program.withFolder { folder in
      func bars(_ text: String, _ options: [String]) throws -> Program.Outcome {
        let file = folder.appending(path: "bars.csv")
        try text.write(to: file, atomically: true, encoding: .utf8)
        return try Program.run(["run", "buy_and_hold", "--data", file.path(), "--json", "--no-save"] + options)
      }
      let several =
        "Date,Symbol,Open,High,Low,Close\n2020-01-01,A,1,2,1,2\n2020-01-01,B,3,4,3,4\n2020-01-02,B,3,4,3,4\n"
      #expect(try bars(several, []).errors.contains("--symbol"))
      #expect(try bars(several, ["--symbol", "B"]).output.contains("\"bars\":2"))
      let comma = "Date;Open;High;Low;Close\n2020-01-01;1,000;2,000;1,000;2,000\n2020-01-02;1,000;2,000;1,000;2,000\n"
      #expect(try bars(comma, []).errors.contains("--decimal-comma"))
      #expect(try bars(comma, ["--no-decimal-comma"]).exitCode == 0)
      #expect(try bars(comma, ["--decimal-comma"]).output.contains("\"decimal_comma\":true"))
      let plain = "Date,Open,High,Low,Close\n2020-01-01 09:30,10000,20000,10000,20000\n2020-01-02 09:30,2,2,2,2\n"
      let moved = try bars(plain, ["--price-divisor", "10000", "--utc-offset", "-05:00"])
      // 14:30 UTC.
      #expect(moved.output.contains("1577889000000"), "\(moved.errors)")
    }
  }
}
