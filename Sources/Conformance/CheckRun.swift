import JSONRPC
import PluginHost
import StrategyProtocol

/// One run of a strategy on made-up bars, driven as a check wants it.
final class CheckRun {
  /// How a run is made different from the usual one.
  struct Options {
    var mode = ExecutionMode.lockstep
    var seed = 42
    /// Fields added to every params object.
    var extra: [JSONValue.Member] = []
    /// Encoding of columns; the strategy's favourite when `nil`.
    var encoding: String?
    /// Number of chunks in which columns are loaded.
    var chunks = 1
  }

  let session: CheckSession
  let bars: PracticeBars
  private let options: Options
  private let runID: String
  var broker: PracticeBroker
  private var sent: [String: JSONValue] = [:]
  private var warmUp = 0
  private var placesEarlyOrders = false
  /// Whether bars were not asked about because the strategy said so.
  private(set) var hasPassedOver = false
  /// The bar to ask about next in the mode preload, unless there are order events before.
  private var nextAsked = 0
  /// The broker's unsent events when that was said.
  private var eventsKnown = 0
  /// The next bar.
  var index = 0
  /// What was decided.
  private(set) var actions: [PlacedAction] = []
  private(set) var annotations: [JSONValue] = []

  var probe: StrategyProbe { session.probe }
  var count: Int { bars.count }
  /// The first bar the strategy decides on.
  var first: Int { max(1, warmUp) }

  /// Starts a run, and loads its columns where the mode wants them.
  init(_ session: CheckSession, _ bars: PracticeBars, _ options: Options = Options()) throws {
    self.session = session
    self.bars = bars
    self.options = options
    session.runCount += 1
    session.isBusy = true
    runID = "check-\(session.runCount)"
    broker = PracticeBroker(symbols: bars.symbols)
    let hasColumns = options.mode == .preload || options.mode == .vectorized
    let encoding = hasColumns ? options.encoding ?? session.encodings.first ?? "json" : nil
    let result = try probe.ask("run/start", startParams(encoding))
    try AnswerForm.runStart(result, mode: options.mode)
    warmUp = result["warmup_bars"]?.intValue ?? 0
    placesEarlyOrders = result["early_orders"]?.boolValue ?? false
    if let encoding { try load(encoding) }
    index = options.mode == .lockstep ? 0 : options.mode == .preload && placesEarlyOrders ? first - 1 : first
  }

  private func startParams(_ encoding: String?) throws -> JSONValue {
    let times = (PracticeBars.time(0), PracticeBars.time(count - 1))
    var params: JSONValue = [
      "run_id": .string(runID), "mode": .string(options.mode.rawValue),
      "symbols": .array(bars.symbols.map { ["symbol": .string($0), "currency": "USD"] }), "timeframe": "1d",
      "time_unit": "ms", "fields": ["open", "high", "low", "close", "volume"], "timestamp": "open",
      "start": .int(times.0), "end": .int(times.1), "bars_total": JSONValue(count),
      "parameters": try session.parameters(), "seed": JSONValue(options.seed),
      "account": ["currency": "USD", "initial_cash": JSONValue(number: PracticeBroker.initialCash), "leverage": 1],
      "execution": [
        "profile": "compat", "fill_at": "next_open", "commission": ["fixed": 0, "rate": 0], "spread": 0, "margin": 1,
        "hedging": false, "exclusive_orders": false, "finalize_trades": false,
      ],
      "order_types": .array(HostCapabilities.standard.orderTypes.map { .string($0) }),
    ]
    if let encoding { params["encoding"] = .string(encoding) }
    return adding(params)
  }

  private func adding(_ params: JSONValue) -> JSONValue {
    var params = params
    for member in options.extra { params[member.key] = member.value }
    return params
  }

  private func rows(_ index: Int) -> [PracticeBar?] { bars.bars.map { $0[index] } }

  // MARK: Bar by bar

