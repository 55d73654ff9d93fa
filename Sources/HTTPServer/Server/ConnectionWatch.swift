import Synchronization

/// Tells whether a connection's client is still there.
final class ConnectionWatch: Sendable {
  private struct State {
    var isGone = false
    var nextKey = 0
    var handlers: [Int: @Sendable () -> Void] = [:]
  }

  private let state = Mutex(State())

  /// Does `operation`; calls `onHangUp` once, from any thread, if the client hangs up meanwhile or has done so before.
  func watching<Value>(
    onHangUp: @escaping @Sendable () -> Void, _ operation: () async throws -> Value
  ) async rethrows -> Value {
    let key: Int? = state.withLock { state in
      if state.isGone { return nil }
      state.nextKey += 1
      state.handlers[state.nextKey] = onHangUp
      return state.nextKey
    }
    if key == nil { onHangUp() }
    defer { if let key { _ = state.withLock { $0.handlers.removeValue(forKey: key) } } }
    return try await operation()
  }

  /// Notes that the client has hung up.
  func hangUp() {
    let handlers = state.withLock { state in
      state.isGone = true
      defer { state.handlers = [:] }
      return state.handlers.values.map { $0 }
    }
    for handler in handlers { handler() }
  }
}
