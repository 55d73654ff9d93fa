public import JSONRPC
import PerformanceMetrics
public import RunStore
import StrategyKit
import TradingModel

/// Saved runs as text and JSON.
public enum RunText {
  /// A table of runs.
  public static func list(_ page: RunPage, style: TextStyle) -> String {
    if page.runs.isEmpty { return "There are no such runs; `backtester run sma_cross --sample GOOG` makes one." }
    var table = TextTable([
      ("ID", .left), ("STATUS", .left), ("STRATEGY", .left), ("SYMBOL", .left), ("FROM", .left), ("TO", .left),
      ("RETURN", .right), ("SHARPE", .right), ("MAX DD", .right), ("TRADES", .right),
    ])
    for run in page.runs {
      table.add([
        run.id, run.status.rawValue, run.strategy, run.ticker, run.start.map(UTCText.formatDate) ?? "",
        run.end.map(UTCText.formatDate) ?? "", NumberText.percent(run.metric("total_return_pct")),
        NumberText.ratio(run.metric("sharpe")), NumberText.percent(run.metric("max_drawdown_pct")),
        run.metric("trades").map(NumberText.count) ?? "",
      ])
    }
    return lines(of: table, page, returnColumn: 6, style)
  }

  /// A table of a sweep's trials: what differs between them are their parameters.
  public static func trials(_ page: RunPage, style: TextStyle) -> String {
    if page.runs.isEmpty { return "There are no such trials; `backtester sweep` says under which id it saves them." }
    let parameters = page.runs.map { run in
      run.parameters.flatMap { try? JSONValue(parsing: $0) }?.objectValue ?? []
    }
    var names: [String] = []
    for member in parameters.joined() where !names.contains(member.key) { names.append(member.key) }
    var table = TextTable(
      [("ID", .left), ("STATUS", .left)] + names.map { ($0, .right) }
        + [("RETURN", .right), ("SHARPE", .right), ("MAX DD", .right), ("TRADES", .right)])
    for (run, given) in zip(page.runs, parameters) {
      let values = names.map { name in
        given.first { $0.key == name }.map { $0.value.stringValue ?? (try? $0.value.text()) ?? "" } ?? ""
      }
      table.add(
        [run.id, run.status.rawValue] + values + [
          NumberText.percent(run.metric("total_return_pct")), NumberText.ratio(run.metric("sharpe")),
          NumberText.percent(run.metric("max_drawdown_pct")), run.metric("trades").map(NumberText.count) ?? "",
        ])
    }
    return lines(of: table, page, returnColumn: 2 + names.count, style)
  }

  private static func lines(of table: TextTable, _ page: RunPage, returnColumn: Int, _ style: TextStyle) -> String {
    var lines = table.lines(style: style) { row, column, text in
      switch column {
      case 0: style.bold(text)
      case 1: page.runs[row].status == .completed ? text : style.warning(text)
      case returnColumn: style.signed(text, page.runs[row].metric("total_return_pct") ?? 0)
      default: text
      }
    }
    if let total = page.total, total > page.runs.count {
      lines.append(style.dim("\(page.runs.count) of \(NumberText.count(Double(total))) runs; --limit shows more."))
    }
    return lines.joined(separator: "\n")
  }

