import Dispatch
import PerformanceMetrics
public import RunStore
import Synchronization
import TradingModel

/// A sweep: prepared, under way or ended. It may be asked and told from any thread.
///
/// Every trial is a run of its own, equal to the single run with the same request in every metric to the last bit. Trials
/// run on threads of the sweep's own, which share one copy of the bars; what is kept of a trial is its metrics.
public final class Sweep: Sendable {
  /// Its id, the beginning of the ids of its runs.
  public let id: RunID
  /// What is tried, in order.
  public let plan: SweepPlan
  /// What is best.
  public let objective: SweepObjective
  /// Strategy, bars, settings and seed of every trial, with the parameters of the first.
  public let request: ResolvedRequest
  /// The bars.
  public let data: BacktestReport.DataDescription
  /// Trials at the same time.
  public let workerCount: Int

  private let store: (any RunStoring)?
  private let records: TrialRecords
  private let makeTrials: @Sendable (_ worker: Int, _ isCancelled: @escaping @Sendable () -> Bool) -> any Trials
  private let clock: @Sendable () -> EpochMilliseconds

  private let nextTrial = Atomic<Int>(0)
  private let isStopped = Atomic<Bool>(false)
  private let state: Mutex<State>
  private let ended = DispatchSemaphore(value: 0)

  private struct State {
    var status = SweepProgress.Status.queued
    var table: TrialTable
    var runningWorkers = 0
    var isCancelled = false
    var flags: [StopFlag] = []
    var saved = 0
    var saveFailure: String?
    var failure: BacktestReport.Failure?
    var started: ContinuousClock.Instant?
    var finished: ContinuousClock.Instant?
    var ranking: [Int]?
    var waiting: [@Sendable () -> Void] = []
  }

  init(
    id: RunID, plan: SweepPlan, objective: SweepObjective, request: ResolvedRequest,
    data: BacktestReport.DataDescription, workerCount: Int, store: (any RunStoring)?, records: TrialRecords,
    clock: @escaping @Sendable () -> EpochMilliseconds,
    makeTrials: @escaping @Sendable (_ worker: Int, _ isCancelled: @escaping @Sendable () -> Bool) -> any Trials
  ) {
    self.id = id
    self.plan = plan
    self.objective = objective
    self.request = request
    self.data = data
    self.workerCount = workerCount
    self.store = store
    self.records = records
    self.clock = clock
    self.makeTrials = makeTrials
    state = Mutex(State(table: TrialTable(count: plan.count, objective: objective)))
  }

  // MARK: Control

  /// Starts the workers; does nothing the second time.
  ///
  /// - Throws: ``SweepError/noThread`` when the system gives no thread at all.
  public func start() throws {
    let isFirst = state.withLock { state in
      guard state.status == .queued else { return false }
      state.status = .running
      state.started = .now
      // The one more keeps the sweep from ending while the rest are still being started.
      state.runningWorkers = workerCount + 1
      return true
    }
    guard isFirst else { return }
    var started = 0
    for worker in 0..<workerCount {
      if ServiceThread.start({ self.work(worker) }) { started += 1 } else { workerEnded() }
    }
    if started == 0 {
      let failure = SweepError.noThread
      state.withLock {
        $0.failure = BacktestReport.Failure(kind: "host_error", message: failure.description, fault: "host")
      }
      workerEnded()
      throw failure
    }
    workerEnded()
  }

  /// Stops the sweep within a bar of every trial under way; what has ended is kept.
  public func cancel() {
    let endsNow = state.withLock { state in
      guard !state.status.hasEnded, state.table.done < state.table.count else { return false }
      state.isCancelled = true
      guard state.status == .queued else { return false }
      state.status = .running
      state.runningWorkers = 1
      return true
    }
    stop()
    if endsNow { workerEnded() }
  }

  /// Waits for the end, blocking the thread, for at most `limit`.
  ///
  /// - Returns: Whether it has ended.
  public func wait(upTo limit: Duration) -> Bool {
    let nanoseconds = limit.components.seconds * 1_000_000_000 + limit.components.attoseconds / 1_000_000_000
    guard ended.wait(timeout: .now() + .nanoseconds(Int(clamping: nanoseconds))) == .success else { return false }
    // For the next who asks.
    ended.signal()
    return true
  }

  /// Waits for the end without blocking a thread.
  public func finished() async {
    await withCheckedContinuation { continuation in
      whenEnded { continuation.resume() }
    }
  }

  /// Calls `body` once it has ended, from a worker's thread; at once when it has ended already.
  public func whenEnded(_ body: @escaping @Sendable () -> Void) {
    let hasEnded = state.withLock { state in
      if state.status.hasEnded { return true }
      state.waiting.append(body)
      return false
    }
    if hasEnded { body() }
  }

