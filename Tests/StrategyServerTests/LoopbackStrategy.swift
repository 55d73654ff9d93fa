import JSONRPC
import StrategyKit
import StrategyProtocol
import StrategyServer
import TradingModel
import WireText

/// A strategy type served in the same process: every decision passes through messages, without pipes.
///
/// It is a host of its own, written with the protocol's message types alone, so that the server is not tested against the
/// code that drives real processes.
final class LoopbackStrategy: Strategy {
  private let mode: ExecutionMode
  private let parameters: [(name: String, value: ParameterValue)]
  private let chunkSize: Int
  private let lines: Lines
  private let session: StrategySession
  private var lastID = 0
  private var sentEvents = 0
  private var sentClosed = 0
  private var sentAccount: AccountState?
  private var sentTrades: [TradeState]?
  private var sentOrders: [OrderState]?
  /// Actions known ahead of their bar.
  private var ahead: [Int: [Action]] = [:]
  /// Every line either side wrote, for tests of what is on the wire.
  var transcript: [String] { lines.all }

  init(
    _ type: any NamedStrategy.Type, _ needs: StrategyNeeds, mode: ExecutionMode,
    parameters: [(name: String, value: ParameterValue)] = [], chunkSize: Int = 37
  ) {
    self.mode = mode
    self.parameters = parameters
    self.chunkSize = chunkSize
    let lines = Lines()
    self.lines = lines
    session = StrategySession(type, needs) { lines.take($0) }
  }

  /// Sends a request.
  ///
  /// - Returns: Its result.
  /// - Throws: ``LoopbackError`` for an error answer.
  func call(_ method: StrategyMethod, _ params: some Encodable) throws -> WireValue {
    lastID += 1
    let request = WireValue.object([
      .init("jsonrpc", .string("2.0")), .init("id", .int(Int64(lastID))), .init("method", .string(method.rawValue)),
      .init("params", try .encoding(params)),
    ])
    let answer = try send(request.json.text())
    guard answer["id"] == .int(Int64(lastID)) else {
      throw LoopbackError(code: 0, message: "the id differs: \(answer)")
    }
    if let error = answer["error"] {
      throw LoopbackError(code: error["code"]?.integer ?? 0, message: error["message"]?.string ?? "")
    }
    return answer["result"] ?? .null
  }

  /// Sends a line and reads the answer to it.
  func send(_ line: String) throws -> WireValue {
    lines.add(line)
    let bytes = Array(line.utf8)
    _ = try bytes.withUnsafeBufferPointer { try session.handle($0) }
    return try WireValue(JSONValue(parsing: lines.last))
  }

  func prepare(_ run: RunDescription) throws -> [Int] {
    let hello = try call(
      .initialize,
      InitializeRequest(
        protocolVersion: "1.0", host: Peer(name: "loopback", version: "0"), hostProcessID: 1, capabilities: .standard,
        limits: .standard))
    _ = try hello.decode(InitializeResponse.self)
    let series = run.series[0]
    let settings = run.settings
    var commission = CommissionTerms(fixed: 0, rate: 0)
    switch settings.commission {
    case .rate(let rate): commission.rate = rate
    case .fixedAndRate(let fixed, let rate): commission = CommissionTerms(fixed: fixed, rate: rate)
    case .custom: break
    }
    let start = try call(
      .runStart,
      RunStartRequest(
        runID: "r-1", mode: mode, symbols: [TradableSymbol(symbol: "ACME")], start: series.times[0],
        end: series.times[series.count - 1], barsTotal: series.count,
        parameters: .object(parameters.map { WireValue.Member($0.name, $0.value.wire) }), seed: Int(run.seed),
        account: RunAccount(initialCash: settings.cash, leverage: 1 / settings.margin),
        execution: ExecutionTerms(
          profile: settings.profile == .strict ? .strict : .compat,
          fillAt: settings.tradeOnClose ? .close : .nextOpen, commission: commission, spread: settings.spread,
          margin: settings.margin, hedging: settings.hedging, exclusiveOrders: settings.exclusiveOrders,
          finalizeTrades: settings.finalizeTrades),
        orderTypes: OrderType.allCases.map(\.rawValue), encoding: mode == .preload ? .json : .f64leBase64))
    var warmUp = try start.decode(RunStartResponse.self).warmupBars ?? 0
    switch mode {
    case .lockstep: break
    case .preload: warmUp = try load(series, .json)
    case .vectorized:
      warmUp = try load(series, .f64leBase64)
      let answer = try call(.seriesEvaluate, SeriesEvaluateRequest(runID: "r-1", firstIndex: 0, count: series.count))
      keep(try answer.decode(BarsNextResponse.self).actions)
    case .streamed: try stream(series)
    }
    return [min(max(1, warmUp), series.count)]
  }

