import BacktestService
import JSONRPC
import PluginHost
import RunStore
import StrategyKit
import StrategyProtocol
import WireText

/// `backtest/sweep`.
extension ServerSession {
  /// Runs a sweep on this thread's watch; a request that does not wait is answered when all is ready to start.
  func sweep(_ request: BacktestSweepRequest, _ id: JSONRPCID) throws {
    let sweep: Sweep
    do {
      sweep = try queue.service.sweep(
        try sweepRequest(request), id: RunQueue.newID(), store: queue.store,
        engineVersion: queue.configuration.engineVersion, clock: { RunQueue.now },
        isCancelled: { [self] in isCancelled(id) })
      adopt(sweep)
      defer { release(sweep) }
      try sweep.start()
      let waits = request.wait ?? true
      if waits {
        onCancel(id) { sweep.cancel() }
      } else {
        finish(id, Self.answer(sweep, status: .queued, items: []))
      }
      watch(sweep, token: wantsProgress ? request.progressToken : nil)
      guard waits else {
        // Nothing else would tell a client that does not wait and wants no progress. Whoever hears it finds no sweep under
        // way any more.
        release(sweep)
        if wantsRunsChanged {
          notify(.runsChanged, RunsChangedNotification(runID: sweep.id, status: RunStatus(sweep.progress.status)))
        }
        return
      }
    } catch let error as SweepError {
      throw RPCError(error, isMinimizing: request.minimize != nil)
    } catch let error as ParameterError {
      throw RPCError(error, pointer: Self.place(of: error, in: request.grid) ?? error.pointer)
    }
    if sweep.progress.status == .cancelled, isCancelled(id) {
      throw RPCError(
        .requestCancelled, "The sweep was cancelled, as asked; \(sweep.id) has the trials that were done.",
        runID: sweep.id)
    }
    let best = sweep.best(limit: request.limit ?? 100).map(TrialRecord.init)
    finish(id, Self.answer(sweep, status: nil, items: best), waitsForRoom: true)
  }

  /// Where in a grid a wrong parameter or value stands; `nil` when it is not of the grid.
  private static func place(of error: ParameterError, in grid: OrderedMap<[WireValue]>?) -> String? {
    let path = WirePath.root.member("grid")
    switch error {
    case .unknown(let name, _, _): return grid?[name].map { _ in path.member(name).pointer }
    case .invalid(let definition, let text):
      guard let values = grid?[definition.name] else { return nil }
      let place = values.firstIndex { value in
        let given = try? parameters(.object([.init(definition.name, value)]), path: path)
        return given?.first?.value.text == text
      }
      return place.map { path.member(definition.name).element($0).pointer }
    case .missing, .impossible: return nil
    }
  }

  /// Tells how far a sweep is until it has ended.
  private func watch(_ sweep: Sweep, token: WireValue?) {
    let text = token.flatMap { try? $0.json.text() } ?? ""
    func send(_ kind: ProgressKind, isReplaced: Bool) {
      guard let token else { return }
      let progress = sweep.progress
      var value = RunProgress(kind: kind)
      value.sweepID = sweep.id
      value.trialsDone = progress.done
      value.trialsTotal = progress.total
      value.percentage = Double(progress.done) / Double(max(progress.total, 1)) * 100
      guard
        let bytes = Self.notification(.progress, RunProgressNotification(token: token, value: value))
      else { return }
      if isReplaced { output.sendProgress(token: text, bytes) } else { output.send(bytes) }
    }
    send(.begin, isReplaced: false)
    while !sweep.wait(upTo: .milliseconds(100)) { send(.report, isReplaced: true) }
    output.dropProgress(token: text)
    send(.end, isReplaced: false)
  }

  /// A sweep as it is answered. Trials beyond `items` are had from `runs/list` by the sweep's id.
  private static func answer(
    _ sweep: Sweep, status: StrategyProtocol.RunStatus?, items: [TrialRecord]
  ) -> BacktestSweepResponse {
    let progress = sweep.progress
    return BacktestSweepResponse(
      sweepID: sweep.id, status: status ?? RunStatus(progress.status), trialsTotal: progress.total,
      trialsDone: status == .queued ? 0 : progress.done, trialsFailed: status == .queued ? 0 : progress.failed,
      items: items)
  }

