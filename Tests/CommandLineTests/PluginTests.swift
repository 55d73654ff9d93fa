import Foundation
import Testing

/// The program with real strategy processes.
struct PluginTests {
  static let python = Program.root.appending(path: "plugins/python").path()

  /// A Python strategy in the old style, without pandas so that it runs anywhere.
  static let laBomba = """
    from backtester import Strategy
    from backtester.indicators import sma
    from backtester.lib import crossover

    class LaBomba(Strategy):
        n1, n2 = 10, 50
        stop_loss_pct, take_profit_pct, breakeven_pct = 0.01, 0.02, 0.01
        def init(self):
            self.a = self.I(sma, self.data.Close, self.n1)
            self.b = self.I(sma, self.data.Close, self.n2)
        def next(self):
            price = self.data.Close[-1]
            for t in self.trades:
                gain = price / t.entry_price - 1 if t.is_long else t.entry_price / price - 1
                if gain >= self.breakeven_pct and ((t.is_long and t.sl < t.entry_price)
                                                   or (t.is_short and t.sl > t.entry_price)):
                    t.sl = t.entry_price
            if self.position:
                return
            if crossover(self.a, self.b):
                self.buy(sl=price * (1 - self.stop_loss_pct), tp=price * (1 + self.take_profit_pct))
            elif crossover(self.b, self.a):
                self.sell(sl=price * (1 + self.stop_loss_pct), tp=price * (1 - self.take_profit_pct))
    """

