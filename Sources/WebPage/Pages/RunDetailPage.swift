import BacktestService
import JSONRPC
import PerformanceMetrics
import ReportRendering
public import RunStore
import TradingModel

/// The page of one run.
public struct RunDetailPage {
  /// Where the page is read.
  public enum Place: Sendable {
    /// On a server, with links to other pages.
    case served
    /// As a file of its own without network; `version` names the program that made it.
    case file(version: String)
  }

  private let record: RunRecord
  private let result: RunResult
  private let chart: RunChart
  private let place: Place

  /// Prepares the page of a run that has ended.
  public init(_ record: RunRecord, _ result: RunResult, chart: RunChart, place: Place) {
    self.record = record
    self.result = result
    self.chart = chart
    self.place = place
  }

  /// The page as HTML.
  public var bytes: [UInt8] {
    var layout = PageLayout(
      title: "\(record.strategy) on \(record.ticker)", assets: .linked,
      scripts: WebAsset.runScripts + ["page.js"])
    if case .file = place {
      layout.assets = .inline
      layout.scripts = WebAsset.runScripts
      let data = RunData(record, result, chart: chart, source: .embedded)
      layout.data = Self.block(data.json)
    }
    return layout.page(content)
  }

  private static func block(_ json: [UInt8]) -> HTML {
    "<script type=\"application/json\" id=\"run-data\">\(HTML(trusted: String(decoding: json, as: UTF8.self)))</script>"
  }

  private var content: HTML {
    """
    <article class="run"\(dataAddress)>
    \(RunHeader(record, links: isServed).html)
    \(FailureSection(record).html)
    \(notes)
    \(figures)
    \(chartSection)
    \(MetricsSection(record.metrics).html)
    \(tables)
    \(ProvenanceSection(record, chart).html)
    \(footer)
    </article>
    """
  }

  private var isServed: Bool { if case .served = place { true } else { false } }

  /// Where the scripts find the run, unless it is in the page.
  private var dataAddress: HTML { isServed ? " data-source=\"/runs/\(URLText.encode(record.id))/data\"" : .nothing }

  private var notes: HTML {
    if record.warnings.isEmpty { return .nothing }
    return """
      <section class="notes" aria-label="Notes"><h2>Notes</h2><ul>
      \(record.warnings.map { "<li>\($0)</li>" as HTML })
      </ul></section>
      """
  }

  private var figures: HTML {
    if record.metrics.isEmpty { return .nothing }
    let keys: [MetricKey] = [
      .totalReturnPercent, .buyAndHoldReturnPercent, .cagrPercent, .sharpe, .maxDrawdownPercent, .tradeCount,
      .winRatePercent,
      .finalEquity,
    ]
    let items = keys.compactMap { key in MetricDefinition.all.first { $0.key == key } }.map { definition -> HTML in
      let value = record.metric(definition.key.rawValue)
      return
        "<div><dt>\(definition.title)</dt><dd\(MetricText.tone(definition, value))>\(MetricText.value(definition, value))</dd></div>"
    }
    return "<dl class=\"figures\" aria-label=\"Key figures\">\n\(items)\n</dl>"
  }

  private var chartSection: HTML {
    if chart.count == 0 { return .nothing }
    let missing: HTML = chart.missingBars.map { "<p class=\"hint\">\($0)</p>" } ?? .nothing
    let fallback: HTML =
      isServed
      ? "<p>The chart needs JavaScript; here it is as a picture.</p><img src=\"/runs/\(URLText.encode(record.id))/chart.svg\" alt=\"Price, trades, equity and drawdown\">"
      : "<p>The chart and the tables need JavaScript.</p>"
    return """
      <section id="chart" class="chart" aria-labelledby="chart-title">
      <h2 id="chart-title">Chart</h2>
      \(missing)
      <div class="toolbar" id="chart-tools"></div>
      <div class="plot" id="chart-plot" tabindex="0" role="application" aria-roledescription="chart" \
      aria-label="Chart of \(record.ticker): price, trades, equity and drawdown" aria-describedby="chart-keys"></div>
      <p class="visually-hidden" aria-live="polite" id="chart-values"></p>
      <details class="keys"><summary>Keys and gestures</summary><p id="chart-keys">Left and right move the crosshair, with Shift \
      they pan; + and − zoom, 0 shows everything; N and P go to the next and previous trade. The wheel zooms, dragging \
      pans, dragging with Shift zooms into a stretch; two fingers zoom.</p></details>
      <noscript>\(fallback)</noscript>
      </section>
      """
  }

  private var tables: HTML {
    if chart.count == 0 { return .nothing }
    return """
      <section id="trades" aria-labelledby="trades-title">
      <h2 id="trades-title">Trades <span class="count">\(NumberText.count(Double(chart.trades.count + chart.openTrades.count)))</span></h2>
      <div data-table="trades"></div>
      </section>
      <section id="events" aria-labelledby="events-title">
      <h2 id="events-title">Order events <span class="count">\(NumberText.count(Double(result.orderEvents.count)))</span></h2>
      <p class="hint">Every step in the life of every order, refused ones with the reason.</p>
      <div data-table="events"></div>
      </section>
      """
  }

  private var footer: HTML {
    guard case .file(let version) = place else { return .nothing }
    return "<footer class=\"made\">Made by backtester \(version) from run \(record.id).</footer>"
  }
}