  private func sweepRequest(_ request: BacktestSweepRequest) throws -> SweepRequest {
    var single = BacktestRunRequest(strategy: request.strategy)
    single.dataset = request.dataset
    single.symbols = request.symbols
    single.timeframe = request.timeframe
    single.start = request.start
    single.end = request.end
    single.parameters = request.parameters
    single.seed = request.seed
    single.mode = request.mode
    single.account = request.account
    single.execution = request.execution
    single.strictOrders = request.strictOrders
    let space: SweepRequest.Space
    if let grid = request.grid {
      let path = WirePath.root.member("grid")
      space = .grid(
        try grid.entries.map { entry in
          let values = try entry.value.enumerated().map { place, value in
            try Self.parameters(
              .object([.init(entry.key, value)]), path: path.member(entry.key).element(place)
            )[0].value
          }
          return .values(name: entry.key, values)
        })
    } else {
      let path = WirePath.root.member("list")
      space = .list(
        try (request.list ?? []).enumerated().map { place, set in
          guard set.members != nil else {
            throw RPCError(
              .invalidParams, "A parameter set is \(set.noun); it must be an object.",
              pointer: path.element(place).pointer)
          }
          return try Self.parameters(set, path: path.element(place)).map { ($0.name, .value($0.value)) }
        })
    }
    var sweep = SweepRequest(base: try backtestRequest(single), space: space)
    sweep.random = request.random.map { RandomChoice(count: $0.count, seed: UInt64($0.seed)) }
    sweep.condition = request.condition
    if let metric = request.minimize {
      sweep.objective = try SweepObjective(.minimize, named: metric)
    } else if let metric = request.maximize {
      sweep.objective = try SweepObjective(.maximize, named: metric)
    }
    sweep.workers = request.concurrency
    sweep.tags = request.tags ?? []
    return sweep
  }
}

extension TrialRecord {
  /// A trial as clients see it.
  fileprivate init(_ trial: SweepTrial) {
    let parameters = WireValue.object(
      trial.parameters.entries.map { name, value in
        switch value {
        case .integer(let value): .init(name, .int(Int64(value)))
        case .number(let value): .init(name, WireValue(number: value))
        case .string(let value): .init(name, .string(value))
        case .boolean(let value): .init(name, .bool(value))
        }
      })
    self.init(runID: trial.runID, status: StrategyProtocol.RunStatus(trial.status), parameters: parameters)
    let metrics = trial.metrics
    if !metrics.isEmpty { self.metrics = OrderedMap(metrics.map { .init($0.key, $0.value) }) }
    failure = trial.failure.map { Failure($0.stored) }
  }
}

extension StrategyProtocol.RunStatus {
  /// The wire's word for where a sweep stands.
  init(_ status: SweepProgress.Status) {
    self =
      switch status {
      case .queued: .queued
      case .running: .running
      case .completed: .completed
      case .cancelled: .cancelled
      case .failed: .failed
      }
  }

  fileprivate init(_ status: BacktestReport.Status) {
    self =
      switch status {
      case .completed: .completed
      case .failed: .failed
      case .cancelled: .cancelled
      }
  }
}

extension RPCError {
  /// A sweep that cannot be.
  fileprivate init(_ error: SweepError, isMinimizing: Bool) {
    switch error {
    case .badCondition, .nothingMatches: self.init(.invalidParams, "\(error)", pointer: "/where")
    case .unknownMetric: self.init(.invalidParams, "\(error)", pointer: isMinimizing ? "/minimize" : "/maximize")
    case .emptyList: self.init(.invalidParams, "\(error)", pointer: "/list")
    case .badElement(let position, _): self.init(.badParameters, "\(error)", pointer: "/list/\(position)")
    case .tooFewMatches: self.init(.invalidParams, "\(error)", pointer: "/random/count")
    case .outOfRange("workers", _, _, _): self.init(.invalidParams, "\(error)", pointer: "/concurrency")
    case .outOfRange("random", _, _, _): self.init(.invalidParams, "\(error)", pointer: "/random/count")
    case .noThread: self.init(.internalError, "\(error)")
    default: self.init(.invalidParams, "\(error)", pointer: "/grid")
    }
  }
}
