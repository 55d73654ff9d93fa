import StrategyKit
import StrategyProtocol
import Testing
import TradingModel

/// Speaks the protocol with a script inside the engine's loop: the slow and obvious form of what the plugin host does.
///
/// In the modes that ask bar by bar it writes the messages while the engine runs; in the others it has asked before and
/// only performs the answers.
struct ScriptedStrategy: Strategy {
  let recorder: TranscriptRecorder
  let scenario: TranscriptScenario
  let symbols: SymbolTable
  private var sent = Sent()

  /// What the strategy was last told.
  private struct Sent {
    var account: AccountState?
    var positions: OrderedMap<PositionRow>?
    var trades: [TradeState]?
    var orders: [OrderState]?
    var closedCount = 0
    var eventCount = 0
  }

  init(recorder: TranscriptRecorder, scenario: TranscriptScenario) {
    self.recorder = recorder
    self.scenario = scenario
    symbols = SymbolTable([scenario.symbol])
  }

  mutating func prepare(_ run: RunDescription) throws -> [Int] { [scenario.warmUpBars] }

  mutating func warmUp(_ context: inout StrategyContext) throws {
    guard scenario.mode == .lockstep else { return }
    try perform(try ask(context, isWarmUp: true), context.broker)
  }

  mutating func next(_ context: inout StrategyContext) throws {
    switch scenario.mode {
    case .lockstep, .preload: try perform(try ask(context, isWarmUp: false), context.broker)
    case .streamed, .vectorized: try perform(try scenario.actions(on: context.index), context.broker)
    }
  }

  private mutating func ask(_ context: StrategyContext, isWarmUp: Bool) throws -> [Action] {
    let request = try #require(try makeRequest(context, isWarmUp: isWarmUp))
    return try recorder.exchange(
      .barNext, request, answer: scenario.script[context.index] ?? "{}", as: BarNextResponse.self
    ).actions ?? []
  }

  private mutating func makeRequest(_ context: StrategyContext, isWarmUp: Bool) throws -> BarNextRequest? {
    var request = BarNextRequest(runID: scenario.runID, index: context.index, time: context.market.time)
    if scenario.mode == .lockstep {
      request.bars = [scenario.symbol: BarRow(context.market.bar())]
    }
    if isWarmUp { request.warmup = true }
    let broker = context.broker
    if scenario.capabilities.resolvedNeedsEvents {
      request.events = broker.orderEvents[sent.eventCount...].map { Event($0, symbols: symbols) }
      sent.eventCount = broker.orderEvents.count
    }
    guard scenario.capabilities.resolvedNeedsAccount else { return request }
    let trades = broker.openTrades
    let row = PositionRow(of: 0, trades: trades, close: context.close)
    request.account = changed(AccountState(cash: broker.cash, equity: broker.equity), &sent.account)
    request.positions = changed(OrderedMap(row.map { [.init(scenario.symbol, $0)] } ?? []), &sent.positions)
    request.trades = changed(trades.map { TradeState($0, symbols: symbols) }, &sent.trades)
    request.orders = changed(broker.pendingOrders.map { OrderState($0, symbols: symbols) }, &sent.orders)
    let closed = broker.closedTrades[sent.closedCount...].map { ClosedTrade($0, symbols: symbols) }
    sent.closedCount = broker.closedTrades.count
    request.closed = closed.isEmpty ? nil : closed
    return request
  }

  private func changed<Value: Equatable>(_ value: Value, _ last: inout Value?) -> Value? {
    if value == last { return nil }
    last = value
    return value
  }

  private func perform(_ actions: [Action], _ broker: any Brokerage) throws {
    for action in actions {
      switch action {
      case .order(let order):
        do throws(ActionRefusal) {
          let request = try order.request(symbols)
          _ = try? broker.place(request)
        } catch ActionRefusal.broker(.invalidSize) {
          // The host leaves sizes to the broker, whose event then has the size asked for.
          _ = try? broker.place(
            OrderRequest(
              Side(order.side), size: order.quantity.map { .units($0) } ?? .fraction(order.fraction ?? .nan),
              clientOrderID: order.clientOrderID))
        } catch {
          broker.refuse(OrderRequest(Side(order.side), clientOrderID: order.clientOrderID), error.reason)
        }
      case .cancel(let cancel):
        let named = cancel.clientOrderID.flatMap { broker.orderID(named: $0) }
        try? broker.cancel(order: named ?? cancel.orderID ?? 0)
      case .close(let close):
        if let trade = close.tradeID {
          _ = try? broker.close(trade: trade, portion: close.portion ?? 1)
        } else {
          try? broker.closePosition(of: try symbols.resolve(close.symbol), portion: close.portion ?? 1)
        }
      case .amend(let amend):
        for (change, move) in [(amend.stopLoss, broker.setStopLoss), (amend.takeProfit, broker.setTakeProfit)] {
          switch change {
          case .unchanged: break
          case .clear: try? move(amend.tradeID, nil)
          case .move(let price): try? move(amend.tradeID, price)
          }
        }
      }
    }
  }
}
