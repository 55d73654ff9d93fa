import JSONRPC
import RunStore
import TradingModel

extension RunRecord {
  /// Writes the members that a list of runs shows, those of the older backend's table first.
  ///
  /// - Parameter isListed: Whether `trades` is the number of trades; a single run has the trades themselves there.
  func writeSummary(to writer: inout JSONWriter, isListed: Bool) {
    writer.field("run_id", id)
    writer.field("status", status.rawValue)
    writer.field("ticker", ticker)
    writer.key("start_date")
    writer.text(start.map(UTCText.formatDate))
    writer.key("end_date")
    writer.text(end.map(UTCText.formatDate))
    writer.field("strategy", strategy)
    writer.key("starting_capital")
    writer.finite(startingCapital)
    writer.field("interval", interval)
    for name in ["total_return_pct", "cagr_pct", "sharpe", "max_drawdown_pct"] {
      writer.key(name)
      writer.finite(metric(name))
    }
    if isListed {
      writer.key("trades")
      if let count = metric("trades").flatMap({ Int(exactly: $0) }) { writer.value(count) } else { writer.null() }
    }
    writer.key("winrate_pct")
    writer.finite(metric("winrate_pct"))
    writer.key("created")
    writer.value(RunTime.text(created))
    writer.key("duration_seconds")
    writer.finite(durationMicroseconds.map { Double($0) / 1_000_000 })
    writer.key("bars")
    if let bars { writer.value(bars) } else { writer.null() }
    writer.key("failure")
    if let failure {
      writer.beginObject()
      writer.field("kind", failure.kind)
      writer.field("message", failure.message)
      writer.key("fault")
      writer.text(failure.fault)
      writer.endObject()
    } else {
      writer.null()
    }
  }

  /// Writes the members that only a single run shows, apart from its rows and series.
  func writeDetails(to writer: inout JSONWriter) {
    writer.key("metrics")
    writer.beginObject()
    for metric in metrics {
      writer.key(metric.name)
      writer.finite(metric.value)
    }
    writer.endObject()
    writer.key("request")
    writer.storedJSON(request)
    writer.key("parameters")
    writer.storedJSON(parameters)
    writer.key("tags")
    writer.beginArray()
    for tag in tags { writer.value(tag) }
    writer.endArray()
    writer.key("warnings")
    writer.beginArray()
    for warning in warnings { writer.value(warning) }
    writer.endArray()
    for (name, value) in [
      ("started", started.map(RunTime.text)), ("finished", finished.map(RunTime.text)), ("profile", profile),
      ("mode", mode), ("data_sha256", dataSHA256), ("engine_version", engineVersion), ("fingerprint", fingerprint),
    ] {
      writer.key(name)
      writer.text(value)
    }
    writer.key("seed")
    writer.text(seed.map { "\($0)" })
  }
}

/// Times of day in the API: ISO 8601 in UTC, to the millisecond.
enum RunTime {
  static func text(_ time: EpochMilliseconds) -> String {
    let ofDay = ((time % 86_400_000) + 86_400_000) % 86_400_000
    func digits(_ value: Int64, _ count: Int) -> String {
      let text = "\(value)"
      return String(repeating: "0", count: max(0, count - text.utf8.count)) + text
    }
    return UTCText.formatDate(time)
      + "T\(digits(ofDay / 3_600_000, 2)):\(digits(ofDay / 60_000 % 60, 2)):\(digits(ofDay / 1000 % 60, 2))"
      + ".\(digits(ofDay % 1000, 3))Z"
  }
}
