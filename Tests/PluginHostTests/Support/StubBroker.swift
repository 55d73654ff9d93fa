import StrategyKit
import TradingModel

/// An account that a test sets, and the requests made of it as text.
final class StubBroker: Brokerage {
  var cash = 10_000.0
  var equity = 10_000.0
  var openTrades: [OpenTrade] = []
  var pendingOrders: [PendingOrder] = []
  var closedTrades: [Trade] = []
  var orderEvents: [OrderEvent] = []
  var requests: [String] = []
  var annotations: [String: Double] = [:]

  var openTradeCount: Int { openTrades.count }
  func positionSize(of instrument: InstrumentIndex) -> Double { openTrades.reduce(0) { $0 + $1.size } }

  func place(_ request: OrderRequest) throws(OrderRejection) -> OrderID {
    requests.append("\(request.side.rawValue) \(request.size)")
    return requests.count
  }

  func close(trade: TradeID, portion: Double) throws(OrderRejection) -> OrderID {
    requests.append("close trade \(trade) \(portion)")
    return 1
  }

  func closePosition(of instrument: InstrumentIndex, portion: Double) throws(OrderRejection) {
    requests.append("close position \(portion)")
  }

  func orderID(named clientOrderID: String) -> OrderID? { clientOrderID == "known" ? 9 : nil }
  func refuse(_ request: OrderRequest, _ reason: OrderReason) { requests.append("refused \(reason.code)") }
  func cancel(order: OrderID) throws(OrderRejection) { requests.append("cancel \(order)") }

  func setStopLoss(of trade: TradeID, to price: Double?) throws(OrderRejection) {
    requests.append("stop-loss of \(trade) to \(price.map { "\($0)" } ?? "none")")
  }

  func setTakeProfit(of trade: TradeID, to price: Double?) throws(OrderRejection) {
    requests.append("take-profit of \(trade) to \(price.map { "\($0)" } ?? "none")")
  }

  func annotate(_ name: String, _ value: Double) { annotations[name] = value }
  func warn(_ message: String) { requests.append("warning: \(message)") }
}
