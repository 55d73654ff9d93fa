/// Reads a chart reply's JSON.
///
/// Fields that matter must have the right type; all others are skipped whatever they are. Keys may come in any order.
enum YahooChartParser {
  typealias Fault = JSONPullParser.Fault

  /// What a reply's JSON holds.
  enum Content: Sendable, Equatable {
    case chart(YahooChart)
    case refusal(YahooRefusal)
  }

  /// Most rows in a reply: a century of days is 36 500, eight days of minutes are 11 520.
  static let rowLimit = 500_000
  private static let eventLimit = 20_000
  private static let sessionLimit = 5_000

  static func parse(_ body: [UInt8]) throws(Fault) -> Content {
    var parser = JSONPullParser(body)
    var chart: YahooChart?
    var refusal: YahooRefusal?
    try parser.object { (parser, key) throws(Fault) in
      // Other endpoints, and Yahoo's front door, answer under `finance`.
      guard key == "chart" || key == "finance" else { return try parser.skip() }
      try parser.object { (parser, key) throws(Fault) in
        switch key {
        case "result": chart = try results(&parser)
        case "error": refusal = try error(&parser)
        default: try parser.skip()
        }
      }
    }
    try parser.end()
    if let refusal { return .refusal(refusal) }
    if let chart { return .chart(chart) }
    throw parser.fault("the reply holds neither bars nor an error")
  }

  private static func error(_ parser: inout JSONPullParser) throws(Fault) -> YahooRefusal? {
    if try parser.takeNull() { return nil }
    var refusal = YahooRefusal(code: "", explanation: "")
    try parser.object { (parser, key) throws(Fault) in
      switch key {
      case "code": refusal.code = try parser.optionalString() ?? ""
      case "description": refusal.explanation = try parser.optionalString() ?? ""
      default: try parser.skip()
      }
    }
    return refusal
  }

  private static func results(_ parser: inout JSONPullParser) throws(Fault) -> YahooChart? {
    if try parser.takeNull() { return nil }
    var chart: YahooChart?
    try parser.array { (parser, index) throws(Fault) in
      if index == 0 { chart = try result(&parser) } else { try parser.skip() }
    }
    return chart
  }

  private static func result(_ parser: inout JSONPullParser) throws(Fault) -> YahooChart {
    var chart = YahooChart()
    var quotes = Quotes()
    try parser.object { (parser, key) throws(Fault) in
      switch key {
      case "meta": chart.meta = try meta(&parser)
      case "timestamp":
        if try parser.takeNull() { return }
        chart.times = []
        try parser.array { (parser, index) throws(Fault) in
          if index >= rowLimit { throw parser.fault("the reply has more than \(rowLimit) rows") }
          chart.times.append(try time(&parser))
        }
      case "indicators": quotes = try indicators(&parser)
      case "events": chart.events = try events(&parser)
      default: try parser.skip()
      }
    }
    try quotes.fill(&chart, parser)
    return chart
  }

  // MARK: Columns

  private struct Quotes {
    var columns: [String: [Double]] = [:]
    var adjustedClose: [Double]?

    /// Moves the columns over; each must have one value per time. A reply without rows may lack them.
    func fill(_ chart: inout YahooChart, _ parser: JSONPullParser) throws(Fault) {
      let count = chart.times.count
      var filled: [[Double]] = []
      for name in ["open", "high", "low", "close", "volume"] {
        let column = columns[name] ?? []
        // Instruments without a volume may lack that column.
        if column.isEmpty, name == "volume" {
          filled.append([Double](repeating: .nan, count: count))
          continue
        }
        guard column.count == count else {
          throw parser.fault("column \(name) has \(column.count) values for \(count) times, seen")
        }
        filled.append(column)
      }
      (chart.open, chart.high, chart.low, chart.close, chart.volume) = (
        filled[0], filled[1], filled[2], filled[3], filled[4]
      )
      if let adjustedClose, count > 0, !adjustedClose.isEmpty {
        guard adjustedClose.count == count else {
          throw parser.fault("column adjclose has \(adjustedClose.count) values for \(count) times, seen")
        }
        chart.adjustedClose = adjustedClose
      }
    }
  }

  private static func indicators(_ parser: inout JSONPullParser) throws(Fault) -> Quotes {
    var quotes = Quotes()
    if try parser.takeNull() { return quotes }
    try parser.object { (parser, key) throws(Fault) in
      switch key {
      case "quote":
        try firstObject(&parser) { (parser, name) throws(Fault) in
          if ["open", "high", "low", "close", "volume"].contains(name) {
            quotes.columns[name] = try column(&parser, name)
          } else {
            try parser.skip()
          }
        }
      case "adjclose":
        try firstObject(&parser) { (parser, name) throws(Fault) in
          if name == "adjclose" { quotes.adjustedClose = try column(&parser, name) } else { try parser.skip() }
        }
      default: try parser.skip()
      }
    }
    return quotes
  }

  /// Visits the members of the first object of an array, or nothing.
  private static func firstObject(
    _ parser: inout JSONPullParser, _ visit: (inout JSONPullParser, String) throws(Fault) -> Void
  ) throws(Fault) {
    if try parser.takeNull() { return }
    try parser.array { (parser, index) throws(Fault) in
      if index > 0 { return try parser.skip() }
      if try parser.takeNull() { return }
      try parser.object(visit)
    }
  }

  private static func column(_ parser: inout JSONPullParser, _ name: String) throws(Fault) -> [Double] {
    if try parser.takeNull() { return [] }
    var values: [Double] = []
    try parser.array { (parser, index) throws(Fault) in
      if index >= rowLimit { throw parser.fault("column \(name) has more than \(rowLimit) values") }
      let value = try parser.optionalNumber() ?? .nan
      values.append(value.isFinite ? value : .nan)
    }
    return values
  }

