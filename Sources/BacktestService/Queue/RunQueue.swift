import BacktestEngine
import MarketData
import PluginHost
public import RunStore
import StrategyKit
import Synchronization
public import TradingModel

/// Runs backtests on threads of its own, as many at once as there are workers; the others wait in order.
///
/// A run that is to be saved is in the store from the moment it is accepted, and its result is there before anybody is told
/// that it is over. When the program dies in between, the next queue on the same store marks its runs as interrupted.
public final class RunQueue: Sendable {
  /// How a queue works.
  public struct Configuration: Sendable {
    /// Runs at the same time.
    public var workers: Int
    /// Runs that may wait.
    public var maximumQueued: Int
    /// This program's version.
    public var engineVersion: String
    /// Makes names for runs; tests make them meet.
    package var makeID: @Sendable () -> RunID = { RunQueue.newID() }

    /// Makes a configuration; by default one worker a core.
    public init(workers: Int? = nil, maximumQueued: Int = 1000, engineVersion: String) {
      self.workers = workers ?? ServiceThread.coreCount
      self.maximumQueued = maximumQueued
      self.engineVersion = engineVersion
    }
  }

  /// What is said about one run beside the request.
  public struct SubmitOptions: Sendable {
    /// Whether the run is stored, if the queue has a store.
    public var saves = true
    /// Words to file it under.
    public var tags: [String] = []
    /// Id of the data set, as the user named it.
    public var dataset: String?
    /// The folder in which the conversation with a strategy process is written down, in a file named after the run.
    public var transcriptFolder: String?
    /// Told each line a strategy process writes to standard error, and its log messages.
    public var log: (@Sendable (String) -> Void)?

    /// Makes options; everything is optional.
    public init() {}
  }

  /// What runs the backtests.
  public let service: BacktestService
  /// Where runs are kept; `nil` keeps none.
  public let store: SQLiteRunStore?
  /// How it works.
  public let configuration: Configuration
  private let owner = ProcessOwner.current

  private struct State {
    var waiting: [QueuedRun] = []
    var active: [RunID: QueuedRun] = [:]
    var workers = 0
    /// Runs that are over but not yet told to everybody.
    var ending = 0
    var isShutDown = false
    var idle: [@Sendable () -> Void] = []
  }
  private let state = Mutex(State())
  private let acceptedCount = Atomic<Int>(0)

  /// Makes a queue, and marks what died with an earlier program as interrupted.
  ///
  /// - Throws: `RunStoreError` when the store cannot be written.
  public init(
    service: BacktestService, store: SQLiteRunStore?, configuration: Configuration
  ) throws(RunStoreError) {
    self.service = service
    self.store = store
    self.configuration = configuration
    guard let store else { return }
    let now = ProcessOwner.now
    try store.markInterrupted(at: now) { ProcessOwner.isAlive($0, lastHeartbeat: $1, now: now) }
    keepHeartbeat()
  }

  /// A name for a new run or sweep.
  public static func newID() -> RunID {
    var generator = SystemRandomNumberGenerator()
    return RunIdentifier.make(at: ProcessOwner.now, using: &generator)
  }

  /// The time of day.
  public static var now: EpochMilliseconds { ProcessOwner.now }

  /// The runs that wait or are under way, oldest first.
  public var active: [QueuedRun] {
    state.withLock { $0.active.values.sorted { $0.number < $1.number } }
  }

  /// A run that waits or is under way.
  public func run(_ id: RunID) -> QueuedRun? { state.withLock { $0.active[id] } }

