import JSONRPC
import StrategyProtocol

/// From the start of the process to the first run.
enum HandshakeChecks {
  static let all = [
    ConformanceCheck("core.starts", "The process starts and is still there half a second later.") { kit in
      let probe = try kit.start()
      if try probe.waitForEnd(.milliseconds(500)) {
        throw CheckFailure("the process ended by itself (\(probe.endingText)) before it was asked anything")
      }
    },

    ConformanceCheck("core.stdout_clean", "Nothing is on stdout before the initialize answer.") { kit in
      let probe = try kit.start()
      if try !probe.isSilent(for: .milliseconds(300)) {
        throw CheckFailure(
          "stdout held \"\(shown(probe))\" before anything was asked; print to stderr instead")
      }
      _ = try probe.answer(to: probe.send("initialize", kit.initializeParams()))
      if let stray = probe.stray.first {
        throw CheckFailure(
          "stdout held \"\(stray.prefix(200))\" before the initialize answer; print to stderr instead")
      }
      if probe.notificationCount > 0 { throw CheckFailure("a notification came before the initialize answer") }
    },

    ConformanceCheck(
      "core.initialize", "initialize is answered with a version, a name and capabilities in the right form."
    ) { kit in
      try InitializeForm.check(kit.session().answer)
    },

    ConformanceCheck(
      "core.version_mismatch", "Asked for version 99.0, it answers error 1002 or a version it speaks."
    ) { kit in
      let probe = try kit.start()
      let answer = try probe.answer(to: probe.send("initialize", kit.initializeParams(version: "99.0")))
      let current = ProtocolVersion.current.description
      if let error = answer["error"] {
        if error["code"]?.intValue != ErrorCode.unsupportedProtocolVersion.rawValue {
          throw CheckFailure(
            "answered error \(error["code"]?.shown() ?? ""); it must be 1002 or a result with an older version")
        }
      } else if answer["result"]?["protocol_version"]?.stringValue != current {
        throw CheckFailure(
          "answered version \(answer["result"]?["protocol_version"]?.shown() ?? "null"); it must be \(current) or "
            + "error 1002")
      }
    },
  ]

  /// The first line that waits.
  static func shown(_ probe: StrategyProbe) -> String {
    String(decoding: (probe.lines.first ?? []).prefix(200), as: UTF8.self)
  }
}
