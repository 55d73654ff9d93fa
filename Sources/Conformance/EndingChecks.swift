import JSONRPC

/// How the process ends.
enum EndingChecks {
  static let all = [
    ConformanceCheck(
      "core.shutdown", "shutdown is answered, and after exit the process ends with code 0 within 2 s."
    ) { kit in
      let probe = try startedProbe(kit, ends: true)
      try Form.fields(probe.ask("shutdown", .object([])), "", required: [], optional: [])
      try probe.notify("exit", .object([]))
      if try !probe.waitForEnd(kit.patience) {
        throw CheckFailure(
          "the process still runs \(StrategyProbe.seconds(kit.patience)) s after exit, with stdin open")
      }
      if !probe.endedWell {
        throw CheckFailure("the process ended with \(probe.endingText) after exit; it must be exit code 0")
      }
    },

    ConformanceCheck(
      "core.eof",
      "When stdin is closed without shutdown, the process ends with code 0 within 2 s and does not spin until then."
    ) { kit in
      let probe = try startedProbe(kit, ends: false)
      let before = probe.processorSeconds
      let started = ContinuousClock.now
      var used = before
      var hasEnded = false
      probe.closeInput()
      while !hasEnded, ContinuousClock.now - started < kit.patience {
        hasEnded = try probe.waitForEnd(.milliseconds(50))
        if !hasEnded { used = probe.processorSeconds ?? used }
      }
      if !hasEnded {
        throw CheckFailure(
          "the process still runs \(StrategyProbe.seconds(kit.patience)) s after its stdin was closed")
      }
      let elapsed = (ContinuousClock.now - started) / .seconds(1)
      if let before, let used, elapsed > 0.5, used - before > 0.5 * elapsed {
        throw CheckFailure(
          "the process used \(used - before) s of processor time in the \(elapsed) s until it ended")
      }
      if !probe.endedWell {
        throw CheckFailure(
          "the process ended with \(probe.endingText) after its stdin was closed; it must be exit code 0")
      }
    },

    ConformanceCheck("core.sigterm", "SIGTERM ends the process within 2 s.") { kit in
      let probe = try kit.session(fresh: true).probe
      probe.terminate()
      if try !probe.waitForEnd(kit.patience) {
        throw CheckFailure("the process still runs \(StrategyProbe.seconds(kit.patience)) s after SIGTERM")
      }
    },
  ]

  /// A fresh process that has seen the first bar of a run where it offers lock-step.
  private static func startedProbe(_ kit: CheckKit, ends: Bool) throws -> StrategyProbe {
    let session = try kit.session(fresh: true)
    if try kit.offersLockstep() {
      let run = try CheckRun(session, kit.bars)
      try run.step()
      if ends { try run.end() }
    }
    return session.probe
  }
}
