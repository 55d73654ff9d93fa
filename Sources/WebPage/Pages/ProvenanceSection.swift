import JSONRPC
import ReportRendering
import RunStore
import TradingModel

/// What was asked for and with which data and program it was answered: enough to do it again.
struct ProvenanceSection {
  let record: RunRecord
  let chart: RunChart

  init(_ record: RunRecord, _ chart: RunChart) {
    self.record = record
    self.chart = chart
  }

  var html: HTML {
    """
    <section id="provenance" aria-labelledby="provenance-title">
    <h2 id="provenance-title">Request and data</h2>
    <dl class="provenance">
    \(request)
    \(rows)
    </dl>
    </section>
    """
  }

  private var request: HTML {
    guard let text = record.request, case .object(let members)? = try? JSONValue(parsing: text) else { return .nothing }
    return "\(members.map { Self.row(Self.title($0.key), Self.text($0)) })"
  }

  private var rows: HTML {
    var rows: [(String, String?)] = [
      ("Data SHA-256", record.dataSHA256), ("Strategy hash", record.strategyHash), ("Fingerprint", record.fingerprint),
      ("Engine", record.engineVersion.map { "backtester \($0)" }),
      ("Asked for", UTCText.format(record.created - record.created % 1000) + " UTC"),
    ]
    if let microseconds = record.durationMicroseconds {
      rows.append(("Took", NumberText.elapsed(.microseconds(microseconds))))
    }
    if !record.tags.isEmpty { rows.append(("Tags", record.tags.joined(separator: ", "))) }
    rows.append(("Bars now", chart.bars == nil ? chart.missingBars : "Read again; they have the SHA-256 above."))
    return "\(rows.compactMap { title, value in value.map { Self.row(title, $0) } })"
  }

  private static func row(_ title: String, _ value: String) -> HTML {
    "<div><dt>\(title)</dt><dd>\(value)</dd></div>"
  }

  /// `trade_on_close` as `Trade on close`.
  private static func title(_ key: String) -> String {
    let words = key.split(separator: "_").joined(separator: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }

  private static func text(_ member: JSONValue.Member) -> String {
    switch member.value {
    case .string(let text): return text
    case .bool(let isSo): return isSo ? "yes" : "no"
    case .null: return "not given"
    case .int(let time) where member.key == "from" || member.key == "to": return UTCText.format(time)
    case .object(let members):
      return members.map { "\($0.key) \(text($0))" }.joined(separator: ", ")
    default: return (try? member.value.text()) ?? ""
    }
  }
}
