public import BacktestService
public import RunStore

/// What the routes work with.
public struct Backend: Sendable {
  /// Runs backtests, each in the store from the moment it is accepted.
  public let queue: RunQueue
  /// The strategies that clients may name.
  public let service: BacktestService
  /// The runs.
  public let store: SQLiteRunStore

  /// Puts the parts together.
  ///
  /// - Parameter service: Its catalog should be ``StrategyCatalog/remote``, as the queue's.
  public init(queue: RunQueue, service: BacktestService, store: SQLiteRunStore) {
    self.queue = queue
    self.service = service
    self.store = store
  }
}
