/// Direction of an order.
package enum OrderSide: String, WireName {
  /// Towards long.
  case buy
  /// Towards short.
  case sell
}

/// Why an order exists.
package enum OrderRole: String, WireName {
  /// Opens a trade, or nets against open ones.
  case entry
  /// Closes one trade or a part of it.
  case close
  /// The stop-loss of one trade.
  case stopLoss = "stop_loss"
  /// The take-profit of one trade.
  case takeProfit = "take_profit"
}

/// One step in an order's life.
package enum EventKind: String, WireName {
  /// The order rests at the broker.
  case accepted
  /// It was refused, when placed or when it should have filled.
  case rejected
  /// Its stop was touched.
  case triggered
  /// It was executed.
  case filled
  /// It closed a part of a trade; the rest stays open.
  case partiallyClosed = "partially_closed"
  /// It was withdrawn.
  case cancelled
  /// It still rested when the data ended.
  case expired
}
