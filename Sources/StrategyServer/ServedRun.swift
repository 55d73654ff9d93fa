import JSONRPC
import StrategyKit
import StrategyProtocol
import TradingModel

/// One run of a strategy, driven by the host's messages in the way the engine drives one that is compiled in.
final class ServedRun {
  let mode: ExecutionMode
  private let runID: String
  private let symbol: String
  private let barsTotal: Int
  private let answer: StrategyAnswer
  private let mirror: BrokerMirror
  private var strategy: any Strategy
  private var description: RunDescription
  private var rows = GrowingSeries()
  /// All bars, once loaded, in the modes preload and vectorized.
  private var loaded: MarketView?
  /// Number of loaded bars the strategy has seen.
  private var observed = 0
  /// Bars to be seen before the first decision; `nil` until the strategy is prepared.
  private(set) var warmUpBars: Int?
  /// Whether the strategy threw; nothing but the end is asked of it then.
  private(set) var hasFailed = false

  /// The first bar decided on.
  private var firstDecision: Int { max(1, warmUpBars ?? 1) }

  init(
    _ type: any NamedStrategy.Type, _ needs: StrategyNeeds, _ request: RunStartRequest, _ answer: StrategyAnswer
  ) throws(Refusal) {
    runID = request.runID
    mode = request.mode
    symbol = request.symbols.first?.symbol ?? ""
    barsTotal = request.barsTotal
    self.answer = answer
    description = RunDescription(request)
    mirror = BrokerMirror(description.settings, readsAccount: needs.readsAccount, answer)
    let given = try request.givenParameters()
    do {
      strategy = try type.init(parameters: ParameterValues(given, for: type.descriptor))
    } catch let error as ParameterError {
      throw Refusal(error)
    } catch {
      throw Refusal(thrown: error, "in init")
    }
    // Where columns come first, the strategy is prepared when it can see them.
    if mode == .lockstep || mode == .streamed { try prepare() }
  }

  /// Whether params are about this run.
  func isNamed(in body: UnsafeBufferPointer<UInt8>?) -> Bool {
    guard let body, var scanner = try? JSONScanner(body, maximumBytes: .max) else { return false }
    do {
      try scanner.beginObject()
      while try scanner.nextKey() {
        // The host writes it first.
        if scanner.key == "run_id" { return try scanner.readStringView().equals(runID) }
        try scanner.skipValue()
      }
    } catch {}
    return false
  }

  private func prepare() throws(Refusal) {
    do {
      let lookbacks = try strategy.prepare(description)
      // An indicator that needs more bars than there are is never defined, and is not waited for.
      warmUpBars = max(0, lookbacks.filter { $0 <= barsTotal }.max() ?? 0)
    } catch {
      throw failed(error, "in prepare")
    }
  }

  // MARK: Bars

  /// Answers `bar/next`.
  func answerBar(_ body: UnsafeBufferPointer<UInt8>?) throws(Refusal) {
    let update = try BarUpdate(body)
    mirror.take(update)
    answer.barIndex = update.index
    if mode == .preload {
      try advance(through: update.index, wire: update)
    } else if let row = update.row {
      try show(row.bar(time: update.time), isWarmUp: update.isWarmUp, at: update.index)
    }
  }

  /// Answers `bars/next`.
  func answerChunk(_ body: UnsafeBufferPointer<UInt8>?) throws(Refusal) {
    let chunk = try BarChunk(body)
    answer.beginChunk(of: chunk.rows.count)
    for (place, row) in chunk.rows.enumerated() {
      guard let row else { continue }
      let index = chunk.firstIndex + place
      answer.barIndex = index
      answer.place = place
      try show(row.bar(time: chunk.times[place]), isWarmUp: index < firstDecision, at: index)
    }
  }

  /// Shows a bar that has just arrived.
  private func show(_ bar: Bar, isWarmUp: Bool, at index: Int) throws(Refusal) {
    rows.append(bar)
    var market = MarketView([rows.series])
    market.reveal(rows.count - 1)
    try decide(market, isWarmUp: isWarmUp, at: index)
  }

