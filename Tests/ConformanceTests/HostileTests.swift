import Conformance
import Foundation
import PluginHost
import Testing

/// Strategies that break one rule each: the check that names it fails, and the others see nothing.
@Suite(.enabled(if: Checkout.has("python3"), "python3 is not installed"))
struct HostileTests {
  /// What is tried, and which of it fails.
  struct Case: CustomTestStringConvertible, Sendable {
    let fault: String
    let failing: Set<String>
    let passing: Set<String>
    /// A part of what is said about the failing checks.
    let words: String

    init(_ fault: String, _ failing: Set<String>, passing: Set<String> = [], _ words: String) {
      self.fault = fault
      self.failing = failing
      self.passing = passing
      self.words = words
    }

    var testDescription: String { fault }
  }

  static let cases = [
    Case("never_answers", ["core.initialize"], passing: ["core.starts"], "no answer within"),
    Case("banner", ["core.stdout_clean"], passing: ["core.starts"], "Welcome to my strategy"),
    Case("no_version_check", ["core.version_mismatch"], passing: ["core.initialize"], "99.0"),
    Case("unknown_capability", ["core.initialize"], "/capabilities/fast is not a field of the protocol"),
    Case("bad_action", ["core.actions_form"], passing: ["core.bar_next"], "/actions/0/quantity must be a number"),
    Case("unknown_action_field", ["core.actions_form"], passing: ["core.bar_next"], "colour"),
    Case("acts_in_warmup", ["core.warmup"], passing: ["core.bar_next"], "warm-up bar"),
    Case("skips", [], passing: ["core.preload", "core.bar_next"], ""),
    Case("skips_unasked", ["core.preload"], passing: ["core.bar_next"], "whose capabilities do not say next_index"),
    Case("skips_too_far", ["core.preload"], passing: ["core.bar_next"], "in the mode preload against lock-step"),
    Case("skips_in_lockstep", ["core.bar_next"], passing: ["core.run_start"], "may be given in the mode preload only"),
    Case("wrong_id", ["core.id_echo"], passing: ["core.initialize"], "answered with the id \"7\""),
    Case("float_ids", ["core.id_echo"], passing: ["core.bar_next"], "9007199254740990"),
    Case("needs_every_field", ["core.unknown_fields"], passing: ["core.bar_next"], "exit code 1"),
    Case("answers_notification", ["core.unknown_notification"], passing: ["core.bar_next"], "answered with the id 99"),
    Case("answers_unknown", ["core.unknown_method"], passing: ["core.bar_next"], "must be error -32601"),
    Case("forgets_run", ["core.reuse"], "one run is all I do"),
    Case("exit_code", ["core.shutdown"], passing: ["core.eof"], "exit code 3"),
    Case("ignores_exit", ["core.shutdown"], passing: ["core.eof"], "still runs"),
    Case("ignores_eof", ["core.eof"], passing: ["core.shutdown"], "still runs"),
    Case("spins_on_eof", ["core.eof"], passing: ["core.shutdown"], "still runs"),
    Case("ignores_sigterm", ["core.sigterm"], passing: ["core.eof"], "after SIGTERM"),
    Case("chunk_relative", ["streamed.chunks", "streamed.two_in_flight"], "bar_index was"),
    Case("chunk_differs", ["streamed.equals_lockstep"], passing: ["streamed.chunks"], "chunks of 7"),
    Case("streamed_with_account", ["streamed.chunks"], "needs_account false"),
    Case("loses_row", ["vectorized.load"], passing: ["core.bar_next"], "/received was 259"),
    Case("short_column", ["vectorized.evaluate"], passing: ["vectorized.load"], "the run has 260 bars"),
    Case("peeks_one_bar", ["vectorized.truncation", "vectorized.perturbation"], "target_position of ACME at bar"),
    Case("normalises", ["vectorized.truncation", "vectorized.perturbation"], "target_position of ACME at bar"),
    Case("no_crlf", ["robust.crlf"], passing: ["core.bar_next"], "no answer within"),
    Case("no_blank", ["robust.blank_line"], passing: ["robust.crlf"], "the process ended"),
    Case("dies_on_bad_line", ["robust.bad_line"], passing: ["robust.crlf"], "exit code 1"),
    Case("split_fails", ["robust.long_line_70k"], passing: ["robust.crlf"], "too long"),
    Case("different_each_time", ["robust.same_seed"], passing: ["core.bar_next"], "annotations of a second process"),
    Case("really_prints", ["robust.stray_print"], passing: ["robust.stderr_flood"], "stdout held \"hello\""),
    Case("wrong_error", ["robust.strategy_error"], passing: ["robust.stray_print"], "must be 2005"),
    Case("silent", ["core.bar_next"], passing: ["core.run_start"], "no answer within"),
    Case("dies", ["core.bar_next"], passing: ["core.run_start"], "exit code 7"),
    Case("half_line", ["core.bar_next"], passing: ["core.run_start"], "no line feed"),
    Case("endless_line", ["core.bar_next"], passing: ["core.run_start"], "while waiting for the answer to bar/next"),
    Case("glued", ["core.bar_next"], passing: ["core.run_start"], "debug: {"),
    Case("nan", ["core.bar_next"], passing: ["core.run_start"], "not JSON"),
    Case("answers_twice", ["core.bar_next"], passing: ["core.run_start"], "answered with the id"),
    Case("holds_pipes", ["core.bar_next"], passing: ["core.run_start"], "the process ended"),
    Case("prints", ["core.bar_next"], passing: ["core.run_start"], "debug: here I am"),
    Case("null_result", ["core.bar_next"], passing: ["core.run_start"], "/result must be an object"),
    Case("request_back", ["core.bar_next"], passing: ["core.run_start"], "sent a request"),
    Case("huge_quantity", [], passing: ["core.actions_form"], ""),
    Case("stderr_flood", [], passing: ["core.initialize", "core.bar_next"], ""),
    Case("warmup_too_long", [], passing: ["core.warmup", "core.events", "core.bar_next"], ""),
  ]

