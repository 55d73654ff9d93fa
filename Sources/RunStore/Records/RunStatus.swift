/// Where a run stands.
public enum RunStatus: String, Sendable, CaseIterable {
  /// It waits for its turn.
  case queued
  /// Its data is being loaded and its strategy started.
  case starting
  /// It is under way.
  case running
  /// It reached the last bar, or ruin.
  case completed
  /// The strategy, the data or a rule the user asked for ended it.
  case failed
  /// The user ended it.
  case cancelled
  /// The process that ran it ended before the run did.
  case interrupted

  /// Whether the run has ended, one way or the other.
  public var isFinal: Bool {
    switch self {
    case .queued, .starting, .running: false
    case .completed, .failed, .cancelled, .interrupted: true
    }
  }
}
