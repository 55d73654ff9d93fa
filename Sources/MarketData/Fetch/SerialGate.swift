internal import Dispatch
internal import Synchronization

/// Lets one thread at a time through, in order of arrival; who waits can be cancelled.
///
/// Fetches of one service pass through it, so that a host sees one request at a time and two loads of the same
/// bars do not fetch them twice.
final class SerialGate: Sendable {
  private final class Waiter: Sendable {
    let wake = DispatchSemaphore(value: 0)
  }

  private struct State {
    var isTaken = false
    var waiting: [Waiter] = []
  }

  private let state = Mutex(State())

  /// Runs `body` alone.
  ///
  /// - Throws: ``MarketDataError/cancelled`` when cancelled while waiting, or what `body` throws.
  func run<Result>(
    cancellation: CancellationSignal, _ body: () throws(MarketDataError) -> Result
  ) throws(MarketDataError) -> Result {
    try enter(cancellation)
    defer { leave() }
    return try body()
  }

  private func enter(_ cancellation: CancellationSignal) throws(MarketDataError) {
    let waiter = Waiter()
    let isFree = state.withLock { state in
      if !state.isTaken {
        state.isTaken = true
        return true
      }
      state.waiting.append(waiter)
      return false
    }
    if isFree { return }
    let id = cancellation.onCancel { waiter.wake.signal() }
    waiter.wake.wait()
    cancellation.removeHandler(id)
    // Still listed: it was the cancellation that woke this thread. Not listed: the gate was handed over.
    let wasCancelled = state.withLock { state in
      guard let place = state.waiting.firstIndex(where: { $0 === waiter }) else { return false }
      state.waiting.remove(at: place)
      return true
    }
    if wasCancelled { throw .cancelled }
  }

  private func leave() {
    let next = state.withLock { state -> Waiter? in
      if state.waiting.isEmpty {
        state.isTaken = false
        return nil
      }
      return state.waiting.removeFirst()
    }
    next?.wake.signal()
  }
}
