import BacktestEngine
public import RunStore
import Synchronization
public import TradingModel

/// A run that was given to a ``RunQueue``: waiting, under way or over.
public final class QueuedRun: Sendable {
  /// How far a run is.
  public struct Progress: Sendable, Equatable {
    /// Bars processed.
    public var barsDone: Int
    /// Bars of the run.
    public var barsTotal: Int
    /// Speed since the first bar; `nil` at the very beginning.
    public var barsPerSecond: Double?
  }

  /// What a run's observer is told, from the run's own thread or the caller's: it must return at once.
  public enum Change: Sendable {
    /// It entered another state; a final one comes last, after everything was saved.
    case status(RunStatus)
    /// It got on; at most ten times a second.
    case progress(Progress)
  }

  /// How a run ended.
  public struct Outcome: Sendable {
    /// Everything known about it, as stored if it is stored.
    public var record: RunRecord
    /// What it produced; `nil` when it never got to its first bar.
    public var report: BacktestReport?
    /// Why it never got to its first bar.
    public var refusal: (any Error)?
    /// Why it could not be saved: a whole sentence.
    public var saveFailure: String?
  }

  /// Its name.
  public let id: RunID
  /// Its place in the order in which the queue accepted runs: two may have been asked for in one millisecond.
  let number: Int
  /// What was asked for.
  public let request: BacktestRequest
  /// The same with everything filled in that is known before it starts.
  let draft: ResolvedRequest
  /// Whether it is stored.
  public let isSaved: Bool
  let options: RunQueue.SubmitOptions
  let observer: (@Sendable (QueuedRun, Change) -> Void)?
  /// When it was asked for.
  public let created: EpochMilliseconds
  private let cancellation = Atomic<Bool>(false)

  private struct State {
    var status = RunStatus.queued
    var progress: Progress?
    var outcome: Outcome?
    var waiters: [Int: @Sendable (Outcome) -> Void] = [:]
    var nextWaiter = 0
  }
  private let state = Mutex(State())

  init(
    id: RunID, number: Int, request: BacktestRequest, draft: ResolvedRequest, options: RunQueue.SubmitOptions,
    isSaved: Bool,
    created: EpochMilliseconds,
    observer: (@Sendable (QueuedRun, Change) -> Void)?
  ) {
    self.id = id
    self.number = number
    self.request = request
    self.draft = draft
    self.options = options
    self.isSaved = isSaved
    self.created = created
    self.observer = observer
  }

  /// Where the conversation with its strategy process is written down.
  var transcriptPath: String? { options.transcriptFolder.map { "\($0)/\(id).jsonl" } }

  /// Where it stands.
  public var status: RunStatus { state.withLock { $0.status } }
  /// How far it is; `nil` before the first bar.
  public var progress: Progress? { state.withLock { $0.progress } }
  /// How it ended; `nil` before it has.
  public var outcomeIfFinished: Outcome? { state.withLock { $0.outcome } }
  /// Whether it was asked to stop.
  public var isCancelled: Bool { cancellation.load(ordering: .relaxed) }

  /// Asks it to stop: within one bar, or within the deadline of a strategy process.
  func requestCancellation() { cancellation.store(true, ordering: .relaxed) }

  /// Calls `body` once it is over, from the run's thread; at once when it is over already.
  ///
  /// - Returns: A number for ``stopWaiting(_:)``; `nil` when `body` was called.
  @discardableResult
  public func whenFinished(_ body: @escaping @Sendable (Outcome) -> Void) -> Int? {
    let (outcome, waiter) = state.withLock { state -> (Outcome?, Int?) in
      if let outcome = state.outcome { return (outcome, nil) }
      state.nextWaiter += 1
      state.waiters[state.nextWaiter] = body
      return (nil, state.nextWaiter)
    }
    if let outcome { body(outcome) }
    return waiter
  }

  /// Takes back a ``whenFinished(_:)``.
  public func stopWaiting(_ waiter: Int) { state.withLock { $0.waiters[waiter] = nil } }

  /// Waits for the end without blocking a thread. Cancelling the waiting task does not cancel the run.
  public func outcome() async -> Outcome {
    await withCheckedContinuation { continuation in
      whenFinished { continuation.resume(returning: $0) }
    }
  }

  func enter(_ status: RunStatus) {
    let isNew = state.withLock { state in
      defer { state.status = status }
      return state.status != status
    }
    if isNew { observer?(self, .status(status)) }
  }

  func note(_ progress: Progress) {
    state.withLock { $0.progress = progress }
    observer?(self, .progress(progress))
  }

  /// Ends it: the observer is told first, so that the last word on a run comes after all others.
  func finish(_ outcome: Outcome) {
    let waiters = state.withLock { state in
      state.status = outcome.record.status
      state.outcome = outcome
      defer { state.waiters = [:] }
      return state.waiters.sorted { $0.key < $1.key }.map(\.value)
    }
    observer?(self, .status(outcome.record.status))
    for waiter in waiters { waiter(outcome) }
  }
}
