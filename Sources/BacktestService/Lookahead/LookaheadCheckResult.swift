/// What the look-ahead check said about a run.
public enum LookaheadCheckResult: Sendable, Equatable {
  /// No decision changed in so many runs on changed histories.
  case passed(histories: Int)
  /// A decision changed: at this bar.
  case failed(index: Int)
  /// The strategy was able to look ahead and nobody checked.
  case skipped

  /// The protocol's word.
  public var word: String {
    switch self {
    case .passed: "passed"
    case .failed: "failed"
    case .skipped: "skipped"
    }
  }
}