  private func load(_ series: BarSeries, _ encoding: ColumnEncoding) throws -> Int {
    var warmUp = 0
    for offset in stride(from: 0, to: series.count, by: chunkSize) {
      let part = series.slice(offset..<min(series.count, offset + chunkSize))
      let columns: OrderedMap<Column> = [
        "time": Column(part.times, encoding: encoding), "open": try Column(part.open, encoding: encoding),
        "high": try Column(part.high, encoding: encoding), "low": try Column(part.low, encoding: encoding),
        "close": try Column(part.close, encoding: encoding), "volume": try Column(part.volume, encoding: encoding),
      ]
      let isLast = offset + part.count == series.count
      let answer = try call(
        .seriesLoad,
        SeriesLoadRequest(
          runID: "r-1", symbol: "ACME", offset: offset, count: part.count, rowsTotal: series.count, columns: columns,
          last: isLast ? true : nil)
      ).decode(SeriesLoadResponse.self)
      if isLast { warmUp = answer.warmupBars ?? 0 }
    }
    return warmUp
  }

  private func stream(_ series: BarSeries) throws {
    for first in stride(from: 0, to: series.count, by: chunkSize) {
      let part = series.slice(first..<min(series.count, first + chunkSize))
      let answer = try call(
        .barsNext,
        BarsNextRequest(
          runID: "r-1", firstIndex: first, count: part.count, times: part.times,
          bars: ["ACME": (0..<part.count).map { BarRow(part[$0]) }]))
      keep(try answer.decode(BarsNextResponse.self).actions)
    }
  }

  private func keep(_ actions: [Action]?) {
    for action in actions ?? [] { ahead[action.barIndex ?? -1, default: []].append(action) }
  }

  func warmUp(_ context: inout StrategyContext) throws {
    if mode == .lockstep { try ask(context, isWarmUp: true) }
    perform(ahead[context.index] ?? [], context.broker)
  }

  func next(_ context: inout StrategyContext) throws {
    if mode == .lockstep || mode == .preload { try ask(context, isWarmUp: false) }
    perform(ahead[context.index] ?? [], context.broker)
  }

  func finish(_ outcome: RunOutcome) throws {
    _ = try call(.runEnd, RunEndRequest(runID: "r-1", reason: .completed))
  }

  private func ask(_ context: StrategyContext, isWarmUp: Bool) throws {
    let broker = context.broker
    var request = BarNextRequest(runID: "r-1", index: context.index, time: context.market.time)
    if mode == .lockstep { request.bars = ["ACME": BarRow(context.market.bar())] }
    if isWarmUp { request.warmup = true }
    request.events = broker.orderEvents[sentEvents...].map(Event.init)
    sentEvents = broker.orderEvents.count
    // Left out when unchanged: what the server then shows must be what it was last told.
    let account = AccountState(cash: broker.cash, equity: broker.equity)
    if account != sentAccount { request.account = account }
    let trades = broker.openTrades.map(TradeState.init)
    if trades != sentTrades { request.trades = trades }
    let orders = broker.pendingOrders.map(OrderState.init)
    if orders != sentOrders { request.orders = orders }
    (sentAccount, sentTrades, sentOrders) = (account, trades, orders)
    if broker.closedTrades.count > sentClosed {
      request.closed = broker.closedTrades[sentClosed...].map(ClosedTrade.init)
      sentClosed = broker.closedTrades.count
    }
    let answer = try call(.barNext, request).decode(BarNextResponse.self)
    perform(answer.actions ?? [], broker)
    for note in answer.annotations?.entries ?? [] { broker.annotate(note.key, note.value ?? .nan) }
  }

  private func perform(_ actions: [Action], _ broker: any Brokerage) {
    for action in actions {
      switch action {
      case .order(let order): _ = try? broker.place(OrderRequest(order))
      case .cancel(let cancel): try? broker.cancel(order: cancel.orderID ?? 0)
      case .close(let close):
        let portion = close.portion ?? 1
        if let trade = close.tradeID {
          _ = try? broker.close(trade: trade, portion: portion)
        } else {
          try? broker.closePosition(of: close.symbol ?? "ACME" == "ACME" ? 0 : 1, portion: portion)
        }
      case .amend(let amend):
        for (role, change) in [(OrderRole.stopLoss, amend.stopLoss), (.takeProfit, amend.takeProfit)] {
          let price: Double?
          switch change {
          case .unchanged: continue
          case .clear: price = nil
          case .move(let value): price = value
          }
          if role == .stopLoss {
            try? broker.setStopLoss(of: amend.tradeID, to: price)
          } else {
            try? broker.setTakeProfit(of: amend.tradeID, to: price)
          }
        }
      }
    }
  }
}

/// An error answer.
struct LoopbackError: Error {
  var code: Int
  var message: String
}

/// What is written to either side.
private final class Lines {
  private(set) var all: [String] = []
  var last: String { all.last ?? "" }
  func add(_ line: String) { all.append(line) }
  func take(_ line: UnsafeBufferPointer<UInt8>) { all.append(String(decoding: line.dropLast(), as: UTF8.self)) }
}
