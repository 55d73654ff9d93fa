import Foundation
import Testing

/// `backtester check`.
@Suite(.enabled(if: Program.has("python3"), "python3 is not installed"))
struct CheckCommandTests {
  private static let hostile = Program.root.appending(path: "Tests/ConformanceTests/Fixtures/hostile.py").path()

  @Test func aFailedCheckIsShownWithItsTraffic() throws {
    let outcome = try Program.run(
      ["check", "--only", "core.bar_next", "--only", "core.run_start", "--", "python3", Self.hostile, "nan"])
    #expect(outcome.exitCode == 1)
    #expect(outcome.errors.isEmpty)
    #expect(outcome.output.contains("1  ok    core.run_start"))
    #expect(outcome.output.contains("2  FAIL  core.bar_next"))
    #expect(outcome.output.contains("Last messages"))
    // The line that cannot be read is the last of the traffic.
    let last = outcome.output.split(separator: "\n").map { $0.drop { $0 == " " } }.joined()
    #expect(last.contains("\"result\":{\"annotations\":{\"a\":NaN}}}"))
    #expect(outcome.output.contains("Not yet: 1 passed, 1 failed."))
    #expect(!outcome.output.contains("\u{1B}["))
  }

  @Test func jsonHasTheKeysOfThePythonKit() throws {
    let outcome = try Program.run(
      ["check", "--only", "core.id_echo", "--only", "core.starts", "--json", "--", "python3", Self.hostile, "wrong_id"])
    #expect(outcome.exitCode == 1)
    let parsed = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let report = try #require(parsed as? [String: Any])
    #expect(report["passed"] as? Bool == false)
    #expect(report["level"] as? String == "all")
    #expect(report["command"] as? [String] == ["python3", Self.hostile, "wrong_id"])
    let checks = try #require(report["checks"] as? [[String: Any]])
    #expect(checks.map { $0["id"] as? String } == ["core.starts", "core.id_echo"])
    #expect(Set(checks[0].keys) == ["id", "level", "status", "detail"])
    #expect(Set(checks[1].keys) == ["id", "level", "status", "detail", "messages", "stdout", "stderr"])
  }

  @Test func aFileIsCheckedAsItIsRun() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "strategy.py")
      try """
      from backtester import on_bar

      @on_bar(name="quiet", needs_account=False)
      def strategy(bar, ctx):
          pass
      """.write(to: file, atomically: true, encoding: .utf8)
      let outcome = try Program.run(["check", file.path(), "--only", "core.initialize", "--only", "core.reuse"])
      #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
      #expect(outcome.output.contains("The strategy keeps to the protocol: 2 passed."))
    }
  }

  @Test(
    arguments: [
      ([], "Give a strategy's name or path"), (["sma_cross"], "sma_cross is compiled into the program"),
      (["--only", "core.start", "--", "true"], "did you mean core.starts?"),
      (["x", "--", "y"], "Give a strategy's name"),
      (["--param", "n", "--", "true"], "NAME=VALUE"), (["--expected", "/nonexistent", "--", "true"], "cannot be read"),
      (["sma_cros"], "did you mean sma_cross?"),
    ] as [([String], String)])
  func wrongUsageIsExplained(_ arguments: [String], _ words: String) throws {
    let outcome = try Program.run(["check"] + arguments)
    #expect(outcome.exitCode == 2)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }

  @Test func listNamesEveryCheck() throws {
    let outcome = try Program.run(["check", "--list"])
    #expect(outcome.exitCode == 0)
    #expect(outcome.output.split(separator: "\n").count == 46)
  }
}
