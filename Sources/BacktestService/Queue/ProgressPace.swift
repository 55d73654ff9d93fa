import Synchronization

/// Thins out what the bar loop reports to ten times a second.
final class ProgressPace: Sendable {
  private let started = ContinuousClock.now
  private let last = Mutex<ContinuousClock.Instant?>(nil)

  /// What to report now; `nil` most of the time.
  func progress(_ done: Int, _ total: Int) -> QueuedRun.Progress? {
    let now = ContinuousClock.now
    let isDue = last.withLock { last in
      guard now - (last ?? started) >= .milliseconds(100) else { return false }
      last = now
      return true
    }
    guard isDue else { return nil }
    let seconds = (now - started) / .seconds(1)
    return QueuedRun.Progress(barsDone: done, barsTotal: total, barsPerSecond: Double(done) / seconds)
  }
}
