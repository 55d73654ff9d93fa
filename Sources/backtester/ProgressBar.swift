import ReportRendering
import Synchronization

/// A progress bar on standard error: only on a terminal, only once the work has lasted a moment.
final class ProgressBar: Sendable {
  private struct State {
    var shownAt: ContinuousClock.Instant?
    var isVisible = false
  }

  private let title: String
  private let unit: String
  private let start = ContinuousClock.now
  private let isEnabled = Terminal.showsProgress
  private let state = Mutex(State())

  /// Makes a bar, not yet shown.
  ///
  /// - Parameter unit: What is counted.
  init(title: String, unit: String = "bars") {
    self.title = title
    self.unit = unit
  }

  /// Shows how far the work is, at most ten times a second.
  func update(_ done: Int, _ total: Int) {
    guard isEnabled, total > 0 else { return }
    let now = ContinuousClock.now
    let isDue = state.withLock { state in
      guard now - start > .milliseconds(300) else { return false }
      if let shownAt = state.shownAt, now - shownAt < .milliseconds(100) { return false }
      state.shownAt = now
      state.isVisible = true
      return true
    }
    guard isDue else { return }
    let part = min(1, Double(done) / Double(total))
    let filled = Int(part * 30)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: 30 - filled)
    Terminal.showStatus("\(title) \(bar) \(Int(part * 100)) %  \(NumberText.count(Double(done))) \(unit)")
  }

  /// Takes the bar off the screen.
  func finish() {
    let wasVisible = state.withLock { state in
      defer { state.isVisible = false }
      return state.isVisible
    }
    if wasVisible { Terminal.showStatus("") }
  }
}
