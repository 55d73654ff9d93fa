import Foundation
import Testing

struct RunCommandTests {
  @Test func showsTheResultOfTheReadme() throws {
    let outcome = try Program.run(
      ["run", "sma_cross", "--sample", "GOOG", "--param", "n1=10", "--param", "n2=30", "--no-save"])
    #expect(outcome.exitCode == 0)
    let readme = try String(contentsOf: Program.root.appending(path: "README.md"), encoding: .utf8)
    let shown = outcome.output.components(separatedBy: "\n\nEquity\n")[0]
    #expect(shown.contains("Return                    422.01 %"))
    #expect(readme.contains(shown), "the README shows another result")
  }

  @Test func theSameRequestGivesTheSameBytes() throws {
    let arguments = ["run", "la_bomba", "--sample", "IBM", "--commission", "1,0.001", "--json", "--no-save"]
    let first = try Program.run(arguments)
    #expect(first.exitCode == 0)
    #expect(first.output.count > 10_000)
    #expect(try Program.run(arguments).output == first.output)
  }

  @Test func jsonHasTheMembersOfTheDesign() throws {
    let object = try Program.json(["run", "sma_cross", "--sample", "FB"])
    for key in [
      "run_id", "status", "request", "metrics", "trades", "equity", "order_events", "warnings", "fingerprint",
    ] {
      #expect(object[key] != nil, "\(key)")
    }
    let trade = try #require((object["trades"] as? [[String: Any]])?.first)
    for key in [
      "size", "entry_index", "exit_index", "entry_time", "exit_time", "entry_price", "exit_price", "pnl",
      "return_pct", "commission", "stop_loss", "take_profit", "tag", "symbol",
    ] {
      #expect(trade[key] != nil, "\(key)")
    }
    #expect((object["metrics"] as? [String: Any])?.count == 32)
  }

  @Test(arguments: [
    (["run", "la_bmba", "--sample", "GOOG"], "did you mean la_bomba?"),
    (["run", "sma_cross", "--sample", "GOGO"], "did you mean GOOG?"),
    (["run", "sma_cross", "--sample", "GOOG", "--param", "n3=1"], "it has n1, n2"),
    (["run", "sma_cross", "--sample", "GOOG", "--param", "n1=0"], "n1 was 0"),
    (["run", "sma_cross", "--sample", "GOOG", "--cash", "-5"], "cash was -5"),
    (["run", "sma_cross", "--sample", "GOOG", "--margin", "2"], "margin was 2"),
    (["run", "sma_cross", "--sample", "GOOG", "--commission", "abc"], "--commission was abc"),
    (["run", "sma_cross", "--sample", "GOOG", "--from", "yesterday"], "--from was yesterday"),
    (["run", "sma_cross", "--sample", "GOOG", "--comission", "0"], "--commission"),
    (["run", "sma_cross"], "--sample GOOG"),
    (["rnu"], "did you mean run?"),
    (["data", "shw"], "There is no command data shw (did you mean show?)"),
    (["runs", "delet", "1"], "did you mean delete?"),
    (["strategies", "descrbe", "la_bomba"], "the commands are strategies list, strategies describe."),
    (["runs", "list", "--sort", "sharp"], "did you mean sharpe?"),
  ])
  func wrongUsageExitsWithTwoAndSaysWhatIsRight(arguments: [String], hint: String) throws {
    let outcome = try Program.run(arguments)
    #expect(outcome.exitCode == 2)
    #expect(outcome.errors.contains(hint), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test func aFaultyFileIsNamedWithItsLine() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "bars.csv")
      try "Date,Open,High,Low,Close\n2020-01-01,1,2,1,2\n2020-01-02,1,2,x,2\n"
        .write(to: file, atomically: true, encoding: .utf8)
      let outcome = try Program.run(["run", "buy_and_hold", "--data", file.path(), "--no-save"])
      #expect(outcome.exitCode == 1)
      #expect(outcome.errors.contains("line 3"))
    }
  }

  @Test func savedRunsAreListedShownExportedAndDeleted() throws {
    try Program.withFolder { folder in
      let database = ["--db", folder.appending(path: "runs.sqlite").path()]
      let saved = try Program.run(["run", "sma_cross", "--sample", "GOOG"] + database)
      #expect(saved.exitCode == 0)
      #expect(saved.output.contains("Saved as run"))
      let listed = try Program.run(["runs"] + database)
      #expect(listed.output.contains("sma_cross"))
      #expect(try Program.run(["runs", "show", "latest"] + database).output.contains("725.34 %"))
      let trades = try Program.run(["runs", "export", "latest", "--format", "csv"] + database).output
      #expect(trades.split(separator: "\n").count == 94)
      let id = try #require(listed.output.split(separator: "\n").last?.split(separator: " ").first)
      #expect(try Program.run(["runs", "delete", String(id)] + database).exitCode == 0)
      #expect(try Program.run(["runs", "show", String(id)] + database).exitCode == 1)
    }
  }

  @Test func aRunThatCannotBeSavedIsStillShown() throws {
    let outcome = try Program.run(["run", "sma_cross", "--sample", "GOOG", "--db", "/dev/null/runs.sqlite"])
    #expect(outcome.exitCode == 1)
    #expect(outcome.output.contains("725.34 %"))
    #expect(outcome.errors.contains("not saved"))
  }
}