  @Test(.enabled(if: Program.has("python3"), "python3 is not installed"), arguments: ["preload", "lockstep"])
  func aPythonFileGivesTheTradesOfTheBuiltInStrategy(mode: String) throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "strategy.py")
      try Self.laBomba.write(to: file, atomically: true, encoding: .utf8)
      let bars = ["--sample", "FB", "--commission", "0.002", "--param", "n2=20"]
      let builtIn = try Program.json(["run", "la_bomba"] + bars)
      let plugin = try Program.json(["run", file.path(), "--mode", mode] + bars)
      try expectEqual(builtIn, plugin)
    }
  }

  @Test(
    .enabled(if: Program.has("node"), "node is not installed"),
    arguments: [
      ("sma_cross", "lockstep"), ("sma_cross", "streamed"), ("sma_cross", "vectorized"), ("la_bomba", "lockstep"),
    ])
  func aNodeStrategyGivesTheTradesOfTheBuiltInStrategy(name: String, mode: String) throws {
    let folder = Program.root.appending(path: "plugins/javascript/examples/\(name)").path()
    let bars = ["--sample", "GOOG", "--spread", "0.001"]
    try expectEqual(
      Program.json(["run", name] + bars), Program.json(["run", folder, "--mode", mode] + bars))
  }

  func expectEqual(_ builtIn: [String: Any], _ plugin: [String: Any]) throws {
    #expect(plugin["status"] as? String == "completed")
    for key in ["metrics", "trades", "open_trades", "equity", "order_events"] {
      let expected = try JSONSerialization.data(withJSONObject: unnamed(builtIn[key]), options: .sortedKeys)
      let actual = try JSONSerialization.data(withJSONObject: unnamed(plugin[key]), options: .sortedKeys)
      #expect(expected == actual, "\(key) differs")
    }
  }

  /// The value without the names a strategy library gives its orders.
  private func unnamed(_ value: Any?) -> Any {
    guard let rows = value as? [[String: Any]] else { return value ?? [] }
    return rows.map { $0.filter { $0.key != "client_order_id" } }
  }

  /// Behaviours of a strategy, written as the body of a loop over requests, and how the run must end.
  static let hostile: [(name: String, code: String, kind: String)] = [
    ("dies before hello", "sys.exit(3)", "crashed"),
    ("dies of a signal", "answer(m, hello) if method == 'initialize' else os.kill(os.getpid(), 11)", "crashed"),
    (
      "dies mid-line", "answer(m, hello) if method == 'initialize' else (os.write(1, b'{\"jsonrpc'), sys.exit(0))",
      "crashed"
    ),
    ("says nothing to run/start", "answer(m, hello) if method == 'initialize' else time.sleep(60)", "timeout"),
    ("never says hello", "time.sleep(60)", "handshake_failed"),
    ("answers another id", "answer({'id': 99}, hello)", "handshake_failed"),
    ("speaks another version", "answer(m, dict(hello, protocol_version='9.0'))", "handshake_failed"),
    ("glues text to a message", "os.write(1, b'hi '); answer(m, hello)", "handshake_failed"),
    (
      "writes NaN", "answer(m, hello) if method == 'initialize' else answer(m, {'warmup_bars': float('nan')})",
      "protocol_error"
    ),
    (
      "sends an unknown action",
      "answer(m, {'actions': [{'do': 'dance'}]} if method == 'bar/next' else hello if method == 'initialize' else {})",
      "protocol_error"
    ),
    ("fails by itself", "answer(m, hello) if method == 'initialize' else fail(m)", "strategy_error"),
    ("writes an endless line", "[os.write(1, b'x' * 65536) for _ in range(1000)]", "handshake_failed"),
    ("closes its output", "answer(m, hello) if method == 'initialize' else (os.close(1), time.sleep(60))", "crashed"),
  ]

  static let harness = """
    import json, os, sys, time
    hello = {"protocol_version": "1.0", "strategy": {"name": "hostile"}}
    def answer(m, result):
        os.write(1, (json.dumps({"jsonrpc": "2.0", "id": m["id"], "result": result}) + "\\n").encode())
    def fail(m):
        os.write(1, (json.dumps({"jsonrpc": "2.0", "id": m["id"], "error": {"code": 2005, "message": "boom",
            "data": {"traceback": "line 1"}}}) + "\\n").encode())
    for line in sys.stdin:
        m = json.loads(line)
        method = m.get("method")
        if "id" not in m: continue
        CODE
    """

  @Test(.enabled(if: Program.has("python3"), "python3 is not installed"), arguments: hostile.map(\.name))
  func aHostileStrategyEndsInItsOwnFailure(name: String) throws {
    let fixture = try #require(Self.hostile.first { $0.name == name })
    try Program.withFolder { folder in
      let file = folder.appending(path: "plugin.py")
      try Self.harness.replacing("CODE", with: fixture.code).write(to: file, atomically: true, encoding: .utf8)
      let manifest = """
        {"name": "hostile", "version": "1", "protocol_version": "1.0", "language": "python",
         "argv": ["python3", "-u", "plugin.py"], "modes": ["lockstep"]}
        """
      try manifest.write(to: folder.appending(path: "plugin.json"), atomically: true, encoding: .utf8)
      let started = Date()
      // Half a second for a bar, three for the handshake.
      let outcome = try Program.run([
        "run", folder.path(), "--sample", "FB", "--no-save", "--json", "--timeout-scale", "0.05",
      ])
      #expect(outcome.exitCode != 0)
      #expect(Date().timeIntervalSince(started) < 30)
      let object = try? JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
      let kind = (object?["failure"] as? [String: Any])?["kind"] as? String
      #expect(outcome.exitCode == 1)
      #expect(kind == fixture.kind, "\(outcome.output)")
      #expect(outcome.errors.contains("Error:"), "\(outcome.errors)")
    }
  }

  @Test(.enabled(if: Program.has("python3"), "python3 is not installed"), arguments: ["preload", "lockstep"])
  func anExportHoldsTheChartsOfTheStrategy(mode: String) throws {
    try Program.withFolder { folder in
      let database = ["--db", folder.appending(path: "runs.sqlite").path()]
      let example = Program.root.appending(path: "plugins/python/examples/sma_cross.py").path()
      let options = ["--sample", "FB", "--param", "n1=3", "--param", "n2=5", "--mode", mode]
      let run = try Program.run(["run", example] + options + database)
      #expect(run.exitCode == 0, "\(run.errors)")
      let export = try Program.run(["runs", "export", "latest"] + database).output
      let object = try JSONSerialization.jsonObject(with: Data(export.utf8)) as? [String: Any]
      let charts = try #require(object?["annotations"] as? [String: [Any]])
      #expect(charts.count == 2)
      for values in charts.values {
        #expect(values.count == 196)
        // None before the first decision, and then one on every bar, asked about or not.
        #expect(values.map { $0 is Double } == (0..<196).map { $0 >= 5 })
      }
    }
  }

  @Test(.enabled(if: Program.has("python3"), "python3 is not installed"))
  func aTracebackIsShownOnceAndAMissingMethodNamed() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "strategy.py")
      let start = "from backtester import Strategy\nclass Breaks(Strategy):\n    def init(self): pass\n"
      try (start + "    def next(self): self.nothing\n").write(to: file, atomically: true, encoding: .utf8)
      let broken = try Program.run(["run", file.path(), "--sample", "FB", "--no-save", "--json"])
      #expect(broken.exitCode == 1)
      #expect(broken.errors.components(separatedBy: "Traceback").count == 2, "\(broken.errors)")
      #expect(broken.errors.contains("[strategy] AttributeError: 'Breaks' object has no attribute 'nothing'"))
      #expect(broken.errors.contains("Error: The strategy's own code failed: AttributeError"))
      // What programs read has all of it.
      #expect(broken.output.contains("Traceback"))
      try start.write(to: file, atomically: true, encoding: .utf8)
      let unfinished = try Program.run(["run", file.path(), "--sample", "FB", "--no-save", "--json"])
      #expect(unfinished.exitCode == 1)
      #expect(unfinished.errors.contains("class Breaks lacks next()"))
      let object = try JSONSerialization.jsonObject(with: Data(unfinished.output.utf8)) as? [String: Any]
      #expect(object?["status"] as? String == "failed")
      #expect((object?["failure"] as? [String: Any])?["kind"] as? String == "handshake_failed")
    }
  }

  @Test(.enabled(if: Program.has("python3"), "python3 is not installed"))
  func controlCStoresTheRunAsCancelledAndLeavesNoProcess() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "plugin.py")
      let code =
        "time.sleep(0.05) if method == 'bar/next' else None; answer(m, hello if method == 'initialize' else {})"
      try Self.harness.replacing("CODE", with: code).write(to: file, atomically: true, encoding: .utf8)
      let token = "cancel-\(UUID().uuidString)"
      let manifest = """
        {"name": "slow", "version": "1", "protocol_version": "1.0", "language": "python",
         "argv": ["python3", "-u", "plugin.py", "\(token)"], "modes": ["lockstep"]}
        """
      try manifest.write(to: folder.appending(path: "plugin.json"), atomically: true, encoding: .utf8)
      let database = folder.appending(path: "runs.sqlite").path()
      let outcome = try Program.run(
        ["run", folder.path(), "--sample", "GOOG", "--db", database], interruptAfter: 3)
      #expect(outcome.exitCode == 1)
      #expect(try Program.run(["runs", "--db", database]).output.contains("cancelled"))
      let alive = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.filter { entry in
        (try? String(contentsOfFile: "/proc/\(entry)/cmdline", encoding: .utf8))?.contains(token) == true
      }
      #expect(alive ?? [] == [])
    }
  }

  @Test func aBrokenManifestIsListedAndBreaksNothing() throws {
    try Program.withFolder { folder in
      let plugin = folder.appending(path: "bad")
      try FileManager.default.createDirectory(at: plugin, withIntermediateDirectories: true)
      try "{\"name\": 5}".write(to: plugin.appending(path: "plugin.json"), atomically: true, encoding: .utf8)
      let outcome = try Program.run(["strategies", "--plugin-path", folder.path()])
      #expect(outcome.exitCode == 0)
      #expect(outcome.output.contains("sma_cross"))
      #expect(outcome.output.contains("Broken:"))
    }
  }
}