  // MARK: Metadata

  private static func meta(_ parser: inout JSONPullParser) throws(Fault) -> YahooMeta {
    var meta = YahooMeta()
    var longName: String?
    try parser.object { (parser, key) throws(Fault) in
      switch key {
      case "currency": meta.currency = try parser.optionalString()
      case "symbol": meta.symbol = try parser.optionalString() ?? ""
      case "exchangeName": meta.exchange = try parser.optionalString() ?? ""
      case "instrumentType": meta.instrumentType = try parser.optionalString() ?? ""
      case "shortName": meta.name = try parser.optionalString()
      case "longName": longName = try parser.optionalString()
      case "exchangeTimezoneName": meta.timeZone = try parser.optionalString()
      case "dataGranularity": meta.granularity = try parser.optionalString() ?? ""
      case "firstTradeDate": meta.firstTrade = try parser.takeNull() ? nil : try time(&parser)
      case "currentTradingPeriod":
        if try parser.takeNull() { return }
        try parser.object { (parser, key) throws(Fault) in
          if key == "regular" { meta.regularSession = try session(&parser) } else { try parser.skip() }
        }
      case "tradingPeriods": try sessions(&parser, &meta.sessions)
      default: try parser.skip()
      }
    }
    meta.name = longName ?? meta.name
    return meta
  }

  /// A list of days each with a list of sessions, or with pre- and post-market an object of three such lists.
  private static func sessions(
    _ parser: inout JSONPullParser, _ sessions: inout [YahooMeta.Session]
  ) throws(Fault) {
    var found: [YahooMeta.Session] = []
    func days(_ parser: inout JSONPullParser) throws(Fault) {
      try parser.array { (parser, _) throws(Fault) in
        guard try parser.kind() == .array else { return try parser.skip() }
        try parser.array { (parser, _) throws(Fault) in
          if found.count >= sessionLimit { throw parser.fault("the reply lists more than \(sessionLimit) sessions") }
          if let session = try session(&parser) { found.append(session) }
        }
      }
    }
    switch try parser.kind() {
    case .array: try days(&parser)
    case .object:
      try parser.object { (parser, key) throws(Fault) in
        if key == "regular", try parser.kind() == .array { try days(&parser) } else { try parser.skip() }
      }
    default: try parser.skip()
    }
    sessions = found
  }

  private static func session(_ parser: inout JSONPullParser) throws(Fault) -> YahooMeta.Session? {
    if try parser.takeNull() { return nil }
    var start: Int64?
    var end: Int64?
    try parser.object { (parser, key) throws(Fault) in
      switch key {
      case "start": start = try time(&parser)
      case "end": end = try time(&parser)
      default: try parser.skip()
      }
    }
    guard let start, let end else { return nil }
    return YahooMeta.Session(start: start, end: end)
  }

  // MARK: Events

  private static func events(_ parser: inout JSONPullParser) throws(Fault) -> [YahooEvent] {
    var events: [YahooEvent] = []
    if try parser.takeNull() { return events }
    try parser.object { (parser, group) throws(Fault) in
      guard ["dividends", "splits", "capitalGains"].contains(group), try !parser.takeNull() else {
        if !["dividends", "splits", "capitalGains"].contains(group) { try parser.skip() }
        return
      }
      try parser.object { (parser, key) throws(Fault) in
        if events.count >= eventLimit { throw parser.fault("the reply has more than \(eventLimit) events") }
        if let event = try event(&parser, group: group, key: key) { events.append(event) }
      }
    }
    // Objects have no order; by time and kind they have one.
    return events.sorted { ($0.time, $0.kind.rank) < ($1.time, $1.kind.rank) }
  }

  private static func event(
    _ parser: inout JSONPullParser, group: String, key: String
  ) throws(Fault) -> YahooEvent? {
    // The key is the bar's time, which for weeks and months is not the event's.
    var date = Int64(key)
    var amount: Double?
    var numerator: Double?
    var denominator: Double?
    try parser.object { (parser, field) throws(Fault) in
      switch field {
      case "date": date = try parser.takeNull() ? date : try time(&parser)
      case "amount": amount = try parser.optionalNumber()
      case "numerator": numerator = try parser.optionalNumber()
      case "denominator": denominator = try parser.optionalNumber()
      default: try parser.skip()
      }
    }
    guard let date, abs(date) < timeLimit else { throw parser.fault("an event in \(group) has no date") }
    if group == "splits" {
      guard let numerator, let denominator, numerator > 0, denominator > 0, numerator.isFinite, denominator.isFinite
      else { return nil }
      return YahooEvent(time: date, kind: .split(numerator: numerator, denominator: denominator))
    }
    guard let amount, amount.isFinite else { return nil }
    return YahooEvent(time: date, kind: group == "dividends" ? .dividend(amount) : .capitalGain(amount))
  }

  /// Epoch seconds of the year 5138; beyond it lies no bar, but milliseconds sent for seconds do.
  private static let timeLimit: Int64 = 100_000_000_000

  private static func time(_ parser: inout JSONPullParser) throws(Fault) -> Int64 {
    guard let value = try parser.optionalNumber() else { throw parser.fault("a time was expected and null found") }
    guard value == value.rounded(), abs(value) < Double(timeLimit) else {
      throw parser.fault("\(value) is not a time in epoch seconds")
    }
    return Int64(value)
  }
}

extension YahooEvent.Kind {
  /// Order of events at the same time.
  var rank: Int {
    switch self {
    case .split: 0
    case .dividend: 1
    case .capitalGain: 2
    }
  }
}
