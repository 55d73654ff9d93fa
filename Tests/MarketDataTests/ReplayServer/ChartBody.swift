/// Builds chart replies as Yahoo's API sends them.
struct ChartBody {
  struct Row {
    var time: Int64
    var open: Double?
    var high: Double?
    var low: Double?
    var close: Double?
    var volume: Double?
    var adjusted: Double?
  }

  var symbol = "TEST"
  var currency: String? = "USD"
  var zone = "America/New_York"
  var granularity = "1d"
  var firstTrade: Int64?
  /// Start and end of the regular session of the current or next day.
  var session: (start: Int64, end: Int64)?
  var rows: [Row] = []
  var hasAdjustedClose = true
  /// Ex-date in epoch seconds, and the amount.
  var dividends: [(Int64, Double)] = []
  /// Date in epoch seconds, and new shares for one old.
  var splits: [(Int64, Double)] = []

  /// A row around one price.
  static func row(_ time: Int64, _ price: Double, volume: Double = 1000, factor: Double = 1) -> Row {
    Row(
      time: time, open: price, high: price * 1.01, low: price * 0.99, close: price, volume: volume,
      adjusted: price * factor)
  }

  var text: String {
    func cells(_ cell: (Row) -> Double?) -> String {
      "[" + rows.map { row in cell(row).map { "\($0)" } ?? "null" }.joined(separator: ",") + "]"
    }
    var meta = "\"symbol\":\"\(symbol)\",\"currency\":\(currency.map { "\"\($0)\"" } ?? "null"),"
    meta +=
      "\"exchangeName\":\"TST\",\"instrumentType\":\"EQUITY\",\"firstTradeDate\":\(firstTrade.map { "\($0)" } ?? "null"),"
    meta += "\"gmtoffset\":0,\"exchangeTimezoneName\":\"\(zone)\",\"dataGranularity\":\"\(granularity)\""
    if let session {
      meta += ",\"currentTradingPeriod\":{\"regular\":{\"start\":\(session.start),\"end\":\(session.end)}}"
    }
    var events: [String] = []
    if !dividends.isEmpty {
      let list = dividends.map { "\"\($0.0)\":{\"amount\":\($0.1),\"date\":\($0.0)}" }
      events.append("\"dividends\":{\(list.joined(separator: ","))}")
    }
    if !splits.isEmpty {
      let list = splits.map {
        "\"\($0.0)\":{\"date\":\($0.0),\"numerator\":\($0.1),\"denominator\":1.0,\"splitRatio\":\"\($0.1):1\"}"
      }
      events.append("\"splits\":{\(list.joined(separator: ","))}")
    }
    let eventText = events.isEmpty ? "" : "\"events\":{\(events.joined(separator: ","))},"
    if rows.isEmpty {
      return
        "{\"chart\":{\"result\":[{\"meta\":{\(meta)},\(eventText)\"indicators\":{\"quote\":[{}],\"adjclose\":[{}]}}],\"error\":null}}"
    }
    let times = rows.map { "\($0.time)" }.joined(separator: ",")
    let quote =
      "\"open\":\(cells { $0.open }),\"high\":\(cells { $0.high }),\"low\":\(cells { $0.low }),\"close\":\(cells { $0.close }),\"volume\":\(cells { $0.volume })"
    let adjusted = hasAdjustedClose ? ",\"adjclose\":[{\"adjclose\":\(cells { $0.adjusted })}]" : ""
    return
      "{\"chart\":{\"result\":[{\"meta\":{\(meta)},\"timestamp\":[\(times)],\(eventText)\"indicators\":{\"quote\":[{\(quote)}]\(adjusted)}}],\"error\":null}}"
  }

  var reply: ReplayReply { .json(text) }
}
