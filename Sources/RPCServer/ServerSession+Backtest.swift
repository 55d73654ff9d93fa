import BacktestService
import JSONRPC
import PluginHost
import RunStore
import StrategyKit
import StrategyProtocol
import Synchronization
import TradingModel
import WireText

/// `backtest/run`.
extension ServerSession {
  /// Starts a run; it is answered at once, or when it is over.
  func run(_ request: BacktestRunRequest, _ id: JSONRPCID) throws {
    let backtest = try backtestRequest(request)
    var options = RunQueue.SubmitOptions()
    options.saves = request.save ?? true
    options.tags = request.tags ?? []
    options.dataset = backtest.data.datasetID
    if request.record == true { options.transcriptFolder = configuration.transcriptFolder }
    let waits = request.wait ?? true
    let feed = RunFeed(self, token: wantsProgress ? request.progressToken : nil, isOpen: waits)
    options.log = { [weak feed] line in feed?.log(line) }
    let run = try queue.submit(backtest, options: options) { run, change in feed.take(run, change) }
    adopt(run.id)
    let parts = Set(request.include ?? Array(RunRecord.usualParts))
    guard waits else {
      finish(id, RunRecord(runID: run.id, status: .queued))
      feed.open()
      run.whenFinished { [weak self] _ in self?.release(run.id) }
      return
    }
    run.whenFinished { [self] outcome in
      feed.end()
      release(run.id)
      answer(id, outcome, parts)
    }
    onCancel(id) { [queue] in queue.cancel(run.id) }
  }

  /// Answers who waited for a run.
  private func answer(_ id: JSONRPCID, _ outcome: QueuedRun.Outcome, _ parts: Set<RunPart>) {
    let record = outcome.record
    if record.status == .cancelled, isCancelled(id) {
      fail(id, RPCError(.requestCancelled, "The run was cancelled, as asked.", runID: record.id))
    } else if record.status == .failed, let refusal = outcome.refusal, !(refusal is PluginFailure) {
      var error = RPCError(refusal)
      error.data.runID = record.id
      fail(id, error)
    } else if record.status == .failed, let stored = record.failure {
      let pointer = ((outcome.refusal ?? nil) as? PluginFailure)?.pointer
      fail(id, RPCError(Failure(stored), runID: record.id, traceback: stored.traceback, pointer: pointer))
    } else {
      var answer = RunRecord(record, parts: parts)
      switch outcome.report?.lookahead {
      case .passed?: answer.lookaheadCheck = .passed
      case .failed?: answer.lookaheadCheck = .failed
      case .skipped?: answer.lookaheadCheck = .skipped
      case nil: break
      }
      if let sentence = outcome.saveFailure {
        answer.failure = Failure(
          kind: .storeError, fault: .host, code: ErrorCode.storeFailed.rawValue, message: sentence, retryable: true,
          hint: ErrorCode.storeFailed.hint)
      }
      finish(id, answer)
    }
  }

  // MARK: Requests

