import Foundation
import Testing

/// `backtester replay`, both ways, on what `backtester run --record` wrote.
@Suite(.enabled(if: Program.has("python3") && Program.has("awk"), "python3 or awk is not installed"))
struct ReplayTests {
  private static let bars = ["--sample", "FB", "--no-save", "--to", "2012-10-01"]
  private static let hostile = Program.root.appending(path: "Tests/ConformanceTests/Fixtures/hostile.py").path()
  private static let laBomba = Program.root.appending(path: "plugins/shell/la_bomba").path()

  /// Records a run and hands on the file.
  private func withRecording(_ arguments: [String], _ body: (URL) throws -> Void) throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "session.jsonl")
      let outcome = try Program.run(["run"] + arguments + Self.bars + ["--record", file.path()])
      #expect(FileManager.default.fileExists(atPath: file.path()), "\(outcome.errors)")
      try body(file)
    }
  }

  /// The well-behaved fixture as a plugin.
  private func withFixture(_ body: (String) throws -> Void) throws {
    try Program.withFolder { folder in
      try """
      {"name": "fixture", "version": "1.0", "protocol_version": "1.0", "language": "python",
       "argv": ["python3", "\(Self.hostile)"], "modes": ["lockstep"]}
      """.write(to: folder.appending(path: "plugin.json"), atomically: true, encoding: .utf8)
      try body(folder.path())
    }
  }

  @Test(arguments: ["lockstep", "preload", "streamed", "vectorized"])
  func aRecordingIsReproducedBothWays(_ mode: String) throws {
    try withFixture { fixture in
      try withRecording([fixture, "--mode", mode, "--commission", "0.002"]) { file in
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(text.contains("\"timeframe\":\"1d\""))
        let host = try Program.run(["replay", file.path()])
        #expect(host.exitCode == 0, "\(host.output)\(host.errors)")
        #expect(host.output.hasPrefix("As recorded: "))
        for strategy in [[fixture], ["--", "python3", Self.hostile]] {
          let outcome = try Program.run(["replay", file.path()] + strategy)
          #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
          #expect(outcome.output.hasPrefix("As recorded: "))
        }
      }
    }
  }

  @Test func whatTheStrategyIsToldOfItsSymbolIsToldAgain() throws {
    try Program.withFolder { folder in
      let data = folder.appending(path: "bars.csv")
      let rows = (0..<40).map { row in
        "2024-01-0\(1 + row / 8) 1\(row % 8):00:00-05:00,1,3,0.5,\(1 + Double(row % 7) / 10)"
      }
      try ("Datetime,Open,High,Low,Close\n" + rows.joined(separator: "\n") + "\n")
        .write(to: data, atomically: true, encoding: .utf8)
      let file = folder.appending(path: "session.jsonl")
      let example = Program.root.appending(path: "plugins/python/examples/sma_cross.py").path()
      let run = try Program.run([
        "run", example, "--data", data.path(), "--param", "n1=2", "--param", "n2=4", "--no-save", "--record",
        file.path(),
      ])
      #expect(run.exitCode == 0, "\(run.errors)")
      #expect(try String(contentsOf: file, encoding: .utf8).contains("\"timezone\":\"-05:00\""))
      for arguments in [[], [example]] {
        let outcome = try Program.run(["replay", file.path()] + arguments)
        #expect(outcome.output.hasPrefix("As recorded: "), "\(outcome.output)\(outcome.errors)")
      }
    }
  }

  @Test func aRecordingThatBreaksOffSaysWhere() throws {
    try withFixture { fixture in
      let manifest = try String(contentsOfFile: "\(fixture)/plugin.json", encoding: .utf8)
      try manifest.replacing("\"\(Self.hostile)\"", with: "\"\(Self.hostile)\", \"dies\"")
        .write(toFile: "\(fixture)/plugin.json", atomically: true, encoding: .utf8)
      try withRecording([fixture, "--mode", "lockstep"]) { file in
        let outcome = try Program.run(["replay", file.path()])
        #expect(outcome.output.contains("The recording breaks off with bar/next about bar 20, which was not answered."))
      }
    }
  }

  /// The sessions shipped with the protocol: what they say the host sends is what it sends.
  @Test(arguments: [
    "cancel", "crash", "lockstep", "preload", "short-messages", "strategy-error", "stray-output", "streamed",
    "vectorized", "version-mismatch", "warm-up",
  ])
  func theHostPlaysTheShippedSession(_ name: String) throws {
    let file = Program.root.appending(path: "protocol/v1/transcripts/\(name).jsonl").path()
    let outcome = try Program.run(["replay", file])
    #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
  }

  @Test func everyShippedSessionIsPlayed() throws {
    let folder = Program.root.appending(path: "protocol/v1/transcripts").path()
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).count == 11)
  }

  @Test func everySettingIsReproduced() throws {
    let settings = [
      "--cash", "5000", "--commission", "1,0.001", "--spread", "0.002", "--margin", "0.5", "--hedging", "--finalize",
      "--trade-on-close", "--seed", "7", "--profile", "strict", "--param", "n1=3", "--param", "n2=7",
    ]
    try withRecording([Self.laBomba] + settings) { file in
      let outcome = try Program.run(["replay", file.path()])
      #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
    }
  }

  @Test func aStrategyThatAnswersOtherwiseIsShown() throws {
    try withFixture { fixture in
      try withRecording([fixture, "--mode", "lockstep"]) { file in
        let outcome = try Program.run(
          ["replay", file.path(), "--json", "--", "python3", Self.hostile, "unknown_action_field"])
        #expect(outcome.exitCode == 1)
        let parsed = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
        let report = try #require(parsed as? [String: Any])
        #expect(report["same"] as? Bool == false)
        #expect(report["differing"] as? Int == 1)
        let differences = try #require(report["differences"] as? [[String: Any]])
        #expect(differences.first?["index"] as? Int == 40)
        #expect(differences.first?["method"] as? String == "bar/next")
        #expect((differences.first?["received"] as? String)?.contains("\"colour\":\"red\"") == true)
      }
    }
  }

  @Test func aStrategyThatEndsIsTold() throws {
    try withFixture { fixture in
      try withRecording([fixture, "--mode", "lockstep"]) { file in
        let outcome = try Program.run(["replay", file.path(), "--", "python3", Self.hostile, "dies"])
        #expect(outcome.exitCode == 1)
        #expect(outcome.output.contains("Ended early: the process ended (exit code 7)"))
      }
    }
  }

  @Test func aHostThatSimulatesOtherwiseIsShown() throws {
    try withRecording([Self.laBomba, "--param", "n1=3", "--param", "n2=7"]) { file in
      // Another size of the first order changes the account from its fill on.
      let text = try String(contentsOf: file, encoding: .utf8)
      let order = try #require(text.range(of: "\"side\":\"buy\""))
      let changed = text.replacingCharacters(in: order, with: "\"side\":\"buy\",\"quantity\":1")
      try changed.write(to: file, atomically: true, encoding: .utf8)
      let outcome = try Program.run(["replay", file.path()])
      #expect(outcome.exitCode == 1)
      #expect(outcome.output.contains("bar/next, bar "))
      #expect(outcome.output.contains("expected  {"))
      #expect(outcome.output.contains("Not as recorded: "))
    }
  }

  @Test func aRunThatCrashedIsReproducedUpToItsCrash() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "session.jsonl")
      try """
      {"name": "fixture", "version": "1.0", "protocol_version": "1.0", "language": "python",
       "argv": ["python3", "\(Self.hostile)", "dies"], "modes": ["lockstep"]}
      """.write(to: folder.appending(path: "plugin.json"), atomically: true, encoding: .utf8)
      let run = try Program.run(["run", folder.path(), "--record", file.path()] + Self.bars)
      #expect(run.exitCode == 1)
      let outcome = try Program.run(["replay", file.path()])
      #expect(outcome.exitCode == 0, "\(outcome.output)\(outcome.errors)")
    }
  }

  /// Numbers of a file that is no honest recording: a sentence, never a trap.
  @Test(arguments: [
    ("\"time\":1", "\"time\":9223372036854775807,\"x\":1"), ("\"end\":1", "\"end\":9223372036854775807,\"x\":1"),
    ("\"bars_total\":", "\"bars_total\":9007199254740991,\"x\":"), ("\"index\":1,", "\"index\":9223372036854775807,"),
    ("\"initial_cash\":", "\"initial_cash\":-1,\"x\":"), ("\"seed\":", "\"seed\":-5,\"x\":"),
  ])
  func impossibleNumbersAreRefused(_ number: (String, String)) throws {
    try withRecording([Self.laBomba, "--param", "n1=3", "--param", "n2=7"]) { file in
      let text = try String(contentsOf: file, encoding: .utf8)
      let place = try #require(text.range(of: number.0))
      let changed = text.replacingCharacters(in: place, with: number.1)
      try changed.write(to: file, atomically: true, encoding: .utf8)
      let outcome = try Program.run(["replay", file.path()])
      #expect([1, 2].contains(outcome.exitCode), "\(outcome.output)\(outcome.errors)")
      #expect(!(outcome.output + outcome.errors).isEmpty)
    }
  }

  @Test func whatIsNoRecordingIsRefused() throws {
    try Program.withFolder { folder in
      let file = folder.appending(path: "notes.txt")
      try "hello\n".write(to: file, atomically: true, encoding: .utf8)
      let text = try Program.run(["replay", file.path()])
      #expect(text.exitCode == 1)
      #expect(text.errors.contains("Line 1 of the transcript"))
      try "".write(to: file, atomically: true, encoding: .utf8)
      #expect(try Program.run(["replay", file.path()]).errors.contains("is empty"))
      let missing = try Program.run(["replay", folder.appending(path: "none.jsonl").path()])
      #expect(missing.exitCode == 2)
      #expect(missing.errors.contains("cannot be read"))
      #expect(try Program.run(["replay"]).exitCode == 2)
      #expect(try Program.run(["replay", file.path(), "sma_cross", "--", "x"]).exitCode == 2)
    }
  }
}
