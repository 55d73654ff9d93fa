/// Where a sweep stands.
public struct SweepProgress: Sendable {
  /// The stages of a sweep.
  public enum Status: String, Sendable {
    /// It was not started yet.
    case queued
    /// Trials are being run.
    case running
    /// Every trial has ended, one way or the other.
    case completed
    /// It was stopped; what was done is kept.
    case cancelled
    /// It could not go on; what was done is kept.
    case failed

    /// Whether nothing will change any more.
    public var hasEnded: Bool { self != .queued && self != .running }
  }

  /// Its stage.
  public var status: Status
  /// Trials in all.
  public var total: Int
  /// Trials that have ended, failed ones included.
  public var done: Int
  /// Trials that failed.
  public var failed: Int
  /// Trials in the store.
  public var saved: Int
  /// The best trial so far; `nil` while no trial has a defined objective.
  public var best: SweepTrial?
  /// Time since the start; up to the end when it has ended.
  public var elapsed: Duration
  /// Why trials are missing in the store, one sentence.
  public var saveFailure: String?
  /// Why it could not go on.
  public var failure: BacktestReport.Failure?

  /// Time to the end if the rest goes as fast as what is done; `nil` before the first trial has ended.
  public var remaining: Duration? {
    done > 0 ? elapsed * (Double(total - done) / Double(done)) : nil
  }

  /// Trials a second; `nil` before the first has ended.
  public var trialsPerSecond: Double? {
    let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
    return done > 0 && seconds > 0 ? Double(done) / seconds : nil
  }
}
