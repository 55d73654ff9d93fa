import TradingModel

/// An order in the queue, in the form the matching works with.
struct RestingOrder {
  let id: OrderID
  let role: PendingOrder.Role
  /// Signed: below 1 in magnitude a fraction of the buying power, else units.
  var size: Double
  let limit: Double?
  /// Erased for good once triggered.
  var stop: Double?
  let stopLoss: Double?
  let takeProfit: Double?
  /// The trade it closes; 0 for an entry.
  let tradeID: TradeID
  let tag: String?
  let clientOrderID: String?
  /// Removed from the queue, its slot not yet reused.
  var isDead = false

  var isBuy: Bool { size > 0 }
  var isContingent: Bool { role == .stopLoss || role == .takeProfit }
  var side: Side { size > 0 ? .buy : .sell }
  var isFraction: Bool { abs(size) < 1 }

  var description: PendingOrder {
    PendingOrder(
      id: id, role: role, instrument: 0, side: side,
      size: isFraction ? .fraction(abs(size)) : .units(abs(size)), limit: limit, stop: stop, stopLoss: stopLoss,
      takeProfit: takeProfit, tag: tag, clientOrderID: clientOrderID, tradeID: tradeID == 0 ? nil : tradeID)
  }
}
