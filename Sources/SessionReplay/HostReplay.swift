import BacktestEngine
import JSONRPC
public import PluginHost
import StrategyKit
import StrategyProtocol
import Synchronization
import TradingModel

/// Runs the host against a recorded strategy, and compares what it sends with what it once sent.
///
/// The run is made of the recording alone: the terms are those of `run/start`, the bars those that were sent, the
/// decisions the recorded answers. A host that simulates the same sends the same bytes.
public struct HostReplay {
  private let transcript: Transcript
  private let strategy: PluginCommand
  private let options: Plugin.Options
  private let cancellation: (@Sendable () -> Bool)?

  /// Prepares a replay.
  ///
  /// - Parameter strategy: Starts a ``RecordedStrategy`` of the same transcript.
  public init(
    _ transcript: Transcript, strategy: PluginCommand, options: Plugin.Options,
    cancellation: (@Sendable () -> Bool)? = nil
  ) {
    self.transcript = transcript
    self.strategy = strategy
    self.options = options
    self.cancellation = cancellation
  }

  /// Runs, and compares every message but `initialize`.
  ///
  /// A run that was cancelled is cancelled at the same point. A recording without a run is one of a handshake, which is
  /// all that is done then.
  ///
  /// - Throws: ``TranscriptError`` when the recording holds no handshake or not a run's terms, `PluginFailure` when the
  ///   strategy of a run cannot be started.
  public func perform() throws -> ReplayReport {
    let hasRun = transcript.entries.contains { $0.direction == .toStrategy && $0.method == "run/start" }
    let hasHandshake = transcript.entries.contains { $0.direction == .toStrategy && $0.method == "initialize" }
    let passed = Passed()
    let recorder = try TranscriptRecorder(path: nil) { direction, bytes in
      passed.add(bytes, isSent: direction == .toStrategy)
    }
    let ending: String?
    if hasRun || !hasHandshake {
      ending = try play(RecordedRun(transcript), recorder, isCancelled: stopping(passed))
    } else {
      ending = shakeHands(recorder)
    }
    let sent = passed.sent
    var report = ReplayReport()
    report.remark = transcript.breakingOff
    let recorded = transcript.entries.filter { $0.direction == .toStrategy }
    for (entry, line) in zip(recorded, sent) { Self.compare(entry, line, &report) }
    if sent.count < recorded.count {
      let next = recorded[sent.count]
      report.ending =
        "the host ended before \(next.method ?? "a message") on line \(next.line)" + (ending.map { ": \($0)" } ?? "")
    } else if sent.count > recorded.count {
      let text = String(decoding: sent[recorded.count].prefix(300), as: UTF8.self)
      report.ending = "the host goes on after the end of the recording: \(text)"
    }
    return report
  }

  /// Lines as they come.
  private final class Passed: Sendable {
    private let lines = Mutex((sent: [[UInt8]](), received: 0))

    func add(_ bytes: UnsafeBufferPointer<UInt8>, isSent: Bool) {
      let line = isSent ? Array(bytes) : nil
      lines.withLock { lines in
        if let line { lines.sent.append(line) } else { lines.received += 1 }
      }
    }

    var sent: [[UInt8]] { lines.withLock { $0.sent } }

    func reaches(_ sent: Int, _ received: Int) -> Bool {
      lines.withLock { $0.sent.count >= sent && $0.received >= received }
    }
  }

  /// How many lines of the host and of the strategy had passed when the recorded run was cancelled.
  private var cancelPoint: (sent: Int, received: Int)? {
    var sent = 0
    var received = 0
    for entry in transcript.entries {
      if entry.direction == .fromStrategy {
        received += 1
        continue
      }
      let reason = entry.method == "run/end" ? entry.message?["params"]?["reason"]?.stringValue : nil
      if entry.method == "$/cancelRequest" || reason == "cancelled" { return (sent, received) }
      sent += 1
    }
    return nil
  }

  /// Whether to stop: the user's wish, or the point at which the recorded run was cancelled.
  private func stopping(_ passed: Passed) -> (@Sendable () -> Bool)? {
    guard let (sent, received) = cancelPoint else { return cancellation }
    let wish = cancellation
    return { wish?() == true || passed.reaches(sent, received) }
  }

  /// Does no more than shake hands; what went wrong.
  private func shakeHands(_ recorder: TranscriptRecorder) -> String? {
    do {
      try Plugin(strategy, options: options, hooks: .init(isCancelled: cancellation), recorder: recorder).close()
      return nil
    } catch {
      return "\(error)"
    }
  }

  /// Plays the run; what ended it, when something did.
  private func play(
    _ run: RecordedRun, _ recorder: TranscriptRecorder, isCancelled: (@Sendable () -> Bool)?
  ) throws -> String? {
    let plugin = try Plugin(strategy, options: options, hooks: .init(isCancelled: isCancelled), recorder: recorder)
    defer { plugin.close() }
    let symbol = run.start.symbols[0]
    let engine = BacktestEngine(
      instruments: [symbol.instrument], series: [run.series],
      settings: run.start.execution.settings(cash: run.start.account.initialCash), seed: UInt64(run.start.seed))
    do {
      let descriptor = try plugin.descriptor(named: "recorded")
      let mode = try plugin.mode(for: run.start.mode)
      var strategy = PluginStrategy(
        plugin, mode: mode, parameters: try Self.parameters(run.start.parameters, descriptor))
      _ = try engine.run(&strategy, hooks: RunHooks(isCancelled: isCancelled))
      return nil
    } catch let interrupted as InterruptedRun {
      return "\(interrupted.cause)"
    }
  }

  private static func parameters(_ wire: WireValue, _ descriptor: StrategyDescriptor) throws -> ParameterValues {
    try ParameterValues(
      (wire.members ?? []).map { member in
        let value: ParameterValue =
          switch member.value {
          case .int(let number):
            descriptor.parameters.first { $0.name == member.key }?.kind == .number
              ? .number(Double(number)) : .integer(Int(number))
          case .double(let number): .number(number)
          case .bool(let flag): .boolean(flag)
          default: .string(member.value.string ?? "")
          }
        return (member.key, value)
      }, for: descriptor)
  }

  /// Compares a message of the host with the recorded one, byte by byte.
  static func compare(_ entry: Transcript.Entry, _ received: [UInt8], _ report: inout ReplayReport) {
    report.compared += 1
    // It names the host's version, its process and its limits.
    if entry.method == "initialize" || entry.bytes == received { return }
    let message = try? JSONValue(parsing: received, maximumBytes: .max)
    let (expected, got) = differingPart(entry.message, message)
    report.add(
      .init(
        line: entry.line, method: entry.method ?? "", index: entry.message.flatMap(StrategyReplay.index),
        expected: expected, received: got))
  }

  /// The members of params that differ; the whole messages when it is not that.
  private static func differingPart(_ left: JSONValue?, _ right: JSONValue?) -> (String, String) {
    func text(_ value: JSONValue?) -> String { value.flatMap { try? $0.text() } ?? "nothing that can be read" }
    guard let left, let right, left["method"] == right["method"], left["id"] == right["id"],
      let expected = left["params"]?.objectValue, let received = right["params"]?.objectValue
    else { return (text(left), text(right)) }
    let only = { (members: [JSONValue.Member], others: [JSONValue.Member]) in
      JSONValue.object(members.filter { member in !others.contains(member) })
    }
    return (text(only(expected, received)), text(only(received, expected)))
  }
}
