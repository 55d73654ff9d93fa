import JSONRPC
import StrategyProtocol

/// Cancellation, long runs, repetition, and faults of the strategy's own code.
enum EnduranceChecks {
  static let all = [
    ConformanceCheck(
      "robust.cancel",
      "$/cancelRequest for a request that is answered already is ignored; a cancelled request is still answered."
    ) { kit in
      let run = try kit.startedRun()
      let probe = run.probe
      try probe.notify("$/cancelRequest", ["id": JSONValue(probe.nextID - 1)])
      try run.step()
      let request = probe.request("bar/next", run.params(run.index))
      let note: JSONValue = [
        "jsonrpc": "2.0", "method": "$/cancelRequest", "params": ["id": request["id"] ?? .null],
      ]
      try probe.write(probe.encode(request) + [0x0A] + probe.encode(note) + [0x0A])
      let answer = try probe.answer(to: request)
      if let error = answer["error"], error["code"]?.intValue != ErrorCode.requestCancelled.rawValue {
        throw CheckFailure(
          "a cancelled request was answered with error \(error["code"]?.shown() ?? ""); it must be a result or -32800")
      }
      if let result = answer["result"] { try run.take(run.index, result) }
      run.index += 1
      try run.end(.cancelled)
      if try !probe.isSilent(for: .milliseconds(100)) {
        throw CheckFailure("a cancelled request was answered twice")
      }
    },

    ConformanceCheck(
      "robust.ten_thousand_bars", "10,000 bars are answered while the reader pauses now and then."
    ) { kit in
      try kit.require(.lockstep)
      let run = try kit.run(PracticeBars(PracticeBars.make(10_000, seed: 3)))
      while run.index < run.count {
        let request = try run.probe.send("bar/next", run.params(run.index))
        if run.index % 1000 == 999 { run.probe.pause(.milliseconds(50)) }
        try run.takeNext(request)
      }
      try run.end()
    },

    ConformanceCheck(
      "robust.same_seed", "Two processes with the same seed give the same answers; only when deterministic."
    ) { kit in
      try kit.require(.lockstep)
      if try kit.capabilities()["deterministic"]?.boolValue == false {
        throw CheckSkipped("the strategy declares deterministic false")
      }
      let runs = try (0..<2).map { _ in try kit.run(fresh: true).play().end() }
      try expectSame(runs[0].actions, runs[1].actions, "actions of a second process")
      try expectSame(runs[0].annotations, runs[1].annotations, "annotations of a second process") { $0.shown() }
    },

    ConformanceCheck(
      "robust.stray_print",
      "Text printed by the strategy's own code does not reach the protocol's stdout; only with the fault print."
    ) { kit in
      let run = try faultyRun(kit, "print")
      try run.play(until: run.first < run.count ? run.first + 5 : run.count).end()
      if let stray = run.probe.stray.first {
        throw CheckFailure(
          "stdout held \"\(stray.prefix(200))\"; point file descriptor 1 at stderr before user code runs")
      }
    },

    ConformanceCheck(
      "robust.strategy_error",
      "A failure in the strategy's own code is answered with error 2005, and the process survives or ends cleanly; only with the fault raise."
    ) { kit in
      let run = try faultyRun(kit, "raise")
      try awaitError(run)
      if try !run.probe.waitForEnd(.milliseconds(200)) {
        try run.end(.failed)
      } else if !run.probe.endedWell {
        throw CheckFailure(
          "after its failure the process ended with \(run.probe.endingText); it must be exit code 0")
      }
    },

    ConformanceCheck("robust.stderr_flood", "200 KB on stderr do not block it; only with the fault stderr.") { kit in
      let run = try faultyRun(kit, "stderr")
      try run.play(until: run.first < run.count ? run.first + 5 : run.count).end()
    },
  ]

  /// A run in which the strategy's own code commits a fault on every decision.
  private static func faultyRun(_ kit: CheckKit, _ fault: String) throws -> CheckRun {
    try kit.require(.lockstep)
    let offered = try kit.capabilities()["experimental"]?["backtester/faults"]?.arrayValue ?? []
    if !offered.contains(.string(fault)) {
      throw CheckSkipped(
        "the strategy does not offer the fault \(fault) (capabilities.experimental[\"backtester/faults\"])")
    }
    return try CheckRun(kit.session(options: ["fault": .string(fault)]), kit.bars)
  }

  /// Sends bars until one is answered with error 2005.
  private static func awaitError(_ run: CheckRun) throws {
    while run.index < run.count {
      let answer = try run.probe.answer(to: run.probe.send("bar/next", run.params(run.index)))
      if let error = answer["error"] {
        if error["code"]?.intValue != ErrorCode.strategyError.rawValue {
          throw CheckFailure(
            "the failure was answered with error \(error["code"]?.shown() ?? ""); it must be 2005")
        }
        return
      }
      try run.take(run.index, answer["result"] ?? .null)
      run.index += 1
    }
    throw CheckFailure("the strategy offers the fault raise, but no bar was answered with an error")
  }
}