  /// The request as the service takes it.
  func backtestRequest(_ request: BacktestRunRequest) throws -> BacktestRequest {
    var backtest = BacktestRequest(
      strategy: "",
      data: try dataSource(request.dataset, request.symbols, request.timeframe))
    switch request.strategy {
    case .name(let name): backtest.strategy = name
    case .command(let command):
      backtest.strategy = Self.name(of: command)
      backtest.command = PluginCommand(
        arguments: command.command, folder: command.workingDirectory,
        environment: Dictionary(
          (command.environment?.entries ?? []).map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
    }
    backtest.parameters = try Self.parameters(request.parameters, path: .root.member("parameters")).map {
      ($0.name, .value($0.value))
    }
    backtest.from = request.start
    backtest.to = request.end
    backtest.settings = ExecutionRequest.settings(request.execution, account: request.account)
    backtest.mode = request.mode.flatMap { RunMode(rawValue: $0.rawValue) } ?? .auto
    backtest.seed = UInt64(request.seed ?? 0)
    backtest.lookaheadCheck = request.lookaheadCheck ?? false
    backtest.strictOrders = request.strictOrders ?? false
    return backtest
  }

  /// Parameter values of a wire object.
  static func parameters(_ object: WireValue?, path: WirePath) throws -> [(name: String, value: ParameterValue)] {
    try (object?.members ?? []).map { member in
      switch member.value {
      case .int(let value): (member.key, .integer(Int(value)))
      case .double(let value): (member.key, .number(value))
      case .string(let value): (member.key, .string(value))
      case .bool(let value): (member.key, .boolean(value))
      case .null, .array, .object:
        throw RPCError(
          .badParameters,
          "The parameter \(member.key) is \(member.value.noun); it must be a number, a string, true or false.",
          pointer: path.member(member.key).pointer)
      }
    }
  }

  /// What a strategy given by its command is called: the last part of its program's or script's name.
  static func name(of command: StrategyCommand) -> String {
    let interpreters = ["python", "node", "sh", "bash", "env", "ruby", "perl", "java"]
    let words = command.command.filter { !$0.hasPrefix("-") }
    let word = words.first { word in
      let file = word.split(separator: "/").last.map(String.init) ?? word
      return !interpreters.contains { file.hasPrefix($0) }
    }
    let file = (word ?? command.command.first ?? "").split(separator: "/").last.map(String.init)
    return file ?? "command"
  }
}

/// What a client is told about one of its runs while it lasts.
///
/// Until the client knows the run's id, nothing is sent: changes wait for ``open()``.
final class RunFeed: Sendable {
  private weak let session: ServerSession?
  private let token: WireValue?
  private let tokenText: String
  private struct State {
    var isOpen: Bool
    var waiting: [[UInt8]] = []
    var runID: RunID?
  }
  private let state: Mutex<State>

  init(_ session: ServerSession, token: WireValue?, isOpen: Bool) {
    self.session = session
    self.token = token
    tokenText = token.flatMap { try? $0.json.text() } ?? ""
    state = Mutex(State(isOpen: isOpen))
  }

  /// Takes a change of the run.
  func take(_ run: QueuedRun, _ change: QueuedRun.Change) {
    state.withLock { $0.runID = run.id }
    switch change {
    case .status(let status):
      if session?.wantsRunsChanged == true {
        send(.runsChanged, RunsChangedNotification(runID: run.id, status: RunStatus(status)))
      }
      guard let token else { return }
      if status == .starting {
        send(.progress, RunProgressNotification(token: token, value: RunProgress(kind: .begin, runID: run.id)))
      } else if status.isFinal {
        session?.output.dropProgress(token: tokenText)
        send(.progress, RunProgressNotification(token: token, value: RunProgress(kind: .end, runID: run.id)))
      }
    case .progress(let progress):
      guard let token else { return }
      var value = RunProgress(kind: .report, runID: run.id)
      value.barsDone = progress.barsDone
      value.barsTotal = progress.barsTotal
      value.barsPerSecond = progress.barsPerSecond
      value.percentage = progress.barsTotal > 0 ? Double(progress.barsDone) / Double(progress.barsTotal) * 100 : nil
      guard
        let bytes = ServerSession.notification(.progress, RunProgressNotification(token: token, value: value)),
        state.withLock({ $0.isOpen })
      else { return }
      session?.output.sendProgress(token: tokenText, bytes)
    }
  }

  /// Takes a line that the strategy wrote.
  func log(_ line: String) {
    let run = state.withLock { $0.runID }
    send(.logMessage, LogMessageNotification(level: .info, message: line, runID: run))
  }

  /// Sends what waited, and from now on everything at once.
  func open() {
    // Inside the lock, so that a change on the run's thread cannot come before those that waited.
    state.withLock { state in
      state.isOpen = true
      for message in state.waiting { session?.output.send(message) }
      state.waiting = []
    }
  }

  /// The run is over.
  func end() { session?.output.dropProgress(token: tokenText) }

  private func send(_ method: HostNotification, _ params: some Encodable) {
    guard let bytes = ServerSession.notification(method, params) else { return }
    state.withLock { state in
      if state.isOpen { session?.output.send(bytes) } else { state.waiting.append(bytes) }
    }
  }
}