  /// A run as it was shown when it ended.
  public static func show(_ record: RunRecord, _ result: RunResult, style: TextStyle) -> String {
    var header = [
      "\(style.bold(record.strategy)) on \(style.bold(record.ticker))  \(style.dim(record.id))",
      style.dim(
        "\(NumberText.count(Double(record.bars ?? 0))) bars, \(record.start.map(UTCText.format) ?? "") to "
          + "\(record.end.map(UTCText.format) ?? ""), cash \(NumberText.count(record.startingCapital)), "
          + "profile \(record.profile ?? "compat"), mode \(record.mode ?? "in_process")"),
    ]
    if let request = record.request { header.append(style.dim("Request: \(request)")) }
    if let failure = record.failure { header.append(style.error("\(record.status.rawValue): \(failure.message)")) }
    var sections = [header, ReportText.metrics(record.metrics.map { ($0.name, $0.value) }, style)]
    sections += ReportText.curves(
      times: result.equity.times, equity: result.equity.equity, trades: result.trades, style)
    var footer = record.warnings.map { style.warning("Note: ") + $0 }
    if let sweep = record.sweepID {
      footer.append(
        style.dim(
          "A trial of the sweep \(sweep): equity, trades and order events are not kept; `backtester run` with its "
            + "parameters gives them."))
    }
    if let hash = record.dataSHA256 { footer.append(style.dim("Data SHA-256 \(hash)")) }
    if let fingerprint = record.fingerprint { footer.append(style.dim("Fingerprint  \(fingerprint)")) }
    sections.append(footer)
    return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  /// Runs as a JSON array of records.
  public static func json(_ page: RunPage) -> String {
    var writer = JSONWriter()
    writer.beginArray()
    for run in page.runs {
      writer.beginObject()
      writeFields(run, to: &writer)
      writer.endObject()
    }
    writer.endArray()
    return (try? writer.bytes()).map { String(decoding: $0, as: UTF8.self) } ?? "[]"
  }

  /// Writes a run as `backtester run --json` does, as far as it is stored.
  public static func write(_ record: RunRecord, _ result: RunResult, to writer: inout JSONWriter) {
    writer.beginObject()
    writeFields(record, to: &writer)
    ReportJSON.writeSeries(
      symbol: record.ticker, times: result.equity.times, equity: result.equity.equity, trades: result.trades,
      openTrades: result.openTrades, events: result.orderEvents, to: &writer)
    // A strategy's own values for charts, one a bar.
    writer.key("annotations")
    writer.beginObject()
    for note in result.annotations {
      writer.key(note.name)
      note.values.withUnsafeBufferPointer { writer.value($0, nonFinite: .null) }
    }
    writer.endObject()
    writer.endObject()
  }

  private static func writeFields(_ run: RunRecord, to writer: inout JSONWriter) {
    writer.field("run_id", run.id)
    writer.field("status", run.status.rawValue)
    if let failure = run.failure {
      writer.key("failure")
      writer.beginObject()
      writer.field("kind", failure.kind)
      writer.field("message", failure.message)
      writer.field("fault", ifPresent: failure.fault)
      writer.endObject()
    }
    writer.field("strategy", run.strategy)
    writer.field("symbol", run.ticker)
    writer.field("interval", run.interval)
    writer.field("created", run.created)
    writer.key("request")
    if let request = run.request, let value = try? JSONValue(parsing: request) {
      writer.value(value)
    } else {
      writer.null()
    }
    writer.key("metrics")
    ReportJSON.write(metrics: run.metrics.map { ($0.name, $0.value) }, to: &writer)
    writer.key("warnings")
    writer.beginArray()
    for warning in run.warnings { writer.value(warning) }
    writer.endArray()
    writer.field("data_sha256", ifPresent: run.dataSHA256)
    writer.field("fingerprint", ifPresent: run.fingerprint)
  }

  /// The key of a metric as a user types it.
  ///
  /// - Throws: ``UnknownMetric``.
  public static func metricKey(_ name: String) throws(UnknownMetric) -> String {
    guard let key = MetricKey(rawValue: name) else { throw UnknownMetric(name: name) }
    return key.rawValue
  }
}

/// No metric has that name.
public struct UnknownMetric: Error, CustomStringConvertible {
  /// What was asked for.
  public let name: String

  /// One sentence with the near miss.
  public var description: String {
    let known = MetricKey.allCases.map(\.rawValue)
    return "There is nothing called \(name) to sort by\(NearMiss.hint(name, among: known + ["created", "duration"])); "
      + "it is created, duration or a metric: \(known.joined(separator: ", "))."
  }
}
