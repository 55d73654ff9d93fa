public import BacktestService
import JSONRPC
import MarketData
public import TradingModel

/// Data sets as text and JSON.
public enum DatasetText {
  /// A table of data sets.
  ///
  /// - Parameter now: The present time, for ages.
  public static func list(_ datasets: [Dataset], now: EpochMilliseconds, style: TextStyle) -> String {
    var table = TextTable([
      ("ID", .left), ("BARS", .right), ("FROM", .left), ("TO", .left), ("CURRENCY", .left), ("AGE", .right),
      ("SOURCE", .left),
    ])
    for dataset in datasets {
      table.add([
        dataset.id, NumberText.count(Double(dataset.rows)), dataset.start.map { UTCText.format($0) } ?? "",
        dataset.end.map { UTCText.format($0) } ?? "", dataset.currency ?? "",
        dataset.fetchedAt.map { NumberText.duration(Double(max(0, now - $0) / 60_000 * 60)) } ?? "",
        dataset.host ?? "carried by the program",
      ])
    }
    var lines = table.lines(style: style) { _, column, text in column == 0 ? style.bold(text) : text }
    if !datasets.contains(where: { $0.kind == .cached }) {
      lines.append(style.dim("`backtester data fetch AAPL --from 2015-01-01` adds bars from Yahoo."))
    }
    return lines.joined(separator: "\n")
  }

  /// A JSON array of data sets.
  public static func json(_ datasets: [Dataset]) -> String {
    text { writer in
      writer.beginArray()
      for dataset in datasets {
        writer.beginObject()
        write(dataset, to: &writer)
        writer.endObject()
      }
      writer.endArray()
    }
  }

  /// All about one data set: what it is, what is remarkable about its bars, its dividends and splits.
  public static func show(_ details: DatasetDetails, now: EpochMilliseconds, style: TextStyle) -> String {
    let dataset = details.dataset
    var facts = [("source", dataset.description)]
    if let description = details.cached {
      let summary = description.summary
      let place = [summary.exchange, description.timeZone, summary.currency ?? ""].filter { !$0.isEmpty }
      facts.append(("market", place.joined(separator: ", ")))
      if dataset.kind == .cached { facts.append(("fetched", ranges(description.coverage, dataset))) }
      facts.append(("age", NumberText.duration(Double(max(0, now - summary.fetchedAt) / 60_000 * 60))))
    } else if let currency = dataset.currency {
      facts.append(("market", currency))
    }
    facts += DataQualityText.facts(details.quality)
    if let actions = details.cached?.actions, !actions.isEmpty {
      facts.append(("", actions.count > 10 ? "the last 10 of \(NumberText.count(Double(actions.count))):" : ""))
      if actions.count <= 10 { facts.removeLast() }
      for action in actions.suffix(10) { facts.append(("", "\(UTCText.formatDate(action.time)) \(text(action))")) }
    }
    let width = facts.map(\.0.count).max() ?? 0
    let lines = facts.map { name, text in
      style.dim(name + String(repeating: " ", count: width - name.count)) + "  " + text
    }
    return ([style.bold(dataset.id)] + lines).joined(separator: "\n")
  }

  /// The last ranges that were fetched, each up to and without its end.
  private static func ranges(_ coverage: [Range<EpochMilliseconds>], _ dataset: Dataset) -> String {
    let texts = coverage.suffix(5).map { range in
      let start = range.lowerBound < -100_000 * 86_400_000 ? "the beginning" : UTCText.format(range.lowerBound)
      return "\(start) up to \(UTCText.format(range.upperBound))"
    }
    return (coverage.count > 5 ? "… " : "") + texts.joined(separator: ", ")
  }

  /// The same as one JSON object.
  public static func json(_ details: DatasetDetails) -> String {
    text { writer in
      writer.beginObject()
      write(details.dataset, to: &writer)
      if let description = details.cached {
        writer.field("exchange", description.summary.exchange)
        writer.field("time_zone", description.timeZone)
        writer.key("events")
        writer.beginArray()
        for action in description.actions { write(action, to: &writer) }
        writer.endArray()
      }
      writer.key("quality")
      write(details.quality, to: &writer)
      writer.endObject()
    }
  }

  private static func text(_ body: (inout JSONWriter) -> Void) -> String {
    var writer = JSONWriter(capacity: 1 << 12)
    body(&writer)
    return (try? writer.bytes()).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  private static func write(_ dataset: Dataset, to writer: inout JSONWriter) {
    writer.field("dataset", dataset.id)
    writer.field("kind", dataset.kind.rawValue)
    writer.field("symbol", dataset.symbol)
    writer.field("interval", ifPresent: dataset.interval)
    if let start = dataset.start { writer.field("start", start) }
    if let end = dataset.end { writer.field("end", end) }
    writer.field("rows", dataset.rows)
    writer.field("sha256", ifPresent: dataset.sha256)
    writer.field("currency", ifPresent: dataset.currency)
    writer.field("description", dataset.description)
    if let fetchedAt = dataset.fetchedAt { writer.field("fetched_at", fetchedAt) }
    writer.field("source", ifPresent: dataset.host)
  }

  private static func write(_ action: CorporateAction, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("time", action.time)
    switch action.kind {
    case .dividend(let amount): writer.field("dividend", amount.isFinite ? amount : 0)
    case .capitalGain(let amount): writer.field("capital_gain", amount.isFinite ? amount : 0)
    case .split(let numerator, let denominator):
      writer.field("split_numerator", numerator.isFinite ? numerator : 0)
      writer.field("split_denominator", denominator.isFinite ? denominator : 0)
    }
    writer.endObject()
  }

  private static func text(_ action: CorporateAction) -> String {
    switch action.kind {
    case .dividend(let amount): "dividend \(amount)"
    case .capitalGain(let amount): "capital gain \(amount)"
    case .split(let numerator, let denominator): "split \(numerator):\(denominator)"
    }
  }

  private static func write(_ quality: DataQualityReport, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("bars", quality.barCount)
    if let step = quality.step { writer.field("step_ms", step) }
    writer.field("missing_bars", quality.missingBars)
    writer.key("longest_gaps")
    writer.beginArray()
    for gap in quality.longestGaps {
      writer.beginObject()
      writer.field("after", gap.after)
      writer.field("before", gap.before)
      writer.field("missing", gap.missing)
      writer.endObject()
    }
    writer.endArray()
    for (name, times) in [
      ("holes", quality.holes), ("duplicates", quality.duplicates), ("outside_low_and_high", quality.rangeViolations),
      ("not_positive", quality.notPositive),
    ] {
      writer.key(name)
      writer.beginArray()
      for time in times { writer.value(time) }
      writer.endArray()
    }
    writer.field("zero_volume_bars", quality.zeroVolumeCount)
    writer.key("spikes")
    writer.beginArray()
    for spike in quality.spikes where spike.ratio.isFinite {
      writer.beginObject()
      writer.field("time", spike.time)
      writer.field("ratio", spike.ratio)
      writer.field("returned", spike.returned)
      writer.endObject()
    }
    writer.endArray()
    writer.key("adjustments")
    writer.beginArray()
    for step in quality.adjustments where step.factor.isFinite {
      writer.beginObject()
      writer.field("time", step.time)
      writer.field("factor", step.factor)
      writer.endObject()
    }
    writer.endArray()
    writer.field("splits", quality.splitCount)
    writer.field("dividends", quality.dividendCount)
    writer.endObject()
  }
}