  /// Accepts a run.
  ///
  /// - Parameters:
  ///   - request: What to run.
  ///   - options: What else is said about it.
  ///   - observer: Told every change of the run.
  /// - Throws: `QueueError`; ``ServiceError``, `PluginFailure`, `ParameterError` or `SettingsError` for a request that can
  ///   be seen to be wrong at once; `RunStoreError` when it cannot be noted in the store.
  public func submit(
    _ request: BacktestRequest, options: SubmitOptions = SubmitOptions(),
    observer: (@Sendable (QueuedRun, QueuedRun.Change) -> Void)? = nil
  ) throws -> QueuedRun {
    let draft = try service.draft(of: request)
    let run = try accepted { [number = acceptedCount.wrappingAdd(1, ordering: .relaxed).newValue] id in
      QueuedRun(
        id: id, number: number, request: request, draft: draft, options: options,
        isSaved: options.saves && store != nil, created: ProcessOwner.now, observer: observer)
    }
    observer?(run, .status(.queued))
    let startsWorker = state.withLock { state in
      state.waiting.append(run)
      guard state.workers < min(configuration.workers, state.active.count) else { return false }
      state.workers += 1
      return true
    }
    if startsWorker, !ServiceThread.start({ self.work() }) {
      // The waiting run is taken up by another worker, if there is one; else nobody would ever come.
      let isStranded = state.withLock { state in
        state.workers -= 1
        return state.workers == 0
      }
      if isStranded { work(isExtra: true) }
    }
    return run
  }

  /// A run among the active ones and in the store, under a name that no other run has: of the million names of a second,
  /// a busy server meets one twice now and then.
  private func accepted(_ make: (RunID) -> QueuedRun) throws -> QueuedRun {
    var attempt = 0
    while true {
      attempt += 1
      let run = make(configuration.makeID())
      let isFree = try state.withLock { state in
        if state.isShutDown { throw QueueError.shuttingDown }
        if state.waiting.count >= configuration.maximumQueued {
          throw QueueError.full(limit: configuration.maximumQueued)
        }
        if state.active[run.id] != nil { return false }
        // Taken now, so that the limit holds; it is in the line of waiting runs only when the store has it.
        state.active[run.id] = run
        return true
      }
      if !isFree { continue }
      guard run.isSaved, let store else { return run }
      do {
        try store.insert(record(of: run, status: .queued), result: nil)
        return run
      } catch {
        remove(run)
        guard case .duplicateRun = error, attempt < RunIdentifier.attempts else { throw error }
      }
    }
  }

  /// Stops a run that waits or is under way.
  ///
  /// - Returns: Whether there was one.
  @discardableResult
  public func cancel(_ id: RunID) -> Bool {
    let (run, wasWaiting) = state.withLock { state -> (QueuedRun?, Bool) in
      guard let run = state.active[id] else { return (nil, false) }
      run.requestCancellation()
      let place = state.waiting.firstIndex { $0 === run }
      if let place { state.waiting.remove(at: place) }
      return (run, place != nil)
    }
    guard let run else { return false }
    if wasWaiting { end(run, .init(record: record(of: run, status: .cancelled))) }
    return true
  }

  /// Takes no more runs and returns when none is left.
  ///
  /// - Parameter cancelling: Whether those under way and waiting are stopped, or finished.
  public func shutDown(cancelling: Bool) async {
    await withCheckedContinuation { continuation in
      shutDown(cancelling: cancelling) { continuation.resume() }
    }
  }

  /// Takes no more runs and calls `done` when none is left; see ``shutDown(cancelling:)``.
  public func shutDown(cancelling: Bool, done: @escaping @Sendable () -> Void) {
    let runs = state.withLock { state in
      state.isShutDown = true
      return Array(state.active.keys)
    }
    if cancelling { for id in runs { cancel(id) } }
    let isIdle = state.withLock { state in
      if state.active.isEmpty, state.ending == 0 { return true }
      state.idle.append(done)
      return false
    }
    if isIdle { done() }
  }

  // MARK: Workers

  /// One worker: takes runs until none waits.
  private func work(isExtra: Bool = false) {
    while true {
      let next = state.withLock { state -> QueuedRun? in
        if state.waiting.isEmpty {
          if !isExtra { state.workers -= 1 }
          return nil
        }
        return state.waiting.removeFirst()
      }
      guard let next else { return }
      perform(next)
    }
  }