  /// The params of a `bar/next`.
  ///
  /// - Parameter advances: Whether the broker works on the bar; off leaves account and trades out.
  func params(_ index: Int, advances: Bool = true) -> JSONValue {
    if advances { work(index) }
    return message(index, hasAccount: advances)
  }

  /// Lets the broker work on a bar.
  private func work(_ index: Int) {
    let (time, rows) = (PracticeBars.time(index), rows(index))
    if index < first { broker.observe(index, time, rows) } else { broker.process(index, time, rows) }
  }

  private func message(_ index: Int, hasAccount: Bool) -> JSONValue {
    let rows = rows(index)
    let time = PracticeBars.time(index)
    var params: JSONValue = ["run_id": .string(runID), "index": JSONValue(index), "time": .int(time)]
    if options.mode == .lockstep {
      params["bars"] = .object(zip(bars.symbols, rows).map { .init($0, $1?.row ?? .null) })
    }
    if index < first { params["warmup"] = true }
    if session.needs("events") {
      params["events"] = .array(broker.events)
      broker.events = []
    }
    if session.needs("account"), hasAccount {
      let isAlways = session.capabilities["account"] == "always"
      for member in broker.state where isAlways || sent[member.key] != member.value {
        sent[member.key] = member.value
        params[member.key] = member.value
      }
      if !broker.closed.isEmpty {
        params["closed"] = .array(broker.closed)
        broker.closed = []
      }
    }
    return adding(params)
  }

  /// Checks an answer to `bar/next` and lets the broker perform it.
  func take(_ index: Int, _ result: JSONValue) throws {
    if result["next_index"] != nil, !session.offersNextIndex {
      throw CheckFailure(at: "/next_index", "was given to a host whose capabilities do not say next_index")
    }
    try AnswerForm.decision(result, passingOverFrom: options.mode == .preload ? index : nil, of: count)
    let list = result["actions"]?.arrayValue ?? []
    nextAsked = list.isEmpty ? result.present("next_index")?.intValue ?? index + 1 : index + 1
    eventsKnown = broker.events.count
    for (position, action) in list.enumerated() {
      try ActionForm.check(action, "/actions/\(position)", symbols: bars.symbols, isIndexed: false)
    }
    if index >= first || placesEarlyOrders && index == first - 1 {
      broker.perform(list)
    } else if !list.isEmpty {
      throw CheckFailure("the answer to warm-up bar \(index) holds actions; the first decision is on bar \(first)")
    }
    actions += list.map { PlacedAction(index: index, action: $0) }
    annotations.append(result["annotations"] ?? .object([]))
  }

  /// Sends the next bar and takes its answer, unless the strategy said that it may be passed over.
  func step(advances: Bool = true, change: ((inout JSONValue) -> Void)? = nil) throws {
    if advances { work(index) }
    if options.mode == .preload, index < nextAsked, broker.events.count == eventsKnown {
      index += 1
      hasPassedOver = true
      return
    }
    var params = message(index, hasAccount: advances)
    change?(&params)
    try take(index, probe.ask("bar/next", params))
    index += 1
  }

  /// Takes the answer to a request for the next bar that was sent otherwise.
  func takeNext(_ request: JSONValue) throws {
    try take(index, probe.result(of: request))
    index += 1
  }

  /// Sends bars up to the end, or to one before `end`.
  @discardableResult func play(until end: Int = .max) throws -> CheckRun {
    while index < min(end, count) { try step() }
    return self
  }

  // MARK: Columns

