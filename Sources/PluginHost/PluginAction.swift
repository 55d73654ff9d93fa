package import StrategyKit
package import TradingModel

/// One thing a strategy asks of the broker, decoded and checked for form.
package enum PluginAction: Sendable {
  case order(OrderRequest)
  /// An order whose form is right but which the host refuses before the broker sees it.
  case refused(OrderRequest, OrderReason)
  case cancelOrder(OrderID)
  case cancelNamed(String)
  case close(TradeID, portion: Double)
  case closePosition(instrument: InstrumentIndex, portion: Double)
  /// Outer `nil`: leave as it is; inner `nil`: clear.
  case amend(TradeID, stopLoss: Double??, takeProfit: Double??)

  /// Asks the broker. What it refuses is an order event, not an error.
  package func perform(on broker: any Brokerage) {
    switch self {
    case .order(let request): _ = try? broker.place(request)
    case .refused(let request, let reason): broker.refuse(request, reason)
    case .cancelOrder(let id): try? broker.cancel(order: id)
    case .cancelNamed(let name):
      if let id = broker.orderID(named: name) {
        try? broker.cancel(order: id)
      } else {
        broker.refuse(OrderRequest(.sell, clientOrderID: name), .unknownOrder(name))
      }
    case .close(let trade, let portion): _ = try? broker.close(trade: trade, portion: portion)
    case .closePosition(let instrument, let portion): try? broker.closePosition(of: instrument, portion: portion)
    case .amend(let trade, let stopLoss, let takeProfit):
      if let stopLoss { try? broker.setStopLoss(of: trade, to: stopLoss) }
      if let takeProfit { try? broker.setTakeProfit(of: trade, to: takeProfit) }
    }
  }
}
