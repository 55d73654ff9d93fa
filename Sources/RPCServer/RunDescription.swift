import BacktestService
import JSONRPC
import PluginHost
import RunStore
import StrategyProtocol
import TradingModel
import WireText

extension StrategyProtocol.RunStatus {
  /// The wire's word for a stored status.
  init(_ status: RunStore.RunStatus) {
    self =
      switch status {
      case .queued: .queued
      case .starting: .starting
      case .running: .running
      case .completed: .completed
      case .failed: .failed
      case .cancelled: .cancelled
      case .interrupted: .interrupted
      }
  }

  /// The stored status of a word; `nil` for `deleted`, which no run is in.
  var stored: RunStore.RunStatus? { RunStore.RunStatus(rawValue: rawValue) }
}

extension StrategyProtocol.RunRecord {
  /// What clients see of a run.
  ///
  /// - Parameters:
  ///   - record: The run as stored, or as it will be.
  ///   - parts: The optional parts wanted.
  ///   - progress: How far it is, while it is under way.
  init(_ record: RunStore.RunRecord, parts: Set<RunPart>, progress: QueuedRun.Progress? = nil) {
    self.init(runID: record.id, status: StrategyProtocol.RunStatus(record.status))
    strategy = record.strategy
    dataset = record.dataset
    let named = record.instruments.map(\.symbol).filter { !$0.isEmpty }
    symbols = named.isEmpty ? nil : named
    mode = record.mode.flatMap(ExecutionMode.init(rawValue:))
    sweepID = record.sweepID
    created = record.created
    started = record.started
    finished = record.finished
    barsDone = record.bars ?? progress?.barsDone
    barsTotal = progress?.barsTotal ?? (record.status == .completed ? record.bars : nil)
    fingerprint = record.fingerprint
    tags = record.tags.isEmpty ? nil : record.tags
    failure = record.failure.map(Failure.init)
    if parts.contains(.metrics), !record.metrics.isEmpty {
      metrics = OrderedMap(record.metrics.map { .init($0.name, $0.value) })
    }
    if parts.contains(.warnings) { warnings = record.warnings }
    if parts.contains(.request) { request = record.request.flatMap { BacktestRunRequest(stored: $0, record) } }
    if parts.contains(.stderrTail) { stderrTail = failure?.stderrTail }
  }

  /// The parts that are answered when a client says nothing.
  static let usualParts: Set<RunPart> = [.metrics, .request, .warnings]
}

extension Failure {
  /// What clients see of a stored failure.
  init(_ failure: RunFailure) {
    let detail = failure.detail.flatMap { try? JSONValue(parsing: $0) }
    let kind = FailureKind(rawValue: failure.kind) ?? .hostError
    let code = kind.errorCode
    self.init(
      kind: kind, fault: failure.fault.flatMap(Fault.init(rawValue:)) ?? kind.usualFault, code: code.rawValue,
      message: failure.message, retryable: code.isRetryable, hint: detail?["hint"]?.stringValue ?? code.hint,
      exitCode: detail?["exit_code"]?.intValue, signal: detail?["signal"]?.intValue,
      lastMethod: detail?["last_method"]?.stringValue, lastIndex: detail?["last_index"]?.intValue,
      stderrTail: detail?["stderr_tail"]?.stringValue)
  }
}

extension RunFailure {
  /// Where a strategy says that its code failed.
  var traceback: String? {
    detail.flatMap { try? JSONValue(parsing: $0) }?["traceback"]?.stringValue
  }
}

extension BacktestRunRequest {
  /// The request of a stored run in the form in which a client would make it, defaults filled in.
  ///
  /// - Returns: `nil` when the stored text is not a request.
  init?(stored text: String, _ record: RunStore.RunRecord) {
    guard let stored = try? JSONValue(parsing: text), let strategy = stored["strategy"]?.stringValue else { return nil }
    self.init(strategy: .name(strategy))
    dataset = record.dataset
    timeframe = stored["data"]?["interval"]?.stringValue
    symbols = stored["symbol"]?.stringValue.map { [$0] }
    start = stored["from"]?.intValue.map(Int64.init)
    end = stored["to"]?.intValue.map(Int64.init)
    parameters = stored["parameters"].map { WireValue($0) }
    seed = stored["seed"]?.intValue
    mode = stored["mode"]?.stringValue.flatMap(RequestedMode.init(rawValue:)) ?? .auto
    account = AccountRequest(initialCash: stored["cash"]?.doubleValue)
    var terms = ExecutionRequest()
    terms.profile = stored["profile"]?.stringValue.flatMap(RuleBook.init(rawValue:))
    terms.fillAt = stored["trade_on_close"]?.boolValue.map { $0 ? .close : .nextOpen }
    switch stored["commission"] {
    case .array(let parts)? where parts.count == 2:
      terms.commission = CommissionTerms(fixed: parts[0].doubleValue ?? 0, rate: parts[1].doubleValue ?? 0)
    case let rate?:
      terms.commission = rate.doubleValue.map { CommissionTerms(fixed: 0, rate: $0) }
    case nil: break
    }
    terms.spread = stored["spread"]?.doubleValue
    terms.margin = stored["margin"]?.doubleValue
    terms.hedging = stored["hedging"]?.boolValue
    terms.exclusiveOrders = stored["exclusive_orders"]?.boolValue
    terms.finalizeTrades = stored["finalize"]?.boolValue
    execution = terms
    strictOrders = stored["strict_orders"]?.boolValue
    tags = record.tags.isEmpty ? nil : record.tags
  }
}