  private func perform(_ run: QueuedRun) {
    let started = ProcessOwner.now
    run.enter(.starting)
    var service = service
    if let folder = run.options.transcriptFolder { FilePath.makeFolder(folder) }
    service.transcriptPath = run.transcriptPath
    if let log = run.options.log { service.pluginLog = log }
    let pace = ProgressPace()
    var hooks = RunHooks(
      isCancelled: { run.isCancelled },
      progress: { done, total in
        // A run shorter than a tenth of a second is never said to be running in the store: its end is there as soon.
        if let progress = pace.progress(done, total) {
          if run.status != .running {
            run.enter(.running)
            self.note(run, started: started)
          }
          run.note(progress)
        }
      })
    // A strategy process may take its time over each bar; asking the clock costs nothing beside a round trip to it.
    if run.draft.mode != "in_process" { hooks.progressInterval = 16 }
    do {
      var report = try service.run(run.request, hooks: hooks)
      if run.isSaved { report.keepBarsOrWarn() }
      var record = report.record(
        id: run.id, finished: ProcessOwner.now, engineVersion: configuration.engineVersion)
      describe(&record, run)
      record.started = started
      end(run, .init(record: record, report: report))
    } catch {
      var record = record(of: run, status: run.isCancelled ? .cancelled : .failed)
      record.started = started
      if !run.isCancelled { record.failure = BacktestReport.Failure(refusal: error).stored }
      end(run, .init(record: record, refusal: error))
    }
  }

  /// Saves how a run ended, then tells.
  private func end(_ run: QueuedRun, _ outcome: QueuedRun.Outcome) {
    var outcome = outcome
    if outcome.record.finished == nil { outcome.record.finished = ProcessOwner.now }
    outcome.record.owner = nil
    outcome.record.heartbeat = nil
    if run.isSaved, let store {
      do {
        try store.update(outcome.record, result: outcome.report.map { RunResult($0.run) })
        outcome.report?.runID = run.id
        outcome.report?.savedIn = store.file
      } catch {
        outcome.saveFailure = "The run was not saved: \(error)"
        outcome.report?.saveFailure = outcome.saveFailure
      }
    }
    state.withLock { state in
      state.active.removeValue(forKey: run.id)
      state.ending += 1
    }
    run.finish(outcome)
    let idle = state.withLock { state in
      state.ending -= 1
      guard state.active.isEmpty, state.ending == 0 else { return [@Sendable () -> Void]() }
      defer { state.idle = [] }
      return state.idle
    }
    for done in idle { done() }
  }

  private func remove(_ run: QueuedRun) { _ = state.withLock { $0.active.removeValue(forKey: run.id) } }

  // MARK: Records

  /// What is known of a run before it has a report.
  private func record(of run: QueuedRun, status: RunStatus) -> RunRecord {
    let request = run.draft
    var record = RunRecord(
      id: run.id, status: status, strategy: request.strategy, instruments: [Instrument(symbol: request.symbol)],
      interval: "", startingCapital: request.settings.cash, created: run.created)
    record.start = request.from
    record.end = request.to
    record.profile = request.settings.profile.rawValue
    record.seed = request.seed
    record.engineVersion = configuration.engineVersion
    record.mode = request.mode
    record.request = String(decoding: request.json, as: UTF8.self)
    record.parameters = request.parametersJSON
    record.dataset = request.data.datasetID
    record.owner = status.isFinal ? nil : owner
    record.heartbeat = status.isFinal ? nil : ProcessOwner.now
    describe(&record, run)
    return record
  }

  private func describe(_ record: inout RunRecord, _ run: QueuedRun) {
    record.created = run.created
    record.tags = run.options.tags.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    record.dataset = run.options.dataset ?? record.dataset
    if record.status.isFinal, let path = run.transcriptPath, FilePath.exists(path) {
      record.warnings.append("The conversation with the strategy is in \(path).")
    }
  }

  /// Notes in the store that a run is under way. Nothing depends on it, so a store that is busy is left in peace.
  private func note(_ run: QueuedRun, started: EpochMilliseconds) {
    guard run.isSaved, let store else { return }
    var record = record(of: run, status: .running)
    record.started = started
    try? store.update(record, result: nil)
  }

  /// Tells other machines that share the store that this program is alive.
  private func keepHeartbeat() {
    ServiceThread.start { [weak self] in
      while true {
        ServiceThread.sleep(seconds: 60)
        guard let self, !self.state.withLock({ $0.isShutDown && $0.active.isEmpty }) else { return }
        _ = try? self.store?.heartbeat(self.owner, at: ProcessOwner.now)
      }
    }
  }
}
