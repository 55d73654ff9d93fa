import JSONRPC
import StrategyKit
import StrategyProtocol
import TradingModel
import WireText

extension ParameterValue {
  var wire: WireValue {
    switch self {
    case .integer(let value): .int(Int64(value))
    case .number(let value): WireValue(number: value)
    case .string(let value): .string(value)
    case .boolean(let value): .bool(value)
    }
  }
}

/// The protocol's word for one of the model, which has the same raw value.
private func word<Word: WireName>(_ text: String) -> Word {
  guard let word = Word(rawValue: text) else { preconditionFailure("the protocol has no word \(text)") }
  return word
}

extension Event {
  init(_ event: OrderEvent) {
    self.init(
      sequence: event.sequence, kind: word(event.kind.rawValue), index: event.index, time: event.time,
      orderID: event.orderID, clientOrderID: event.clientOrderID, role: word(event.role.rawValue),
      symbol: "ACME", side: word(event.side.rawValue), quantity: event.size,
      price: event.price.flatMap { $0.isFinite ? $0 : nil }, commission: event.commission, tradeID: event.tradeID,
      reason: event.reason.map { OrderReasonObject(code: $0.code, message: $0.message) })
  }
}

extension TradeState {
  init(_ trade: OpenTrade) {
    self.init(
      tradeID: trade.id, symbol: "ACME", quantity: trade.size, entryPrice: trade.entryPrice,
      entryIndex: trade.entryIndex, stopLoss: trade.stopLoss, takeProfit: trade.takeProfit, tag: trade.tag)
  }
}

extension OrderState {
  init(_ order: PendingOrder) {
    var quantity: Double?
    var fraction: Double?
    switch order.size {
    case .units(let units): quantity = units
    case .fraction(let part): fraction = part
    }
    self.init(
      orderID: order.id, clientOrderID: order.clientOrderID, role: word(order.role.rawValue),
      symbol: "ACME", side: word(order.side.rawValue), quantity: quantity, fraction: fraction,
      limitPrice: order.limit, stopPrice: order.stop, stopLoss: order.stopLoss, takeProfit: order.takeProfit,
      tag: order.tag, tradeID: order.tradeID)
  }
}

extension ClosedTrade {
  init(_ trade: Trade) {
    self.init(
      tradeID: trade.id, symbol: "ACME", quantity: trade.size, entryIndex: trade.entryIndex,
      exitIndex: trade.exitIndex, entryTime: trade.entryTime, exitTime: trade.exitTime, entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice, pnl: trade.pnl, returnPercent: trade.returnFraction * 100,
      commission: trade.commission, stopLoss: trade.stopLoss, takeProfit: trade.takeProfit, tag: trade.tag)
  }
}

extension OrderRequest {
  init(_ action: OrderAction) {
    var size = OrderSize.all
    if let quantity = action.quantity { size = .units(quantity) }
    if let fraction = action.fraction { size = fraction == 1 ? .all : .fraction(fraction) }
    self.init(
      action.side == .buy ? .buy : .sell, size: size, limit: action.limitPrice, stop: action.stopPrice,
      stopLoss: action.stopLoss, takeProfit: action.takeProfit, tag: action.tag, clientOrderID: action.clientOrderID)
  }
}
