/// Builds chart replies as Yahoo's API sends them.
package struct ChartBody {
  package struct Row {
    package var time: Int64
    package var open: Double?
    package var high: Double?
    package var low: Double?
    package var close: Double?
    package var volume: Double?
    package var adjusted: Double?

    package init(
      time: Int64, open: Double? = nil, high: Double? = nil, low: Double? = nil, close: Double? = nil,
      volume: Double? = nil, adjusted: Double? = nil
    ) {
      self.time = time
      self.open = open
      self.high = high
      self.low = low
      self.close = close
      self.volume = volume
      self.adjusted = adjusted
    }
  }

  package var symbol = "TEST"
  package var currency: String? = "USD"
  package var zone = "America/New_York"
  package var granularity = "1d"
  package var firstTrade: Int64?
  /// Start and end of the regular session of the current or next day.
  package var session: (start: Int64, end: Int64)?
  package var rows: [Row] = []
  package var hasAdjustedClose = true
  /// Ex-date in epoch seconds, and the amount.
  package var dividends: [(Int64, Double)] = []
  /// Date in epoch seconds, and new shares for one old.
  package var splits: [(Int64, Double)] = []

  package init(
    symbol: String = "TEST", currency: String? = "USD", zone: String = "America/New_York", granularity: String = "1d",
    firstTrade: Int64? = nil, session: (start: Int64, end: Int64)? = nil, rows: [Row] = [],
    hasAdjustedClose: Bool = true, dividends: [(Int64, Double)] = [], splits: [(Int64, Double)] = []
  ) {
    self.symbol = symbol
    self.currency = currency
    self.zone = zone
    self.granularity = granularity
    self.firstTrade = firstTrade
    self.session = session
    self.rows = rows
    self.hasAdjustedClose = hasAdjustedClose
    self.dividends = dividends
    self.splits = splits
  }

  /// A row around one price.
  package static func row(_ time: Int64, _ price: Double, volume: Double = 1000, factor: Double = 1) -> Row {
    Row(
      time: time, open: price, high: price * 1.01, low: price * 0.99, close: price, volume: volume,
      adjusted: price * factor)
  }

  package var text: String {
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

  package var reply: ReplayReply { .json(text) }
}
