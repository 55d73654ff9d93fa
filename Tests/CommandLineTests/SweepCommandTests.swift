import Foundation
import Testing

struct SweepCommandTests {
  private static let small = [
    "sweep", "sma_cross", "--sample", "GOOG", "--param", "n1=5:25:5", "--param", "n2=10:40:10",
  ]

  @Test func showsTheBestTrialsAndAMap() throws {
    let outcome = try Program.run(Self.small + ["--where", "n1 < n2", "--top", "3", "--no-save"])
    #expect(outcome.exitCode == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("14 trials of 20 combinations where n1 < n2"))
    #expect(outcome.output.contains("Best 3 of 14 trials, largest Sharpe Ratio first"))
    let lines = outcome.output.components(separatedBy: "\n")
    let best = try #require(lines.first { $0.hasPrefix("  1  ") })
    // The figures of `run sma_cross --sample GOOG`, whose parameters these are.
    #expect(best.contains("10  20") && best.contains("725.34 %") && best.contains("93"))
    #expect(lines.contains { $0.hasPrefix("Sharpe Ratio by n1 (down) and n2 (across)") })
    let row = try #require(lines.last { $0.split(separator: " ").first == "10" && $0.hasPrefix("  10") })
    #expect(row.split(separator: " ") == ["10", "0.71", "0.58", "0.59"])
    #expect(outcome.output.contains("Not saved."))
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test func theReadmeShowsThis() throws {
    let readme = try String(contentsOf: Program.root.appending(path: "README.md"), encoding: .utf8)
    let outcome = try Program.run([
      "sweep", "sma_cross", "--sample", "GOOG", "--param", "n1=5:30:5", "--param", "n2=20:90:10", "--where", "n1 < n2",
      "--top", "5", "--no-save",
    ])
    let shown = outcome.output.components(separatedBy: "\n\nNot saved.")[0]
    #expect(shown.contains("Sharpe Ratio"))
    #expect(readme.contains(shown), "the README shows another result than\n\(shown)")
  }

  @Test func theSameSweepGivesTheSameBytesWhateverTheJobs() throws {
    let arguments = Self.small + ["--json", "--no-save", "--maximize", "sqn", "--random", "7", "--seed", "3"]
    let one = try Program.run(arguments + ["--jobs", "1"])
    let three = try Program.run(arguments + ["--jobs", "3"])
    #expect(one.exitCode == 0 && one.output == three.output)
    let other = try Program.run(
      Self.small + ["--json", "--no-save", "--maximize", "sqn", "--random", "7", "--seed", "4"])
    #expect(other.output != one.output)
    let object = try #require(JSONSerialization.jsonObject(with: Data(one.output.utf8)) as? [String: Any])
    #expect(object["status"] as? String == "completed" && object["trials_done"] as? Int == 7)
    #expect(object["sweep_id"] is NSNull)
    let items = try #require(object["items"] as? [[String: Any]])
    #expect(items.count == 7)
    let first = try #require(items.first)
    let parameters = try #require(first["parameters"] as? [String: Int])
    let single = try Program.json([
      "run", "sma_cross", "--sample", "GOOG", "--param", "n1=\(parameters["n1"] ?? 0)", "--param",
      "n2=\(parameters["n2"] ?? 0)",
    ])
    #expect(first["metrics"] as? NSDictionary == single["metrics"] as? NSDictionary)
    let values = items.map { ($0["metrics"] as? [String: Any])?["sqn"] as? Double ?? -.infinity }
    #expect(values == values.sorted(by: >))
  }

  @Test func aSavedSweepIsListedExportedAndDeleted() throws {
    try Program.withFolder { folder in
      let database = ["--db", folder.appending(path: "runs.sqlite").path()]
      #expect(try Program.run(["run", "la_bomba", "--sample", "FB"] + database).exitCode == 0)
      let swept = try Program.run(Self.small + ["--where", "n1 < n2", "--json"] + database)
      let object = try #require(JSONSerialization.jsonObject(with: Data(swept.output.utf8)) as? [String: Any])
      let id = try #require(object["sweep_id"] as? String)
      let list = try Program.run(["runs", "list", "--sweep", id, "--sort", "sharpe", "--limit", "2"] + database)
      let lines = list.output.components(separatedBy: "\n")
      #expect(lines[0].split(separator: " ").prefix(4) == ["ID", "STATUS", "n1", "n2"])
      #expect(lines[1].split(separator: " ").dropFirst(2).prefix(4) == ["10", "20", "725.34", "%"])
      #expect(list.output.contains("2 of 14 runs"))
      let trial = String(lines[1].split(separator: " ")[0])
      // The trials are no runs that anybody asked for one by one.
      #expect(try Program.run(["runs", "show", "latest"] + database).output.hasPrefix("la_bomba on FB"))
      #expect(try Program.run(["runs", "show", trial] + database).output.contains("A trial of the sweep \(id)"))
      let export = try Program.run(["runs", "export", trial, "--format", "csv"] + database)
      #expect(export.exitCode == 1 && export.output.isEmpty && export.errors.contains("trial of the sweep \(id)"))
      let show = try Program.run(["runs", "show", id] + database)
      #expect(show.exitCode == 1 && show.errors.contains("runs list --sweep \(id)"))
      let delete = try Program.run(["runs", "delete", id] + database)
      #expect(delete.exitCode == 0 && delete.errors.contains("the 14 trials of the sweep \(id)"))
      #expect(try Program.run(["runs", "list", "--sweep", id] + database).output.contains("no such trials"))
      #expect(try Program.run(["runs"] + database).output.contains("la_bomba"))
    }
  }

  @Test func writesEveryTrialAsCSV() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "trials.csv")
      let toFile = try Program.run(Self.small + ["--no-save", "--csv", file.path()])
      #expect(toFile.exitCode == 0 && toFile.output.contains("Best 10 of 20"))
      let toOutput = try Program.run(Self.small + ["--no-save", "--csv", "-"])
      #expect(try String(contentsOf: file, encoding: .utf8) == toOutput.output)
      let lines = toOutput.output.split(separator: "\n").map { $0.components(separatedBy: ",") }
      #expect(lines.count == 21)
      #expect(Array(lines[0].prefix(6)) == ["trial", "run_id", "status", "n1", "n2", "start"])
      #expect(Array(lines[1].prefix(5)) == ["1", "", "completed", "5", "10"])
      #expect(lines.allSatisfy { $0.count == 5 + 32 + 1 })
      let column = try #require(lines[0].firstIndex(of: "total_return_pct"))
      #expect(lines[6][3...4] == ["10", "20"] && lines[6][column].hasPrefix("725.33"))
    }
  }

  @Test(arguments: [
    (["--param", "n1=5:50:5", "--param", "n3=1"], "did you mean n1?"),
    (["--param", "n1"], "n1 does not say which values"),
    (["--param", "n1=0:5"], "n1 was 0"),
    (["--param", "n1=5:50", "--param", "n1=3"], "n1 was given twice"),
    (["--param", "n1=5:50", "--where", "n1 < n22"], "did you mean n2?"),
    (["--param", "n1=5:50", "--where", "n1 < "], "at position 6"),
    (["--param", "n1=5:50", "--where", "n1 > 90"], "None of the 46 combinations"),
    (["--param", "n1=1:1000", "--param", "n2=1:2000"], "--random N"),
    (["--param", "n1=5:50", "--maximize", "sharp"], "did you mean sharpe?"),
    (["--param", "n1=5:50", "--minimize", "sharpe", "--maximize", "sqn"], "one objective"),
    (["--param", "n1=5:50", "--jobs", "0"], "--jobs was 0"),
    (["--param", "n1=5:50", "--random", "0"], "random was 0"),
    (["--param", "n1=5:50", "--random-seed", "1"], "goes with --random"),
    (["--param", "n1=5:50", "--json", "--csv", "-"], "--csv trials.csv"),
    ([], "--param n1=5:50:5"),
  ])
  func wrongUsageExitsWithTwoAndSaysWhatIsRight(arguments: [String], hint: String) throws {
    let outcome = try Program.run(["sweep", "sma_cross", "--sample", "GOOG", "--no-save"] + arguments)
    #expect(outcome.exitCode == 2)
    #expect(outcome.errors.contains(hint), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test func savedTrialsAreListedByTheirSweepOnly() throws {
    try Program.withFolder { folder in
      let database = ["--db", folder.appending(path: "runs.sqlite").path()]
      let saved = try Program.run(Self.small + database)
      #expect(saved.exitCode == 0, "\(saved.errors)")
      let words = saved.output.components(separatedBy: .whitespacesAndNewlines)
      let id = try #require(words.firstIndex(of: "sweep").map { words[$0 + 1] })
      let listed = try Program.run(["runs", "list", "--sweep", id, "--limit", "100", "--sort", "sharpe"] + database)
      #expect(listed.output.split(separator: "\n").count == 21)
      #expect(listed.output.split(separator: "\n")[1].contains("725.34 %"))
      #expect(try Program.run(["runs", "list"] + database).output.contains("There are no such runs"))
      #expect(try Program.run(["runs", "show", "\(id)-06"] + database).output.contains("725.34 %"))
    }
  }

  @Test func controlCKeepsWhatIsDone() throws {
    try Program.withFolder { folder in
      let database = ["--db", folder.appending(path: "runs.sqlite").path()]
      let outcome = try Program.run(
        ["sweep", "sma_cross", "--sample", "GOOG", "--param", "n1=1:1000", "--param", "n2=1:1000"] + database,
        interruptAfter: 4)
      #expect(outcome.exitCode == 1)
      #expect(outcome.output.contains("Cancelled: "))
      #expect(outcome.output.contains("Best 10 of "))
      #expect(outcome.errors.contains("cancelled after"))
      let words = outcome.output.components(separatedBy: .whitespacesAndNewlines)
      let id = try #require(words.firstIndex(of: "sweep").map { words[$0 + 1] })
      let done = try #require(words.firstIndex(of: "Cancelled:").map { words[$0 + 1] })
      let listed = try Program.run(["runs", "list", "--sweep", id, "--limit", "1"] + database)
      #expect(listed.output.contains("1 of \(done) runs"), "\(listed.output)")
    }
  }

  /// Dies in the trial n1 = 3, fails in n1 = 5; each start of the process is a line in a file.
  private static let plugin = """
    import json, os, sys
    open(sys.argv[1], "a").write("started\\n")
    hello = {"protocol_version": "1.0", "strategy": {"name": "brittle"}, "capabilities": {"modes": ["lockstep"], "reuse": True},
             "parameters": {"type": "object", "properties": {"n1": {"type": "integer", "minimum": 1, "default": 1}}}}
    n1 = 0
    for line in sys.stdin:
        m = json.loads(line)
        if "id" not in m: continue
        answer = {"result": {}}
        if m["method"] == "initialize": answer = {"result": hello}
        elif m["method"] == "run/start": n1 = m["params"]["parameters"]["n1"]
        elif m["method"] == "bar/next":
            index = m["params"]["index"]
            if n1 == 3 and index == 10: os._exit(7)
            if n1 == 5 and index == 10: answer = {"error": {"code": 2005, "message": "n1 was five"}}
            elif index == 10 * n1: answer = {"result": {"actions": [{"do": "order", "side": "buy"}]}}
        sys.stdout.write(json.dumps({"jsonrpc": "2.0", "id": m["id"], **answer}) + "\\n")
        sys.stdout.flush()
    """

  @Test(.enabled(if: Program.has("python3"), "python3 is not installed"))
  func aStrategyProcessIsKeptWarmAndItsCrashCostsOneTrial() throws {
    try Program.withFolder { folder in
      try Self.plugin.write(to: folder.appending(path: "plugin.py"), atomically: true, encoding: .utf8)
      let starts = folder.appending(path: "starts")
      let manifest = """
        {"name": "brittle", "version": "1", "protocol_version": "1.0", "language": "python",
         "argv": ["python3", "-u", "plugin.py", "\(starts.path())"], "modes": ["lockstep"]}
        """
      try manifest.write(to: folder.appending(path: "plugin.json"), atomically: true, encoding: .utf8)
      let bars = ["--sample", "FB", "--to", "2013-01-01"]
      let outcome = try Program.run(
        ["sweep", folder.path(), "--param", "n1=1:8", "--jobs", "1", "--json", "--no-save"] + bars)
      #expect(outcome.exitCode == 0, "\(outcome.errors)")
      // The first serves up to its crash, the second up to its own failure, the third the rest.
      #expect(try String(contentsOf: starts, encoding: .utf8).split(separator: "\n").count == 3)
      let object = try #require(JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
      #expect(object["trials_failed"] as? Int == 2)
      let items = try #require(object["items"] as? [[String: Any]])
      var kinds: [Int: String] = [:]
      for item in items {
        let n1 = try #require((item["parameters"] as? [String: Int])?["n1"])
        kinds[n1] = (item["failure"] as? [String: Any])?["kind"] as? String
        guard kinds[n1] == nil, n1 < 5 else { continue }
        let single = try Program.json(["run", folder.path(), "--param", "n1=\(n1)"] + bars)
        #expect(item["metrics"] as? NSDictionary == single["metrics"] as? NSDictionary, "\(n1)")
      }
      #expect(kinds == [3: "crashed", 5: "strategy_error"])
      let table = try Program.run(["sweep", folder.path(), "--param", "n1=3,5", "--jobs", "2", "--no-save"] + bars)
      #expect(table.exitCode == 1)
      #expect(table.output.contains("2 of 2 trials failed"))
      #expect(table.errors.contains("Every trial failed."))
    }
  }
}
