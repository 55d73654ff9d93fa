public import BacktestService
import PerformanceMetrics
import StrategyKit
import TradingModel

/// A sweep as text for a terminal.
public enum SweepText {
  /// What was tried, the best trials, a map of the objective over two parameters, and how it went.
  ///
  /// - Parameters:
  ///   - top: How many trials to show.
  ///   - file: The database the trials were stored in; `nil` when they were not.
  public static func render(_ sweep: Sweep, top: Int, savedIn file: String?, style: TextStyle) -> String {
    let progress = sweep.progress
    var sections = [header(sweep, progress, style)]
    let best = sweep.best(limit: top)
    if !best.isEmpty { sections.append(table(best, sweep, progress, isSaved: file != nil, style)) }
    let failures = failures(sweep, progress, style)
    if !failures.isEmpty { sections.append(failures) }
    let map = heatMap(sweep, style)
    if !map.isEmpty { sections.append(map) }
    sections.append(footer(sweep, progress, best.first, file, style))
    return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private static func header(_ sweep: Sweep, _ progress: SweepProgress, _ style: TextStyle) -> [String] {
    let fixed = sweep.request.parameters.entries.filter { !sweep.plan.variedNames.contains($0.name) }
    let constants = fixed.map { " \($0.name)=\($0.value.text)" }.joined()
    var scope = "\(count(progress.total)) \(progress.total == 1 ? "trial" : "trials")"
    if sweep.plan.candidateCount != progress.total {
      scope += " of \(count(sweep.plan.candidateCount)) combinations"
    }
    if let condition = sweep.plan.condition { scope += " where \(condition.text)" }
    var lines = [
      style.bold(sweep.request.strategy) + constants + " on \(style.bold(sweep.request.symbol)): \(scope)",
      style.dim(
        "\(count(sweep.data.count)) bars, \(UTCText.format(sweep.data.start)) to \(UTCText.format(sweep.data.end)); "
          + sweep.data.source),
      style.dim(ReportText.execution(sweep.request)),
    ]
    let done = "\(count(progress.done)) of \(count(progress.total)) trials were done"
    switch progress.status {
    case .cancelled: lines.append(style.warning("Cancelled: \(done)."))
    case .failed: lines.append(style.error("Stopped after \(done): \(progress.failure?.message ?? "")"))
    case .queued, .running, .completed: break
    }
    return lines
  }

  private static func table(
    _ best: [SweepTrial], _ sweep: Sweep, _ progress: SweepProgress, isSaved: Bool, _ style: TextStyle
  ) -> [String] {
    let names = sweep.plan.variedNames.isEmpty ? sweep.request.parameters.entries.map(\.name) : sweep.plan.variedNames
    var keys = [sweep.objective.metric]
    for key in [MetricKey.totalReturnPercent, .maxDrawdownPercent, .tradeCount, .sharpe] where !keys.contains(key) {
      keys.append(key)
    }
    let definitions = keys.compactMap { key in MetricDefinition.all.first { $0.key == key } }
    var table = TextTable(
      [("  #", .right)] + names.map { ($0, .right) } + definitions.map { ($0.title, .right) }
        + [(isSaved ? "Run" : "", .left)])
    for (place, trial) in best.enumerated() {
      table.add(
        ["  \(place + 1)"] + names.map { trial.parameters[$0]?.text ?? "" }
          + definitions.map { ReportText.text($0, trial[$0.key]) }
          + [trial.status == .failed ? "failed" : isSaved ? String(trial.runID.dropFirst(sweep.id.count)) : ""])
    }
    let direction = sweep.objective.direction == .maximize ? "largest" : "smallest"
    let title = definitions.first?.title ?? sweep.objective.metric.rawValue
    let shown = best.count < progress.done ? "Best \(best.count) of \(count(progress.done)) trials" : "Trials"
    let firstMetric = 1 + names.count
    return [style.bold(shown) + style.dim(", \(direction) \(title) first")]
      + table.lines(style: style) { row, column, text in
        if column == 0 { return style.dim(text) }
        guard column >= firstMetric, column < firstMetric + definitions.count else { return text }
        let definition = definitions[column - firstMetric]
        return definition.unit == .percent ? style.signed(text, best[row][definition.key] ?? 0) : text
      }
  }

  /// How many trials failed, and why the first one did.
  private static func failures(_ sweep: Sweep, _ progress: SweepProgress, _ style: TextStyle) -> [String] {
    guard progress.failed > 0 else { return [] }
    var first: SweepTrial?
    sweep.forEachTrial { if first == nil, $0.failure != nil { first = $0 } }
    guard let first, let failure = first.failure else { return [] }
    let values = first.parameters.entries.map { "\($0.name)=\($0.value.text)" }.joined(separator: " ")
    return [
      style.error("\(count(progress.failed)) of \(count(progress.done)) trials failed.")
        + " The first, \(values): \(failure.message)"
    ]
  }

  private static func heatMap(_ sweep: Sweep, _ style: TextStyle) -> [String] {
    guard let map = SweepHeatMap(sweep) else { return [] }
    return map.lines(style: style)
  }

  private static func footer(
    _ sweep: Sweep, _ progress: SweepProgress, _ best: SweepTrial?, _ file: String?, _ style: TextStyle
  ) -> [String] {
    var lines: [String] = []
    for note in sweep.data.notes + [sweep.objective.caution].compactMap(\.self) {
      lines.append(style.warning("Note: ") + note)
    }
    if let file, progress.saved > 0 {
      lines.append(
        "Saved \(count(progress.saved)) of \(count(progress.done)) trials as sweep \(style.bold(sweep.id)) in \(file).")
      if let best {
        lines.append("`backtester runs show \(best.runID)` shows the best one's statistics,")
        lines.append("`backtester runs list --sweep \(sweep.id) --sort \(sweep.objective.metric.rawValue)` lists all.")
      }
    } else if progress.saveFailure == nil {
      lines.append("Not saved.")
    }
    let rate = progress.trialsPerSecond.map { ", \(NumberText.count($0.rounded())) trials a second" } ?? ""
    let workers = "\(sweep.workerCount) \(sweep.workerCount == 1 ? "worker" : "workers")"
    lines.append(style.dim("Took \(NumberText.elapsed(progress.elapsed)) on \(workers)\(rate)."))
    return lines
  }

  private static func count(_ value: Int) -> String { NumberText.count(Double(value)) }
}

extension SweepText {
  /// One line about a sweep under way: a bar, trials done, speed, time left, the best so far; cut to `width` characters.
  public static func status(
    _ progress: SweepProgress, strategy: String, objective: SweepObjective, varied: [String], width: Int
  ) -> String {
    let part = progress.total == 0 ? 0 : Double(progress.done) / Double(progress.total)
    let filled = Int(part * 20)
    var text =
      "\(strategy) " + String(repeating: "█", count: filled) + String(repeating: "░", count: 20 - filled)
      + " \(count(progress.done)) of \(count(progress.total)) trials"
    if let remaining = progress.remaining { text += ", \(timeLeft(remaining)) left" }
    if let speed = progress.trialsPerSecond { text += ", \(NumberText.count(speed.rounded()))/s" }
    if let best = progress.best, let definition = MetricDefinition.all.first(where: { $0.key == objective.metric }) {
      let values = varied.compactMap { name in best.parameters[name].map { "\(name)=\($0.text)" } }
      text += "; best \(ReportText.text(definition, best[objective.metric])) at \(values.joined(separator: " "))"
    }
    return String(text.prefix(max(1, width - 1)))
  }

  /// `1:05:09`, `3:07`, `12 s`.
  static func timeLeft(_ duration: Duration) -> String {
    let seconds = max(0, duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0))
    if seconds < 60 { return "\(seconds) s" }
    func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
    let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
    return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
  }
}
