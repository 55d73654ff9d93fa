import Foundation
import Testing

/// `backtester run --lookahead-check`.
@Suite(.enabled(if: Program.has("python3"), "python3 is not installed"))
struct LookaheadTests {
  /// Buys when the next close, which it has no business to know, is higher.
  static let cheat = """
    from backtester import Strategy

    class Cheat(Strategy):
        def init(self):
            closes = list(self.data.Close)
            self.tomorrow = self.I(lambda: closes[1:] + closes[-1:], name="tomorrow")
        def next(self):
            if self.position and self.tomorrow[-1] < self.data.Close[-1]:
                self.position.close()
            elif not self.position and self.tomorrow[-1] > self.data.Close[-1]:
                self.buy()
    """

  /// Knows nothing of tomorrow, but divides by the mean of all closes.
  static let normalizer = """
    from backtester import Strategy

    class Normalizer(Strategy):
        def init(self):
            closes = list(self.data.Close)
            mean = sum(closes) / len(closes)
            self.scaled = self.I(lambda: [close / mean for close in closes], name="scaled")
        def next(self):
            if not self.position and self.scaled[-1] > 1:
                self.buy()
            elif self.position and self.scaled[-1] < 1:
                self.position.close()
    """

  private static let bars = ["--sample", "FB", "--from", "2012-06-01"]

  /// Runs a file with the check and reads the report.
  private func check(_ source: String, _ arguments: [String]) throws -> [String: Any] {
    try Program.withFolder { folder in
      let file = folder.appending(path: "strategy.py")
      try source.write(to: file, atomically: true, encoding: .utf8)
      return try Program.json(["run", file.path(), "--lookahead-check"] + Self.bars + arguments)
    }
  }

  @Test(arguments: [cheat, normalizer]) func aDecisionThatKnowsTheFutureFailsTheRun(_ source: String) throws {
    let report = try check(source, ["--mode", "preload"])
    #expect(report["status"] as? String == "failed")
    #expect(report["lookahead_check"] as? String == "failed")
    let failure = try #require(report["failure"] as? [String: Any])
    #expect(failure["kind"] as? String == "lookahead_detected")
    #expect(failure["fault"] as? String == "strategy")
    let detail = try #require(failure["detail"] as? [String: Any])
    let index = try #require(detail["index"] as? Int)
    let cut = try #require(detail["cut"] as? Int)
    #expect(index < cut)
    #expect(detail["symbol"] as? String == "FB")
    #expect(detail["expected"] as? String != detail["received"] as? String)
    let message = try #require(failure["message"] as? String)
    #expect(message.hasPrefix("The strategy looks ahead: with"))
  }

  @Test func anHonestStrategyPassesAndKeepsItsResult() throws {
    let report = try check(PluginTests.laBomba, ["--mode", "preload", "--param", "n2=20"])
    #expect(report["status"] as? String == "completed")
    #expect(report["lookahead_check"] as? String == "passed")
    let warnings = try #require(report["warnings"] as? [String])
    #expect(warnings.contains { $0.contains("the look-ahead check found nothing in") })
    let builtIn = try Program.json(["run", "la_bomba", "--param", "n2=20"] + Self.bars)
    #expect(report["fingerprint"] as? String != nil)
    #expect((report["trades"] as? [Any])?.count == (builtIn["trades"] as? [Any])?.count)
  }

  @Test func autoFallsBackToLockstepWhereTheFutureIsNotThere() throws {
    let report = try check(Self.cheat, [])
    #expect(report["status"] as? String == "completed")
    #expect((report["request"] as? [String: Any])?["mode"] as? String == "lockstep")
    #expect(report["lookahead_check"] == nil)
    let warnings = try #require(report["warnings"] as? [String])
    #expect(warnings.contains { $0.hasPrefix("Mode preload was not used. The strategy looks ahead:") })
  }

  /// The fixture of the conformance tests as a plugin: what it does wrong, in which mode, and whether that is seen.
  @Test(arguments: [
    ("", "vectorized", "passed"), ("peeks_one_bar", "vectorized", "failed"), ("normalises", "vectorized", "failed"),
    ("", "streamed", "passed"), ("peeks_in_chunk", "streamed", "failed"),
  ])
  func columnsAndChunksAreChecked(_ fault: String, _ mode: String, _ verdict: String) throws {
    try Program.withFolder { folder in
      try Self.manifest(fault).write(to: folder.appending(path: "plugin.json"), atomically: true, encoding: .utf8)
      let report = try Program.json(["run", folder.path(), "--lookahead-check", "--mode", mode] + Self.bars)
      #expect(report["lookahead_check"] as? String == verdict, "\(report["failure"] ?? "")")
      #expect(report["status"] as? String == (verdict == "passed" ? "completed" : "failed"))
    }
  }

  @Test func autoTakesTheFastestModeThatPasses() throws {
    try Program.withFolder { folder in
      let manifest = folder.appending(path: "plugin.json")
      try Self.manifest("peeks_one_bar").write(to: manifest, atomically: true, encoding: .utf8)
      let report = try Program.json(["run", folder.path(), "--lookahead-check"] + Self.bars)
      #expect((report["request"] as? [String: Any])?["mode"] as? String == "streamed")
      #expect(report["lookahead_check"] as? String == "passed")
    }
  }

  @Test func withoutTheCheckTheRunSaysSo() throws {
    try Program.withFolder { folder in
      try Self.manifest("").write(to: folder.appending(path: "plugin.json"), atomically: true, encoding: .utf8)
      let report = try Program.json(["run", folder.path(), "--mode", "vectorized"] + Self.bars)
      #expect(report["lookahead_check"] as? String == "skipped")
      let warnings = try #require(report["warnings"] as? [String])
      #expect(warnings.contains { $0.contains("no look-ahead check was made") })
    }
  }

  private static func manifest(_ fault: String) -> String {
    let script = Program.root.appending(path: "Tests/ConformanceTests/Fixtures/hostile.py").path()
    return """
      {"name": "fixture", "version": "1.0", "protocol_version": "1.0", "language": "python",
       "argv": ["python3", "\(script)", "\(fault)"], "modes": ["lockstep"]}
      """
  }
}
