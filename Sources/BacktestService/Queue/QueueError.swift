/// Why a run is not queued.
public enum QueueError: Error, Sendable, Equatable, CustomStringConvertible {
  /// As many runs wait as may wait.
  case full(limit: Int)
  /// The program is ending.
  case shuttingDown

  /// One sentence and what to do next.
  public var description: String {
    switch self {
    case .full(let limit):
      "\(limit) runs are waiting already, which is the limit; wait for some to end, or use a sweep for many runs."
    case .shuttingDown: "The program is ending and takes no more runs; start it again."
    }
  }
}
