/// How a caller watches and stops a run. The engine calls them from the run's own thread.
public struct RunHooks: Sendable {
  /// Asked before every bar; `true` ends the run as cancelled.
  public var isCancelled: (@Sendable () -> Bool)?
  /// Told the number of bars done, every ``progressInterval`` bars and at the end.
  public var progress: (@Sendable (_ done: Int, _ total: Int) -> Void)?
  /// Number of bars between two calls of ``progress``.
  public var progressInterval = 4096

  /// Makes hooks; none by default.
  public init(
    isCancelled: (@Sendable () -> Bool)? = nil, progress: (@Sendable (_ done: Int, _ total: Int) -> Void)? = nil
  ) {
    self.isCancelled = isCancelled
    self.progress = progress
  }
}
