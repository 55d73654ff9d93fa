/// Reads a reply to a chart request, whatever it is: bars, Yahoo's refusals, or what stands in Yahoo's place.
enum YahooReply {
  /// The chart in a reply.
  ///
  /// - Throws: the error that the reply amounts to; `unknownSymbol` only when Yahoo itself said so.
  static func chart(in response: HTTPResponse, to request: YahooRequest, host: String) throws(MarketDataError)
    -> YahooChart
  {
    if response.redirectCount > 0, isConsentPage(response.finalURL) {
      throw .consent(host: host, target: HTTPAddress.host(of: response.finalURL))
    }
    if response.status == 429 { throw .throttled(host: host) }
    guard isJSON(response.body) else { throw notJSON(response, host: host) }
    let content: YahooChartParser.Content
    do throws(JSONPullParser.Fault) {
      content = try YahooChartParser.parse(response.body)
    } catch {
      if response.status >= 500 { throw .outage(host: host, status: response.status) }
      throw error.isCutShort
        ? .cutShort(host: host, reason: error.description) : .unreadable(host: host, reason: error.description)
    }
    switch content {
    case .refusal(let refusal): throw error(refusal, status: response.status, request: request, host: host)
    case .chart(let chart):
      guard response.status < 300 else {
        throw response.status >= 500
          ? .outage(host: host, status: response.status) : .refused(host: host, status: response.status, said: "")
      }
      try check(chart, request: request, host: host)
      return chart
    }
  }

  private static func check(_ chart: YahooChart, request: YahooRequest, host: String) throws(MarketDataError) {
    let received = chart.meta.granularity
    guard !received.isEmpty, !chart.times.isEmpty, received != request.interval.rawValue else { return }
    if request.interval == .oneHour, received == "60m" { return }
    throw .wrongInterval(host: host, asked: request.interval.rawValue, received: shortened(received, 16))
  }

  private static func error(
    _ refusal: YahooRefusal, status: Int, request: YahooRequest, host: String
  ) -> MarketDataError {
    let said = shortened(refusal.explanation.isEmpty ? refusal.code : refusal.explanation, 300)
    let text = "\(refusal.code) \(refusal.explanation)".lowercased()
    if text.contains("too many requests") { return .throttled(host: host) }
    if status >= 500 { return .outage(host: host, status: status) }
    if text.contains("data doesn't exist for startdate") { return .beforeListing(symbol: request.symbol, said: said) }
    if text.contains("timestamp data missing") { return .noTimes(symbol: request.symbol, said: said) }
    if text.contains("no data found") || refusal.code == "Not Found" {
      return .unknownSymbol(symbol: request.symbol, said: said)
    }
    if status == 401 || status == 403 || text.contains("unauthorized") { return .unauthorized(host: host, said: said) }
    if status == 422 || text.contains("must be within the last") || text.contains("are allowed to be fetched") {
      return .limitExceeded(symbol: request.symbol, said: said)
    }
    if status == 400 || refusal.code == "Bad Request" { return .badRequest(symbol: request.symbol, said: said) }
    return .refused(host: host, status: status, said: said)
  }

  private static func notJSON(_ response: HTTPResponse, host: String) -> MarketDataError {
    // Enough to recognise a page by.
    let text = String(decoding: response.body.prefix(65_536), as: UTF8.self).lowercased()
    if text.contains("will be right back") { return .outage(host: host, status: response.status) }
    if text.contains("too many requests") { return .throttled(host: host) }
    if response.status >= 500 { return .outage(host: host, status: response.status) }
    if response.redirectCount > 0, text.contains("consent") {
      return .consent(host: host, target: HTTPAddress.host(of: response.finalURL))
    }
    if response.status >= 400 { return .refused(host: host, status: response.status, said: "") }
    if response.body.isEmpty { return .cutShort(host: host, reason: "it is empty") }
    return .notData(host: host, contentType: shortened(response.contentType, 60))
  }

  private static func isConsentPage(_ url: String) -> Bool {
    let address = url.prefix { $0 != "?" }.lowercased()
    return address.contains("consent") || HTTPAddress.host(of: address).hasPrefix("guce.")
  }

  private static func isJSON(_ body: [UInt8]) -> Bool {
    body.first { ![32, 9, 10, 13].contains($0) } == UInt8(ascii: "{")
  }

  /// Text from outside for an error's sentence: printable and not long.
  private static func shortened(_ text: String, _ limit: Int) -> String {
    let plain = text.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 32 || $0.value == 127 } ? " " : $0 }
    return plain.count > limit ? String(plain.prefix(limit)) + "…" : String(plain)
  }
}
