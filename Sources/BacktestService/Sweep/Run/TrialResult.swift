import BacktestEngine
import PerformanceMetrics
import PluginHost
import TradingModel

/// What one trial gave.
struct TrialResult {
  var status: BacktestReport.Status
  /// `nil` when it failed before its first bar.
  var metrics: PerformanceMetrics?
  var failure: BacktestReport.Failure?
  var bars = 0
  var warmUpIndex: Int?
  var ruinIndex: Int?
  var commissions: Double?
  var warnings: [String] = []
  var duration = Duration.zero

  /// A trial that did not begin.
  init(failure cause: any Error) {
    status = Self.isCancellation(cause) ? .cancelled : .failed
    failure = status == .failed ? BacktestReport.Failure(trialCause: cause) : nil
  }

  /// Runs a trial and sorts its endings, exactly as a single run's.
  init(market: MetricsBasis, profile: ExecutionProfile, _ body: () throws -> BacktestRun) {
    let clock = ContinuousClock()
    let started = clock.now
    do {
      let run = try body()
      self.init(.completed, run, market, profile)
    } catch let interrupted as InterruptedRun {
      if interrupted.isCancellation || Self.isCancellation(interrupted.cause) {
        // Nothing of it is kept, so nothing is computed.
        self.init(failure: EngineError.cancelled(barsDone: 0))
      } else {
        self.init(.failed, interrupted.partial, market, profile)
        failure = BacktestReport.Failure(interrupted.cause)
      }
    } catch {
      self.init(failure: error)
    }
    duration = clock.now - started
  }

  private init(_ status: BacktestReport.Status, _ run: BacktestRun, _ market: MetricsBasis, _ profile: ExecutionProfile)
  {
    self.status = status
    metrics = PerformanceMetrics(run, market: market, profile: profile)
    bars = run.times.count
    warmUpIndex = run.warmUpIndex
    ruinIndex = run.ruinIndex
    commissions = run.commissions
    warnings = run.warnings
  }

  private static func isCancellation(_ error: any Error) -> Bool {
    switch error {
    case let failure as PluginFailure: failure.kind == .cancelled
    case EngineError.cancelled: true
    default: false
    }
  }
}