  private func stop() {
    isStopped.store(true, ordering: .relaxed)
    for flag in state.withLock({ $0.flags }) { flag.isSet.store(true, ordering: .relaxed) }
  }

  // MARK: Results

  /// Where it stands.
  public var progress: SweepProgress {
    state.withLock { state in
      SweepProgress(
        status: state.status, total: plan.count, done: state.table.done, failed: state.table.failed, saved: state.saved,
        best: state.table.best.flatMap { state.table.trial($0, of: plan, id: id) },
        elapsed: state.started.map { (state.finished ?? .now) - $0 } ?? .zero, saveFailure: state.saveFailure,
        failure: state.failure)
    }
  }

  /// Trials that have ended, best first: by the objective, those where it is undefined or that failed last, equal ones in
  /// the order of the plan.
  ///
  /// - Parameters:
  ///   - offset: Trials to leave out at the beginning.
  ///   - limit: At most so many.
  public func best(offset: Int = 0, limit: Int) -> [SweepTrial] {
    // A sweep under way is sorted on a copy, so that workers do not wait for it.
    let (table, known) = state.withLock { ($0.table, $0.ranking) }
    let ranking = known ?? table.ranking()
    state.withLock { if $0.status.hasEnded, $0.ranking == nil, $0.table.done == table.done { $0.ranking = ranking } }
    return ranking.dropFirst(offset).prefix(limit).compactMap { table.trial($0, of: plan, id: id) }
  }

  /// Calls `body` with every trial that has ended, in the order of the plan.
  public func forEachTrial(_ body: (SweepTrial) throws -> Void) rethrows {
    let table = state.withLock { $0.table }
    for number in 0..<plan.count {
      if let trial = table.trial(number, of: plan, id: id) { try body(trial) }
    }
  }

  /// The objective's value of every trial in the order of the plan: `nil` where it has not ended, failed, or is undefined.
  public var objectiveValues: [Double?] {
    let table = state.withLock { $0.table }
    return (0..<plan.count).map { number in
      let value = table.value(of: number)
      return value.isNaN ? nil : value
    }
  }

  // MARK: Workers

  private func work(_ worker: Int) {
    let flag = StopFlag()
    state.withLock { state in
      state.flags.append(flag)
      if isStopped.load(ordering: .relaxed) { flag.isSet.store(true, ordering: .relaxed) }
    }
    let trials = makeTrials(worker) { flag.isSet.load(ordering: .relaxed) }
    var saving = store.map { TrialSaving($0) }
    while !isStopped.load(ordering: .relaxed) {
      let trial = nextTrial.wrappingAdd(1, ordering: .relaxed).oldValue
      guard trial < plan.count else { break }
      let parameters = plan.parameters(of: trial)
      let result = trials.run(parameters)
      if result.status == .cancelled { break }
      let values = result.metrics.map { metrics in metrics.values.map { $0.value ?? .nan } }
      state.withLock { $0.table.note(trial, values: values, failure: result.failure) }
      if saving != nil {
        let record = records.record(trial, result, parameters, ended: clock())
        if saving?.add(record, at: .now) == true { flush(&saving) }
      }
      if let obstacle = trials.obstacle {
        state.withLock { $0.failure = obstacle }
        stop()
      }
    }
    flush(&saving)
    trials.close()
    workerEnded()
  }

  /// Stores a batch. After a failure the worker goes on without storing: the results are still there to be shown, and each
  /// further attempt could wait as long for a lock as the first.
  private func flush(_ saving: inout TrialSaving?) {
    do {
      let count = try saving?.flush() ?? 0
      state.withLock { $0.saved += count }
    } catch {
      saving = nil
      state.withLock { if $0.saveFailure == nil { $0.saveFailure = error.description } }
    }
  }

  private func workerEnded() {
    let waiting: [@Sendable () -> Void]? = state.withLock { state in
      state.runningWorkers -= 1
      guard state.runningWorkers == 0 else { return nil }
      state.finished = .now
      state.status =
        if state.table.done == state.table.count { .completed } else if state.failure != nil { .failed } else {
          .cancelled
        }
      defer { state.waiting = [] }
      return state.waiting
    }
    guard let waiting else { return }
    ended.signal()
    for body in waiting { body() }
  }
}

/// What a worker's bar loop asks before every bar. Each worker has its own: the loop counts a reference to it each time, and
/// workers that share one object wait for each other's cache line most of the time.
private final class StopFlag: Sendable {
  let isSet = Atomic<Bool>(false)
}
