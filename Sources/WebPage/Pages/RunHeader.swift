import JSONRPC
import ReportRendering
import RunStore
import TradingModel

/// What was run, on what, and how it ended.
struct RunHeader {
  let record: RunRecord
  /// Whether other pages can be linked to.
  let links: Bool

  init(_ record: RunRecord, links: Bool) {
    self.record = record
    self.links = links
  }

  var html: HTML {
    """
    <header class="title">
    <div>
    <p class="eyebrow"><span class="status \(record.status.rawValue)">\(record.status.rawValue)</span> <code>\(record.id)</code></p>
    <h1>\(record.strategy) <span>on</span> \(record.ticker)</h1>
    <p class="facts">\(facts)</p>
    \(parameters)
    </div>
    \(actions)
    </header>
    """
  }

  private var facts: String {
    var facts: [String] = []
    if let bars = record.bars { facts.append("\(NumberText.count(Double(bars))) bars") }
    if !record.interval.isEmpty { facts.append(record.interval) }
    if let start = record.start, let end = record.end {
      facts.append("\(UTCText.format(start)) to \(UTCText.format(end))")
    }
    facts.append("cash \(NumberText.count(record.startingCapital))")
    if let profile = record.profile { facts.append("profile \(profile)") }
    if let mode = record.mode, mode != "in_process" { facts.append("mode \(mode)") }
    return facts.joined(separator: " · ")
  }

  /// The strategy's parameters as texts, in their order.
  static func parameters(_ record: RunRecord) -> [(name: String, value: String)] {
    guard let text = record.parameters, case .object(let members)? = try? JSONValue(parsing: text) else { return [] }
    return members.map { ($0.key, $0.value.stringValue ?? (try? $0.value.text()) ?? "") }
  }

  private var parameters: HTML {
    let items = Self.parameters(record).map { name, value -> HTML in "<li><span>\(name)</span> \(value)</li>" }
    return items.isEmpty ? .nothing : "<ul class=\"chips\" aria-label=\"Parameters\">\n\(items)\n</ul>"
  }

  private var actions: HTML {
    guard links else { return .nothing }
    if !record.status.isFinal { return .nothing }
    return """
      <div class="actions">
      <a class="button" href="/new?run=\(URLText.encode(record.id))">Run again…</a>
      <a class="button" href="/runs/\(URLText.encode(record.id))/report.html" download="\(record.id).html">Save report</a>
      <a class="button" href="/runs/\(URLText.encode(record.id))/chart.svg" download="\(record.id).svg">Save chart</a>
      <form method="post" action="/runs/delete" data-confirm="Delete this run with everything that belongs to it?">\
      <input type="hidden" name="id" value="\(record.id)"><button class="danger">Delete</button></form>
      </div>
      """
  }
}
