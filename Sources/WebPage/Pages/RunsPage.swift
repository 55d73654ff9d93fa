import PerformanceMetrics
import ReportRendering
public import RunStore
import TradingModel

/// The table of runs, with filters, order and pages.
public struct RunsPage {
  /// How far a run under way is.
  public struct Progress: Sendable {
    /// Bars processed.
    public var done: Int
    /// Bars of the run.
    public var total: Int

    /// Notes progress.
    public init(done: Int, total: Int) {
      self.done = done
      self.total = total
    }
  }

  private let page: RunPage
  private let query: RunsPageQuery
  private let strategies: [String]
  private let progress: [RunID: Progress]

  /// Prepares the page.
  ///
  /// - Parameters:
  ///   - page: The runs that ``RunsPageQuery/query`` found.
  ///   - strategies: Names to choose from.
  ///   - progress: Of runs under way.
  public init(_ page: RunPage, query: RunsPageQuery, strategies: [String], progress: [RunID: Progress]) {
    self.page = page
    self.query = query
    self.strategies = strategies
    self.progress = progress
  }

  /// The page as HTML.
  public var bytes: [UInt8] {
    let layout = PageLayout(title: "Runs", assets: .linked, current: .runs, scripts: ["page.js"])
    return layout.page(
      """
      <header class="title"><h1>Runs</h1><div class="actions"><a class="button primary" href="/new">New run</a></div></header>
      \(filters)
      <section class="card" id="runs" aria-label="Runs"\(hasActive ? " data-active" : .nothing)>
      \(page.runs.isEmpty ? empty : table)
      </section>
      """)
  }

  private var hasActive: Bool { page.runs.contains { !$0.status.isFinal } }

  private var total: Int { page.total ?? page.runs.count }

  // MARK: Filters

  private var filters: HTML {
    var names = strategies
    if !query.strategy.isEmpty, !names.contains(query.strategy) { names.append(query.strategy) }
    let statuses = RunStatus.allCases.map(\.rawValue)
    return """
      <form class="card search" method="get" action="/" role="search" aria-label="Filter runs">
      <label class="wide">Text<input type="search" name="q" value="\(query.text)" maxlength="100" placeholder="id, strategy, symbol, parameter, tag"></label>
      <label>Strategy<select name="strategy">\(Self.options(names, query.strategy))</select></label>
      <label>Symbol<input name="symbol" value="\(query.symbol)" maxlength="100" size="8" autocapitalize="characters" spellcheck="false"></label>
      <label>Status<select name="status">\(Self.options(statuses, query.status))</select></label>
      \(query.isSorted ? "<input type=\"hidden\" name=\"sort\" value=\"\(query.sortText)\">" : .nothing)
      <div class="buttons"><button class="primary">Filter</button>\(query.isFiltered ? "<a class=\"button\" href=\"/\">Clear</a>" : .nothing)</div>
      </form>
      """
  }

  private static func options(_ names: [String], _ chosen: String) -> HTML {
    let all: HTML = "<option value=\"\">any</option>"
    return "\([all] + names.map { $0 == chosen ? "<option selected>\($0)</option>" : "<option>\($0)</option>" })"
  }

  private var empty: HTML {
    query.isFiltered || query.page > 1
      ? "<p class=\"empty\">No run matches. <a href=\"/\">Show all runs</a></p>"
      : "<p class=\"empty\">There are no runs yet. <a href=\"/new\">Start one</a>, or run <code>backtester run sma_cross --sample GOOG</code>.</p>"
  }

  // MARK: Table

  private var table: HTML {
    """
    <form method="post" action="/runs/delete" data-confirm="Delete the selected runs with everything that belongs to them?">
    <input type="hidden" name="back" value="\(query.link(page: query.page))">
    <div class="scroller" tabindex="0" role="region" aria-label="Table of runs">
    <table class="data runs">
    <caption class="visually-hidden">Runs</caption>
    <thead><tr><th scope="col"><input type="checkbox" data-all aria-label="Select all runs on this page"></th>\(RunsPageQuery.columns.map(head))</tr></thead>
    <tbody>
    \(page.runs.map(row))
    </tbody>
    </table>
    </div>
    <div class="pager"><button class="danger" data-selected>Delete selected</button><span class="space"></span>\(pages)</div>
    </form>
    """
  }

