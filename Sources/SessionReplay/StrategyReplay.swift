import Conformance
import JSONRPC
public import PluginHost
import StrategyProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Sends a strategy what a host once sent, and compares its answers with the recorded ones.
public struct StrategyReplay {
  private let transcript: Transcript
  private let command: PluginCommand
  private let timeouts: Timeouts
  private let cancellation: (@Sendable () -> Bool)?

  /// Prepares a replay.
  ///
  /// - Parameters:
  ///   - timeoutScale: Multiplies every waiting time.
  ///   - cancellation: Asked about twenty times a second; `true` gives up.
  public init(
    _ transcript: Transcript, command: PluginCommand, timeoutScale: Double = 1,
    cancellation: (@Sendable () -> Bool)? = nil
  ) {
    self.transcript = transcript
    self.command = command
    timeouts = Timeouts.standard.scaled(by: timeoutScale)
    self.cancellation = cancellation
  }

  /// Plays the whole session; every answer is compared, notifications and stray text are not.
  public func perform() -> ReplayReport {
    var report = ReplayReport()
    report.remark = transcript.breakingOff
    do {
      let probe = try StrategyProbe(command, .init(timeouts: timeouts, cancellation: cancellation))
      defer { probe.close() }
      try play(probe, &report)
    } catch let failure as CheckFailure {
      report.ending = failure.detail
    } catch {
      report.ending = "\(error)"
    }
    return report
  }

  private func play(_ probe: StrategyProbe, _ report: inout ReplayReport) throws {
    var requests: [JSONValue] = []
    for entry in transcript.entries {
      switch entry.direction {
      case .toStrategy:
        if entry.isRequest, let message = entry.message { requests.append(message) }
        do { try probe.write(try line(entry)) } catch {
          // A strategy may be gone as soon as it has answered shutdown.
          if entry.method != "exit" { throw error }
        }
      case .fromStrategy:
        guard entry.isAnswer, !requests.isEmpty else { continue }
        try compare(entry, answerTo: requests.removeFirst(), probe, &report)
      }
    }
  }

  /// The recorded line, with this process's number in `initialize`: a strategy may watch it.
  private func line(_ entry: Transcript.Entry) throws -> [UInt8] {
    guard entry.method == "initialize", var message = entry.message, var params = message["params"] else {
      return entry.bytes + [0x0A]
    }
    params["host_pid"] = .int(Int64(getpid()))
    message["params"] = params
    return try message.serialized() + [0x0A]
  }

  private func compare(
    _ entry: Transcript.Entry, answerTo request: JSONValue, _ probe: StrategyProbe, _ report: inout ReplayReport
  ) throws {
    let method = request["method"]?.stringValue ?? ""
    var allowance = probe.milliseconds(for: method)
    if let count = request["params"]?["count"]?.intValue { allowance += timeouts.barsNextPerBar * min(count, 100_000) }
    let duration = Duration.milliseconds(allowance)
    var received: JSONValue
    repeat {
      received = try probe.receive(until: .now() + duration, "the answer to \(method) (line \(entry.line))", duration)
    } while received["method"] != nil
    report.compared += 1
    let expected = Answer(entry.message ?? .null, method)
    let got = Answer(received, method)
    if expected != got {
      let (left, right) = expected.difference(from: got)
      report.add(
        .init(line: entry.line, method: method, index: Self.index(request), expected: left, received: right))
    }
  }

  static func index(_ request: JSONValue) -> Int? {
    let params = request["params"]
    return params?["index"]?.intValue ?? params?["first_index"]?.intValue
  }

  /// The part of an answer that has to be the same, members in order of their names.
  private struct Answer: Equatable {
    let content: JSONValue

    init(_ message: JSONValue, _ method: String) {
      var content = JSONValue.object([])
      content["id"] = message["id"]
      if let error = message["error"] {
        // Tracebacks name lines and files.
        content["error"] = .object(
          ["code", "message"].compactMap { key in error[key].map { JSONValue.Member(key, $0) } })
      }
      if var result = message["result"] {
        if method == "initialize", var strategy = result["strategy"] {
          strategy["version"] = nil
          strategy["sdk"] = nil
          result["strategy"] = strategy
        }
        content["result"] = result
      }
      self.content = Self.sorted(content)
    }

    /// What differs, as JSON text: the members of the results that are not the same, or the whole answers.
    func difference(from other: Answer) -> (String, String) {
      func text(_ value: JSONValue) -> String { (try? value.text()) ?? "a number that JSON cannot hold" }
      guard content["id"] == other.content["id"], let left = content["result"]?.objectValue,
        let right = other.content["result"]?.objectValue
      else { return (text(content), text(other.content)) }
      return (
        text(.object(left.filter { !right.contains($0) })), text(.object(right.filter { !left.contains($0) }))
      )
    }

    private static func sorted(_ value: JSONValue) -> JSONValue {
      switch value {
      case .object(let members):
        .object(members.map { .init($0.key, sorted($0.value)) }.sorted { $0.key < $1.key })
      case .array(let elements): .array(elements.map(sorted))
      case .double(let number):
        // 1.0 and 1 are the same number.
        Int64(exactly: number).map { .int($0) } ?? value
      default: value
      }
    }
  }
}
