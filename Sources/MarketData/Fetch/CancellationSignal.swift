internal import Dispatch
internal import Synchronization

/// Tells work under way, on whatever threads, that its result is no longer wanted.
///
/// Once cancelled it stays cancelled.
public final class CancellationSignal: Sendable {
  private struct State {
    var isCancelled = false
    var nextHandler: UInt64 = 0
    var handlers: [(id: UInt64, run: @Sendable () -> Void)] = []
  }

  private let state = Mutex(State())

  /// Makes a signal that is not cancelled.
  public init() {}

  /// Whether ``cancel()`` was called.
  public var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Cancels: runs each registered handler once, on the calling thread. Later calls do nothing.
  public func cancel() {
    let handlers = state.withLock { state in
      state.isCancelled = true
      defer { state.handlers = [] }
      return state.handlers
    }
    for handler in handlers { handler.run() }
  }

  /// Registers a handler; it runs at once when already cancelled.
  ///
  /// - Returns: What ``removeHandler(_:)`` takes.
  package func onCancel(_ handler: @escaping @Sendable () -> Void) -> UInt64 {
    let id: UInt64? = state.withLock { state in
      if state.isCancelled { return nil }
      state.nextHandler += 1
      state.handlers.append((state.nextHandler, handler))
      return state.nextHandler
    }
    if let id { return id }
    handler()
    return 0
  }

  /// Forgets a handler that is no longer needed.
  package func removeHandler(_ id: UInt64) {
    state.withLock { state in state.handlers.removeAll { $0.id == id } }
  }

  /// Waits for a number of seconds on the calling thread.
  ///
  /// - Returns: `false` when cancelled before the time was over.
  package func wait(seconds: Double) -> Bool {
    guard seconds > 0 else { return !isCancelled }
    let wake = DispatchSemaphore(value: 0)
    let id = onCancel { wake.signal() }
    defer { removeHandler(id) }
    return wake.wait(timeout: .now() + seconds) == .timedOut
  }
}

extension CancellationSignal {
  /// Runs work that takes a signal for a caller who can only be asked whether to stop.
  ///
  /// - Parameters:
  ///   - isCancelled: Asked every 20 ms, on another thread, while the work lasts; `nil` never cancels.
  ///   - body: The work, on the calling thread.
  public static func polling<Value, Failure: Error>(
    _ isCancelled: (@Sendable () -> Bool)?, _ body: (CancellationSignal) throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let signal = CancellationSignal()
    guard let isCancelled else { return try body(signal) }
    let timer = DispatchSource.makeTimerSource(queue: .global())
    timer.setEventHandler { if isCancelled() { signal.cancel() } }
    timer.schedule(deadline: .now(), repeating: .milliseconds(20), leeway: .milliseconds(5))
    timer.resume()
    defer { timer.cancel() }
    return try body(signal)
  }
}
