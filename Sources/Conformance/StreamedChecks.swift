import JSONRPC
import StrategyProtocol

/// Runs in chunks of bars.
enum StreamedChecks {
  static let all = [
    ConformanceCheck(
      "streamed.chunks", "bars/next is answered in the right form, every bar_index inside its chunk and ascending."
    ) { kit in
      try requireStreamed(kit)
      try kit.run(options).stream(64).end()
    },

    ConformanceCheck(
      "streamed.two_in_flight", "Two chunks sent before the first answer is read are answered in their order."
    ) { kit in
      try requireStreamed(kit)
      let run = try kit.run(options)
      for first in stride(from: 0, to: run.count, by: 64) {
        let chunks = [first, first + 32].filter { $0 < run.count }.map { run.chunk($0, 32) }
        let requests = try chunks.map { try run.probe.send("bars/next", $0.params) }
        for (chunk, request) in zip(chunks, requests) {
          try run.takeChunk(chunk.rows, run.probe.result(of: request, scale: 2))
        }
      }
      try run.end()
    },

    ConformanceCheck(
      "streamed.equals_lockstep", "Chunks of 1, 7 and 64 bars give the actions of lock-step."
    ) { kit in
      try requireStreamed(kit)
      var reference = try kit.offersLockstep() ? kit.lockstepActions() : nil
      for size in [1, 7, 64] {
        let actions = try kit.run(options).stream(size).end().actions.map(\.comparable)
        try expectSame(reference ?? actions, actions, "actions in chunks of \(size)")
        reference = reference ?? actions
      }
    },
  ]

  private static var options: CheckRun.Options {
    var options = CheckRun.Options()
    options.mode = .streamed
    return options
  }

  private static func requireStreamed(_ kit: CheckKit) throws {
    let session = try kit.require(.streamed)
    if session.needs("account") || session.needs("events") {
      throw CheckFailure(
        "the mode streamed is declared, but not needs_account false and needs_events false, which it needs")
    }
  }
}
