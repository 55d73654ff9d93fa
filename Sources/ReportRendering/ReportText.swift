public import BacktestService
import PerformanceMetrics
import StrategyKit
import TradingModel

/// A run's result as text for a terminal.
public enum ReportText {
  /// What was run, the metrics in groups, the equity as a chart, the last trades, warnings, and where it was saved.
  public static func render(_ report: BacktestReport, style: TextStyle) -> String {
    var sections = [header(report, style), metrics(report.metrics.values, style)]
    sections += curves(
      times: report.run.times, equity: report.run.equity, trades: report.run.trades, style)
    sections.append(footer(report, style))
    return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// The equity as a chart and the last trades, each as a section, where there are any.
  static func curves(
    times: [EpochMilliseconds], equity: [Double], trades: [Trade], _ style: TextStyle
  ) -> [[String]] {
    let chart = EquityChart(times: times, equity: equity).lines(width: min(style.width, 100), height: 8)
    return (chart.isEmpty ? [] : [[style.bold("Equity")] + chart])
      + (trades.isEmpty ? [] : [Self.trades(trades, style)])
  }

  private static func header(_ report: BacktestReport, _ style: TextStyle) -> [String] {
    let parameters = report.request.parameters.entries.map { "\($0.name)=\($0.value.text)" }.joined(separator: " ")
    let period = "\(UTCText.format(report.data.start)) to \(UTCText.format(report.data.end))"
    let provenance = report.data.provenance.map { "; \($0)" } ?? ""
    var lines = [
      style.bold(report.request.strategy) + (parameters.isEmpty ? "" : " \(parameters)")
        + " on \(style.bold(report.request.symbol))",
      style.dim("\(NumberText.count(Double(report.data.count))) bars, \(period); \(report.data.source)\(provenance)"),
      style.dim(execution(report.request)),
    ]
    switch report.status {
    case .completed: break
    case .cancelled: lines.append(style.warning("Cancelled: the figures go up to the last bar that was done."))
    case .failed: lines.append(style.error("Failed: \(report.failure?.message ?? "")"))
    }
    return lines
  }

  /// How orders were executed, in words.
  static func execution(_ request: ResolvedRequest) -> String {
    let settings = request.settings
    var parts = ["cash \(NumberText.count(settings.cash))"]
    switch settings.commission {
    case .rate(let rate): parts.append(rate == 0 ? "no commission" : "commission \(percent(rate))")
    case .fixedAndRate(let fixed, let rate): parts.append("commission \(NumberText.money(fixed)) + \(percent(rate))")
    case .custom: parts.append("own commission")
    }
    if settings.spread > 0 { parts.append("spread \(percent(settings.spread))") }
    if settings.margin < 1 { parts.append("margin \(percent(settings.margin))") }
    if settings.tradeOnClose { parts.append("trades on close") }
    if settings.hedging { parts.append("hedging") }
    if settings.exclusiveOrders { parts.append("exclusive orders") }
    if settings.finalizeTrades { parts.append("finalised") }
    if request.mode != "in_process" { parts.append("mode \(request.mode)") }
    parts.append("profile \(settings.profile.rawValue)")
    return parts.joined(separator: ", ")
  }

  private static func percent(_ fraction: Double) -> String { "\((fraction * 1e8).rounded() / 1e6) %" }

  static func metrics(_ metrics: [(key: String, value: Double?)], _ style: TextStyle) -> [String] {
    let values = Dictionary(metrics.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    let definitions = MetricDefinition.all
    let titleWidth = definitions.map(\.title.count).max() ?? 0
    let texts = definitions.map { text($0, values[$0.key.rawValue] ?? nil) }
    let valueWidth = texts.map(\.count).max() ?? 0
    let isWide = style.width >= 2 * (titleWidth + valueWidth + 6)
    var lines: [String] = []
    for group in MetricDefinition.Group.allCases {
      let members = definitions.indices.filter { definitions[$0].group == group }
      guard !members.isEmpty else { continue }
      if !lines.isEmpty { lines.append("") }
      lines.append(style.bold(group.rawValue))
      let cells = members.map { member -> String in
        let definition = definitions[member]
        let gap = String(repeating: " ", count: titleWidth - definition.title.count)
        let padding = String(repeating: " ", count: valueWidth - texts[member].count)
        let value = padding + texts[member]
        let isSigned = definition.unit == .percent
        return
          "  \(definition.title)\(gap)  \(isSigned ? style.signed(value, values[definition.key.rawValue].flatMap { $0 } ?? 0) : value)"
      }
      if isWide {
        let half = (cells.count + 1) / 2
        for row in 0..<half { lines.append(cells[row] + (row + half < cells.count ? "  " + cells[row + half] : "")) }
      } else {
        lines += cells
      }
    }
    return lines
  }

  /// A metric's value in its unit.
  static func text(_ definition: MetricDefinition, _ value: Double?) -> String {
    switch definition.unit {
    case .percent: NumberText.percent(value)
    case .seconds: NumberText.duration(value)
    case .money: NumberText.money(value)
    case .ratio: NumberText.ratio(value)
    case .count: value.map(NumberText.count) ?? "n/a"
    case .time: value.map { UTCText.format(EpochMilliseconds($0)) } ?? "n/a"
    }
  }

  private static func trades(_ trades: [Trade], _ style: TextStyle) -> [String] {
    let shown = Array(trades.suffix(5))
    var table = TextTable([
      ("  Entry", .left), ("Exit", .left), ("Size", .right), ("Entry price", .right), ("Exit price", .right),
      ("P&L", .right), ("Return", .right), ("Tag", .left),
    ])
    for trade in shown {
      table.add([
        "  " + UTCText.format(trade.entryTime), UTCText.format(trade.exitTime), NumberText.count(trade.size),
        NumberText.price(trade.entryPrice), NumberText.price(trade.exitPrice), NumberText.money(trade.pnl),
        NumberText.percent(trade.returnFraction * 100), trade.tag ?? "",
      ])
    }
    let values = shown.map(\.pnl)
    let title =
      trades.count > shown.count
      ? "Last \(shown.count) of \(NumberText.count(Double(trades.count))) trades" : "Trades"
    return [style.bold(title)]
      + table.lines(style: style) { row, column, text in
        column == 5 || column == 6 ? style.signed(text, values[row]) : text
      }
  }

  private static func footer(_ report: BacktestReport, _ style: TextStyle) -> [String] {
    var lines = (report.data.loadNotes + report.warnings).map { style.warning("Note: ") + $0 }
    if let id = report.runID, let file = report.savedIn {
      lines.append("Saved as run \(style.bold(id)) in \(file); `backtester runs show \(id)` shows it again.")
    } else if report.saveFailure == nil {
      lines.append("Not saved.")
    }
    lines.append(
      style.dim(
        "Took \(NumberText.elapsed(report.totalTime)), of which the bar loop \(NumberText.elapsed(report.engineTime)).")
    )
    return lines
  }
}