  private func load(_ encoding: String) throws {
    let size = (count + options.chunks - 1) / options.chunks
    let pieces = bars.symbols.indices.flatMap { symbol in
      stride(from: 0, to: count, by: max(1, size)).map { (symbol, $0) }
    }
    for (position, (symbol, offset)) in pieces.enumerated() {
      let rows = bars.bars[symbol][offset..<min(offset + size, count)]
      var columns: [JSONValue.Member] = [
        .init(
          "time", try session.column(rows.indices.map { Double(PracticeBars.time($0)) }, "i64", encoding))
      ]
      for name in ["open", "high", "low", "close", "volume"] {
        columns.append(.init(name, try session.column(rows.map { $0?.value(name) }, "f64", encoding)))
      }
      var params: JSONValue = [
        "run_id": .string(runID), "symbol": .string(bars.symbols[symbol]), "offset": JSONValue(offset),
        "count": JSONValue(rows.count), "rows_total": JSONValue(count), "columns": .object(columns),
      ]
      let isLast = position == pieces.count - 1
      if isLast { params["last"] = true }
      if try (params.text()).utf8.count > session.maximumBytes {
        throw CheckSkipped("the strategy reads only \(session.maximumBytes) bytes a line")
      }
      try takeLoaded(probe.ask("series/load", params), rows.count, isLast)
    }
  }

  private func takeLoaded(_ result: JSONValue, _ rows: Int, _ isLast: Bool) throws {
    try Form.fields(result, "", required: ["received"], optional: ["warmup_bars", "early_orders"])
    let received = try Form.whole(result["received"] ?? .null, "/received")
    if received != rows { throw CheckFailure(at: "/received", "was \(received); \(rows) rows were sent") }
    if let value = result["warmup_bars"] {
      let bars = try Form.whole(value, "/warmup_bars")
      if isLast { warmUp = bars }
    }
    if let value = result["early_orders"] {
      try Form.boolean(value, "/early_orders")
      if isLast { placesEarlyOrders = value.boolValue == true }
    }
  }

  /// Asks for the decisions on all bars.
  func evaluate() throws -> SeriesDecisions {
    let result = try probe.ask(
      "series/evaluate",
      [
        "run_id": .string(runID), "first_index": 0, "count": JSONValue(count), "progress_token": "check",
      ])
    return try SeriesDecisions(result, symbols: bars.symbols, count: count)
  }

  // MARK: Chunks

  /// The params of a `bars/next`.
  func chunk(_ first: Int, _ size: Int) -> (params: JSONValue, rows: Range<Int>) {
    let rows = first..<min(first + size, count)
    let params: JSONValue = [
      "run_id": .string(runID), "first_index": JSONValue(first), "count": JSONValue(rows.count),
      "times": .array(rows.map { .int(PracticeBars.time($0)) }),
      "bars": .object(
        bars.symbols.indices.map { symbol in
          .init(bars.symbols[symbol], .array(rows.map { bars.bars[symbol][$0]?.row ?? .null }))
        }),
    ]
    return (params, rows)
  }

  /// Checks the answer to a `bars/next`.
  func takeChunk(_ rows: Range<Int>, _ result: JSONValue) throws {
    try AnswerForm.decision(result, count: rows.count)
    let list = result["actions"]?.arrayValue ?? []
    for (position, action) in list.enumerated() {
      try ActionForm.check(action, "/actions/\(position)", symbols: bars.symbols, isIndexed: true)
    }
    try AnswerForm.indices(list, first: rows.lowerBound, count: rows.count)
    for action in list {
      let bar = action["bar_index"]?.intValue ?? 0
      if bar < first {
        throw CheckFailure("an action on warm-up bar \(bar); the first decision is on bar \(first)")
      }
      actions.append(PlacedAction(index: bar, action: action))
    }
  }

  /// Sends all bars in chunks.
  @discardableResult func stream(_ size: Int) throws -> CheckRun {
    for start in stride(from: 0, to: count, by: size) {
      let (params, rows) = chunk(start, size)
      try takeChunk(rows, probe.ask("bars/next", params, scale: 1 + Double(rows.count) / 100))
    }
    return self
  }

  @discardableResult func end(_ reason: RunEndReason = .completed) throws -> CheckRun {
    let result = try probe.ask("run/end", ["run_id": .string(runID), "reason": .string(reason.rawValue)])
    try Form.fields(result, "", required: [], optional: ["summary"])
    if let summary = result["summary"] { try Form.object(summary, "/summary") }
    session.isBusy = false
    return self
  }
}
