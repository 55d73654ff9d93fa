import StrategyKit
import TradingModel

/// A broker that notes what it is asked for and holds the trades a test gives it.
final class RecordingBroker: Brokerage {
  var cash = 1000.0
  var equity = 1000.0
  var openTrades: [OpenTrade] = []
  var pendingOrders: [PendingOrder] = []
  var closedTrades: [Trade] = []
  var orderEvents: [OrderEvent] = []
  /// One line per request, in order.
  var requests: [String] = []
  /// Requests themselves, for those about entry orders.
  var placed: [OrderRequest] = []

  var openTradeCount: Int { openTrades.count }
  func positionSize(of instrument: InstrumentIndex) -> Double { openTrades.reduce(0) { $0 + $1.size } }

  func place(_ request: OrderRequest) throws(OrderRejection) -> OrderID {
    requests.append(request.side.rawValue)
    placed.append(request)
    return placed.count
  }

  func close(trade: TradeID, portion: Double) throws(OrderRejection) -> OrderID {
    requests.append("close trade \(trade) \(portion)")
    return 0
  }

  func closePosition(of instrument: InstrumentIndex, portion: Double) throws(OrderRejection) {
    requests.append("close position \(portion)")
  }

  func orderID(named clientOrderID: String) -> OrderID? { nil }
  func refuse(_ request: OrderRequest, _ reason: OrderReason) { requests.append("refused \(reason.code)") }

  func cancel(order: OrderID) throws(OrderRejection) { requests.append("cancel \(order)") }

  func setStopLoss(of trade: TradeID, to price: Double?) throws(OrderRejection) {
    requests.append("stop loss of \(trade) to \(price.map { "\($0)" } ?? "none")")
  }

  func setTakeProfit(of trade: TradeID, to price: Double?) throws(OrderRejection) {
    requests.append("take profit of \(trade) to \(price.map { "\($0)" } ?? "none")")
  }

  func annotate(_ name: String, _ value: Double) {}
  func warn(_ message: String) {}
}

/// Closes as bars without range, one a day.
func bars(_ closes: [Double]) throws -> BarSeries {
  try BarSeries(
    closes.enumerated().map { Bar(time: Int64($0) * 86_400_000, open: $1, high: $1, low: $1, close: $1) })
}

/// Shows a strategy every close and asks it for decisions from the end of its warm-up on.
///
/// - Returns: The requests of each bar.
func requests<S: Strategy>(
  of strategy: S, over closes: [Double], broker: RecordingBroker = RecordingBroker()
) throws -> [[String]] {
  var strategy = strategy
  let series = try bars(closes)
  let settings = ExecutionSettings()
  let lookBacks = try strategy.prepare(
    RunDescription(instruments: [Instrument(symbol: "X")], series: [series], settings: settings, seed: 0))
  var context = StrategyContext(market: MarketView([series]), broker: broker)
  return try closes.indices.map { index in
    broker.requests = []
    context.market.reveal(index)
    try strategy.observe(context.market)
    if index >= max(1, lookBacks.max() ?? 0) { try strategy.next(&context) }
    return broker.requests
  }
}

/// A strategy with its defaults, but for the parameters given.
func make<S: NamedStrategy>(_ type: S.Type, _ given: [(String, ParameterValue)] = []) throws -> S {
  try S(parameters: ParameterValues(given.map { (name: $0.0, value: $0.1) }, for: S.descriptor))
}
