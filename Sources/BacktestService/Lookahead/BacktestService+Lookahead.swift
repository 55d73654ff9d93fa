import BacktestEngine
import JSONRPC
import PluginHost
import StrategyProtocol
import TradingModel

extension BacktestService {
  /// Runs a strategy process with the look-ahead check.
  ///
  /// Asked for a mode, a run that fails the check has failed. In `auto` the fastest mode that the strategy offers and
  /// that passes is used, and lock-step, which cannot look ahead, when none does.
  func executeChecked(
    _ name: String, _ command: PluginCommand, _ request: BacktestRequest, _ engine: BacktestEngine, _ hooks: RunHooks,
    dataHash: String
  ) throws -> Execution {
    var findings: [String] = []
    let modes = request.mode == .auto ? try offeredModes(command, hooks) : [request.mode]
    for (place, mode) in modes.enumerated() {
      var request = request
      request.mode = mode
      let log = DecisionLog()
      var execution = try execute(name, command, request, engine, hooks, dataHash: dataHash, log: log)
      execution.warnings = findings + execution.warnings
      guard execution.lookahead != nil, execution.status == .completed else { return execution }
      let finding: LookaheadCheck.Finding?
      do {
        let check = LookaheadCheck(
          series: engine.series[0], seed: request.seed, firstDecision: execution.run.warmUpIndex + 1)
        let (found, tried) = try check.perform(log) { series in
          try decisions(name, command, request, engine, hooks, on: series)
        }
        finding = found
        if found == nil { execution.lookahead = .passed(histories: tried) }
      } catch let failure as VariantFailure {
        return failure.applied(to: execution)
      }
      guard let finding else { return execution }
      let sentence = Self.sentence(finding)
      if place + 1 < modes.count {
        findings.append("Mode \(execution.mode) was not used. \(sentence)")
        continue
      }
      execution.status = .failed
      execution.lookahead = .failed(index: finding.difference.index)
      execution.failure = Self.failure(finding, sentence, symbol: engine.instruments[0].symbol)
      return execution
    }
    preconditionFailure("there is at least one mode, and the last one returns")
  }

  /// The modes a strategy offers, the fastest first.
  private func offeredModes(_ command: PluginCommand, _ hooks: RunHooks) throws -> [RunMode] {
    let plugin = try Plugin(
      command, options: pluginOptions, hooks: .init(isCancelled: hooks.isCancelled, log: pluginLog))
    defer { plugin.close() }
    let modes = [RunMode.vectorized, .streamed, .preload, .lockstep].filter { mode in
      mode.wish.map { plugin.offers($0) } ?? false
    }
    // A strategy that offers none is refused in words that name what it offers.
    return modes.isEmpty ? [.auto] : modes
  }

  /// What the strategy decides over other bars, in a fresh process.
  private func decisions(
    _ name: String, _ command: PluginCommand, _ request: BacktestRequest, _ engine: BacktestEngine, _ hooks: RunHooks,
    on series: BarSeries
  ) throws -> DecisionLog {
    var service = self
    service.transcriptPath = nil
    service.pluginLog = nil
    var engine = engine
    engine.series = [series]
    let log = DecisionLog()
    let execution = try service.execute(
      name, command, request, engine, RunHooks(isCancelled: hooks.isCancelled), dataHash: "", log: log)
    if execution.status != .completed {
      throw VariantFailure(status: execution.status, failure: execution.failure, barCount: series.count)
    }
    return log
  }

  private static func sentence(_ finding: LookaheadCheck.Finding) -> String {
    let word = finding.check == "truncation" ? "without the" : "with other"
    let change = "\(word) bars from \(finding.cut) on"
    return
      "The strategy looks ahead: \(change), its decision on bar \(finding.difference.index) is "
      + "\(finding.difference.received) instead of \(finding.difference.expected)."
  }

  private static func failure(
    _ finding: LookaheadCheck.Finding, _ sentence: String, symbol: String
  ) -> BacktestReport.Failure {
    let hint = "Use only bars up to the one decided on, or run in lock-step."
    let detail: JSONValue = [
      "index": .int(Int64(finding.difference.index)), "symbol": .string(finding.difference.symbol ?? symbol),
      "expected": .string(finding.difference.expected), "received": .string(finding.difference.received),
      "check": .string(finding.check), "cut": .int(Int64(finding.cut)), "hint": .string(hint),
    ]
    return BacktestReport.Failure(
      kind: PluginFailure.Kind.lookaheadDetected.rawValue, message: "\(sentence) \(hint)", fault: "strategy",
      detail: detail)
  }

  /// A run on a changed history that did not reach its end.
  private struct VariantFailure: Error {
    let status: BacktestReport.Status
    let failure: BacktestReport.Failure?
    let barCount: Int

    /// The run could not be checked: it is no better than a failed one.
    func applied(to execution: Execution) -> Execution {
      var execution = execution
      execution.status = status
      execution.failure = failure.map { failure in
        var failure = failure
        failure.message =
          "The look-ahead check could not be made, as the strategy failed on another history of \(barCount) bars: "
          + failure.message
        return failure
      }
      return execution
    }
  }
}