  @Test(arguments: cases) func theCheckThatNamesTheFaultFails(_ tried: Case) throws {
    var options = ConformanceOptions(only: tried.failing.union(tried.passing))
    // Long enough for a loaded machine, short enough for the faults that are silences.
    options.timeoutScale = 0.4
    let report = try Conformance.check(command: Checkout.hostile(tried.fault), options: options)
    #expect(Set(report.checks.filter { $0.status == .failed }.map(\.id)) == tried.failing)
    #expect(report.passed == tried.failing.isEmpty)
    for check in report.checks where check.status == .failed {
      let isTold = check.detail.contains(tried.words)
      #expect(isTold, "\(check.detail)")
      #expect(check.evidence != nil)
    }
  }

  @Test func aWellBehavedStrategyPassesEverything() throws {
    let report = try Conformance.check(command: Checkout.hostile())
    #expect(report.checks.count == ConformanceCheckDescription.all.count)
    #expect(report.checks.filter { $0.status == .failed }.map { "\($0.id): \($0.detail)" } == [])
    #expect(
      report.checks.filter { $0.status == .skipped }.map(\.id) == [
        "core.many_symbols", "core.events", "core.account_unchanged",
      ])
  }

  @Test func aProgramThatDoesNotExistFailsTheFirstCheckAndSkipsTheRest() throws {
    let report = try Conformance.check(command: PluginCommand(arguments: ["/nonexistent/strategy"]), level: .core)
    #expect(report.checks[0].status == .failed)
    #expect(report.checks[0].detail.contains("was not found"))
    #expect(report.checks.dropFirst().allSatisfy { $0.status == .skipped })
  }

  @Test func everyProcessIsGoneAfterwards() throws {
    let marker = "marker-\(UUID().uuidString)"
    var command = Checkout.hostile("holds_pipes")
    command.arguments.append(marker)
    _ = try Conformance.check(
      command: command, options: ConformanceOptions(timeoutScale: 0.4, only: ["core.bar_next", "core.starts"]))
    #if os(Linux)
    let processes = try FileManager.default.contentsOfDirectory(atPath: "/proc").filter { Int($0) != nil }
    let left = processes.filter { id in
      guard let line = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") else { return false }
      return String(decoding: line, as: UTF8.self).contains(marker)
    }
    #expect(left == [])
    #endif
  }

  @Test func cancellationEndsTheChecks() throws {
    #expect(throws: ConformanceError.cancelled) {
      try Conformance.check(command: Checkout.hostile("never_answers"), cancellation: { true })
    }
  }

  @Test func expectedFailuresAreNoFailuresAndUnexpectedPassesAre() throws {
    let ids: Set<String> = ["core.unknown_method", "core.run_start"]
    let options = ConformanceOptions(only: ids, expectedFailures: ids)
    let report = try Conformance.check(command: Checkout.hostile("answers_unknown"), options: options)
    #expect(report.checks.map(\.status) == [.failed, .expected])
    #expect(report.checks[0].detail == "was expected to fail and passed")
  }

  @Test func givenParametersAreCheckedAgainstTheDeclaredOnes() throws {
    let options = ConformanceOptions(parameters: ["speed": "3"], only: ["core.run_start"])
    #expect(throws: ConformanceError.unknownParameter(name: "speed", known: [])) {
      try Conformance.check(command: Checkout.hostile(), options: options)
    }
  }
}
