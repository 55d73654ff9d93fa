import BacktestService
import ReportRendering

/// A sweep's progress on standard error: only on a terminal, only once the work has lasted a moment.
final class SweepStatusLine {
  private let sweep: Sweep
  private let start = ContinuousClock.now
  private let isEnabled = Terminal.showsProgress
  private var shownAt: ContinuousClock.Instant?

  init(_ sweep: Sweep) { self.sweep = sweep }

  /// Shows how far the sweep is, at most ten times a second.
  func update() {
    let now = ContinuousClock.now
    guard isEnabled, now - start > .milliseconds(300) else { return }
    if let shownAt, now - shownAt < .milliseconds(100) { return }
    shownAt = now
    Terminal.showStatus(
      SweepText.status(
        sweep.progress, strategy: sweep.request.strategy, objective: sweep.objective, varied: sweep.plan.variedNames,
        width: Terminal.errorWidth))
  }

  /// Takes the line off the screen.
  func finish() {
    if shownAt != nil { Terminal.showStatus("") }
  }
}