  private func head(_ column: RunsPageQuery.Column) -> HTML {
    let isSorted = column.sort == query.sort
    let direction = query.descending ? "descending" : "ascending"
    let sorted: HTML = isSorted ? " aria-sort=\"\(direction)\"" : .nothing
    let number: HTML = column.isNumber ? " class=\"number\"" : .nothing
    return "<th scope=\"col\"\(sorted)\(number)><a href=\"\(query.link(sorting: column))\">\(column.title)</a></th>"
  }

  private func row(_ run: RunRecord) -> HTML {
    let address: HTML = "/runs/\(URLText.encode(run.id))"
    let period =
      switch (run.start.map(UTCText.formatDate), run.end.map(UTCText.formatDate)) {
      case (let start?, let end?): "\(start) – \(end)"
      case (let start?, nil): "from \(start)"
      case (nil, let end?): "until \(end)"
      case (nil, nil): ""
      }
    let isActive = !run.status.isFinal
    let box: HTML =
      isActive
      ? .nothing : "<input type=\"checkbox\" name=\"id\" value=\"\(run.id)\" aria-label=\"Select run \(run.id)\">"
    return """
      <tr><td class="pick">\(box)</td>
      <td class="when"><a href="\(address)">\(UTCText.format(run.created - run.created % 60_000))</a></td>
      <td class="what"><a class="strategy" href="\(address)">\(run.strategy)</a> <span class="quiet">\(Self.parameters(run))</span></td>
      <td class="symbol">\(run.ticker)</td>
      <td class="state"><span class="status \(run.status.rawValue)">\(run.status.rawValue)</span>\(bar(run))</td>
      <td class="period quiet">\(period)</td>
      \(Self.metrics.map { cell(run, $0) })
      <td class="number" data-title="Took">\(run.durationMicroseconds.map { NumberText.elapsed(.microseconds($0)) } ?? "")</td></tr>
      """
  }

  private static let metrics: [(key: MetricKey, title: String)] = [
    (.totalReturnPercent, "Return"), (.sharpe, "Sharpe"), (.maxDrawdownPercent, "Drawdown"), (.tradeCount, "Trades"),
    (.winRatePercent, "Win rate"),
  ]

  private func cell(_ run: RunRecord, _ metric: (key: MetricKey, title: String)) -> HTML {
    let key = metric.key
    guard run.metrics.contains(where: { $0.name == key.rawValue }),
      let definition = MetricDefinition.all.first(where: { $0.key == key })
    else { return "<td></td>" }
    let value = run.metric(key.rawValue)
    let tone = key == .totalReturnPercent ? (value ?? 0) > 0 ? " gain" : (value ?? 0) < 0 ? " loss" : "" : ""
    return
      "<td class=\"number\(tone)\" data-title=\"\(metric.title)\">\(MetricText.value(definition, value))</td>"
  }

  private func bar(_ run: RunRecord) -> HTML {
    guard let progress = progress[run.id], progress.total > 0 else { return .nothing }
    return " <progress max=\"\(progress.total)\" value=\"\(progress.done)\" aria-label=\"Progress\"></progress>"
  }

  /// `n1 10, n2 20` from `{"n1":10,"n2":20}`, cut where it is long.
  private static func parameters(_ run: RunRecord) -> String {
    let text = RunHeader.parameters(run).map { "\($0.name) \($0.value)" }.joined(separator: ", ")
    return text.count > 60 ? "\(text.prefix(59))…" : text
  }

  // MARK: Pages

  private var pages: HTML {
    let first = query.query.offset + 1
    let last = query.query.offset + page.runs.count
    let previous: HTML =
      query.page > 1
      ? "<a class=\"button\" rel=\"prev\" href=\"\(query.link(page: query.page - 1))\">Previous</a>" : .nothing
    let next: HTML =
      last < total ? "<a class=\"button\" rel=\"next\" href=\"\(query.link(page: query.page + 1))\">Next</a>" : .nothing
    return """
      \(previous)<span>\(NumberText.count(Double(first)))–\(NumberText.count(Double(last))) of \(NumberText.count(Double(total)))</span>\(next)
      """
  }
}
