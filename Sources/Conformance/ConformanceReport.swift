public import JSONRPC

/// How a strategy did in the conformance checks.
public struct ConformanceReport: Sendable, Equatable {
  /// How one check ended.
  public enum Status: String, Sendable, CaseIterable {
    /// The claim holds.
    case passed
    /// It does not.
    case failed
    /// It does not hold, and was known not to.
    case expected
    /// It does not apply to this strategy.
    case skipped
  }

  /// What the processes of a failed check said.
  public struct Evidence: Sendable, Equatable {
    /// The last messages, `h>s` and `s>h` before each, at most 20.
    public var messages: [String]
    /// Lines on standard output that are no messages.
    public var output: String
    /// The end of standard error.
    public var errors: String
  }

  /// One check.
  public struct Check: Sendable, Equatable {
    /// Its id in `checks.json`, which never changes its meaning.
    public var id: String
    /// Its level; never ``ConformanceLevel/all``.
    public var level: ConformanceLevel
    /// What it claims.
    public var claim: String
    /// How it ended.
    public var status: Status
    /// What was seen, or why it was skipped; empty when it passed.
    public var detail: String
    /// What the strategy said; for failed checks.
    public var evidence: Evidence?
  }

  /// What was asked for.
  public var level: ConformanceLevel
  /// The strategy's command.
  public var command: [String]
  /// One entry a check, in the order of `checks.json`.
  public var checks: [Check]

  /// Whether no check failed.
  public var passed: Bool { !checks.contains { $0.status == .failed } }

  /// Number of checks that ended so.
  public func count(_ status: Status) -> Int { checks.count { $0.status == status } }

  /// Writes the report as one JSON object, with the keys that `protocol/check_strategy.py --json` has.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("passed", passed)
    writer.field("level", level.rawValue)
    writer.key("command")
    writer.value(JSONValue.array(command.map { .string($0) }))
    writer.key("checks")
    writer.beginArray()
    for check in checks { check.write(to: &writer) }
    writer.endArray()
    writer.endObject()
  }
}

extension ConformanceReport.Check {
  fileprivate func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("id", id)
    writer.field("level", level.rawValue)
    writer.field("status", status.rawValue)
    writer.field("detail", detail)
    if let evidence {
      writer.key("messages")
      writer.value(JSONValue.array(evidence.messages.map { .string($0) }))
      writer.field("stdout", evidence.output)
      writer.field("stderr", evidence.errors)
    }
    writer.endObject()
  }
}