  private func decide(_ market: MarketView, isWarmUp: Bool, at index: Int) throws(Refusal) {
    mirror.begin(index: index, time: market.time, close: market.close, acceptsOrders: !isWarmUp)
    do {
      try strategy.observe(market)
      var context = StrategyContext(market: market, broker: mirror)
      if isWarmUp { try strategy.warmUp(&context) } else { try strategy.next(&context) }
      if let misuse = mirror.misuse { throw misuse }
    } catch {
      throw failed(error, "at bar \(index) (\(UTCText.format(market.time)))")
    }
  }

  // MARK: Columns

  /// Answers `series/load`.
  func load(_ request: SeriesLoadRequest) throws(Refusal) {
    guard request.symbol == symbol, request.offset == rows.count, request.rowsTotal == barsTotal else {
      throw Refusal(
        .invalidParams,
        "series/load must bring the rows of \(symbol) in order; row \(rows.count) of \(barsTotal) is next.")
    }
    func column(_ name: String) throws(Refusal) -> [Double] {
      guard let numbers = request.columns[name]?.numbers, numbers.count == request.count else {
        let path = WirePath.root.member("columns").member(name)
        throw Refusal(path.error("does not hold \(request.count) values in an encoding read here"))
      }
      return numbers
    }
    let times = try column("time").map { Int64(exactly: $0) ?? 0 }
    rows.append(
      times: times, open: try column("open"), high: try column("high"), low: try column("low"),
      close: try column("close"), volume: try column("volume"))
    answer.write { $0.field("received", request.count) }
    guard request.last == true else { return }
    guard rows.count == barsTotal else {
      throw Refusal(.invalidParams, "The last series/load leaves \(barsTotal - rows.count) rows out.")
    }
    description.series = [rows.series]
    loaded = MarketView([rows.series])
    try prepare()
    if let warmUpBars { answer.write { $0.field("warmup_bars", warmUpBars) } }
    if mode == .preload { try warmUp() }
  }

  /// Shows the bars before the first decision, about which the host does not ask in the mode preload.
  private func warmUp() throws(Refusal) {
    // What is ordered now would be refused; there is no answer that could carry it.
    mirror.isMuted = true
    try advance(through: min(firstDecision, barsTotal) - 1, wire: nil)
    mirror.isMuted = false
  }

  /// Shows loaded bars up to and including `index`.
  ///
  /// - Parameter wire: The host's question about the last of them; `nil` when there is none.
  private func advance(through index: Int, wire: BarUpdate?) throws(Refusal) {
    guard var market = loaded, index < barsTotal, wire == nil || index >= observed else {
      throw Refusal(.invalidParams, "bar/next asks for bar \(index), which is not the next of the bars loaded.")
    }
    while observed <= index {
      market.reveal(observed)
      let isWarmUp = wire == nil || observed < index || wire?.isWarmUp == true
      observed += 1
      try decide(market, isWarmUp: isWarmUp, at: market.index)
    }
  }

  /// Answers `series/evaluate`.
  func evaluate(_ request: SeriesEvaluateRequest) throws(Refusal) {
    guard var market = loaded, observed == 0, request.firstIndex == 0, request.count <= barsTotal else {
      throw Refusal(
        .invalidParams, "series/evaluate must be about bars that are loaded, from the first on, and come once.")
    }
    observed = request.count
    answer.beginChunk(of: request.count)
    for index in 0..<request.count {
      market.reveal(index)
      answer.barIndex = index
      answer.place = index
      try decide(market, isWarmUp: index < firstDecision, at: index)
    }
  }

  // MARK: End

  /// Answers `run/end`.
  func end(_ request: RunEndRequest) throws(Refusal) {
    defer { StandardStreams.flush() }
    let outcome: RunOutcome =
      switch request.reason {
      case .completed: .completed
      case .cancelled: .cancelled
      case .failed: .failed
      }
    do { try strategy.finish(outcome) } catch { throw failed(error, "in finish") }
  }

  private func failed(_ error: any Error, _ place: String) -> Refusal {
    hasFailed = true
    StandardStreams.flush()
    return Refusal(thrown: error, place)
  }
}
