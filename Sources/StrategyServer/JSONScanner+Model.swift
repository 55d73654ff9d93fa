import JSONRPC
import StrategyProtocol
import TradingModel

/// Reading what the host says about bars, account, trades and orders. Unknown members are passed over.
extension JSONScanner {
  /// Reads an array.
  mutating func readList<Element>(
    _ element: (inout JSONScanner) throws(JSONScanError) -> Element
  ) throws(JSONScanError) -> [Element] {
    var elements: [Element] = []
    try beginArray()
    while try nextElement() { elements.append(try element(&self)) }
    return elements
  }

  /// Reads a number; `nil` for null.
  mutating func readOptionalDouble() throws(JSONScanError) -> Double? { try readIfNull() ? nil : try readDouble() }

  /// Reads an integer; `nil` for null.
  private mutating func readOptionalInt() throws(JSONScanError) -> Int? { try readIfNull() ? nil : try readInt() }

  /// Reads a text; `nil` for null.
  private mutating func readOptionalString() throws(JSONScanError) -> String? {
    try readIfNull() ? nil : try readString()
  }

  /// Reads `[open, high, low, close, volume]`; `nil` for null or for fewer values.
  mutating func readRow() throws(JSONScanError) -> BarRow? {
    if try readIfNull() { return nil }
    var row = BarRow(open: .nan, high: .nan, low: .nan, close: .nan, volume: nil)
    var place = 0
    try beginArray()
    while try nextElement() {
      switch place {
      case 0: row.open = try readDouble()
      case 1: row.high = try readDouble()
      case 2: row.low = try readDouble()
      case 3: row.close = try readDouble()
      case 4: row.volume = try readOptionalDouble()
      default: try skipValue()
      }
      place += 1
    }
    return place >= 5 ? row : nil
  }

  /// Reads the rows of all symbols and keeps the first: a run served here has one.
  mutating func readFirstRow() throws(JSONScanError) -> BarRow? {
    var row: BarRow?
    try beginObject()
    while try nextKey() { row = try readRow() }
    return row
  }

  /// Reads `{cash, equity}`.
  mutating func readAccount() throws(JSONScanError) -> (cash: Double, equity: Double) {
    var account = (cash: Double.nan, equity: Double.nan)
    try beginObject()
    while try nextKey() {
      switch key {
      case "cash": account.cash = try readDouble()
      case "equity": account.equity = try readDouble()
      default: try skipValue()
      }
    }
    return account
  }

  /// Reads an open trade; the orders of its stop-loss and take-profit are found among the resting orders.
  mutating func readOpenTrade() throws(JSONScanError) -> OpenTrade {
    var trade = OpenTrade(id: 0, instrument: 0, size: 0, entryPrice: 0, entryIndex: 0)
    try beginObject()
    while try nextKey() {
      switch key {
      case "trade_id": trade.id = try readInt()
      case "quantity": trade.size = try readDouble()
      case "entry_price": trade.entryPrice = try readDouble()
      case "entry_index": trade.entryIndex = try readInt()
      case "stop_loss": trade.stopLoss = try readOptionalDouble()
      case "take_profit": trade.takeProfit = try readOptionalDouble()
      case "tag": trade.tag = try readOptionalString()
      default: try skipValue()
      }
    }
    return trade
  }

  /// Reads a resting order.
  mutating func readPendingOrder() throws(JSONScanError) -> PendingOrder {
    var order = PendingOrder(
      id: 0, role: .entry, instrument: 0, side: .buy, size: .units(0), limit: nil, stop: nil, stopLoss: nil,
      takeProfit: nil, tag: nil, clientOrderID: nil, tradeID: nil)
    try beginObject()
    while try nextKey() {
      switch key {
      case "order_id": order.id = try readInt()
      case "client_order_id": order.clientOrderID = try readOptionalString()
      case "role": order.role = PendingOrder.Role(rawValue: try readString()) ?? .entry
      case "side": order.side = try readStringView() == "sell" ? .sell : .buy
      case "quantity": if let units = try readOptionalDouble() { order.size = .units(units) }
      case "fraction": if let fraction = try readOptionalDouble() { order.size = .fraction(fraction) }
      case "limit_price": order.limit = try readOptionalDouble()
      case "stop_price": order.stop = try readOptionalDouble()
      case "stop_loss": order.stopLoss = try readOptionalDouble()
      case "take_profit": order.takeProfit = try readOptionalDouble()
      case "tag": order.tag = try readOptionalString()
      case "trade_id": order.tradeID = try readOptionalInt()
      default: try skipValue()
      }
    }
    return order
  }

  /// Reads a closed trade.
  mutating func readTrade() throws(JSONScanError) -> Trade {
    var trade = Trade(
      id: 0, instrument: 0, size: 0, entryIndex: 0, exitIndex: 0, entryTime: 0, exitTime: 0, entryPrice: 0,
      exitPrice: 0, pnl: 0, returnFraction: 0, commission: 0)
    try beginObject()
    while try nextKey() {
      switch key {
      case "trade_id": trade.id = try readInt()
      case "quantity": trade.size = try readDouble()
      case "entry_index": trade.entryIndex = try readInt()
      case "exit_index": trade.exitIndex = try readInt()
      case "entry_time": trade.entryTime = try readInt64()
      case "exit_time": trade.exitTime = try readInt64()
      case "entry_price": trade.entryPrice = try readDouble()
      case "exit_price": trade.exitPrice = try readDouble()
      case "pnl": trade.pnl = try readDouble()
      case "commission": trade.commission = try readDouble()
      case "stop_loss": trade.stopLoss = try readOptionalDouble()
      case "take_profit": trade.takeProfit = try readOptionalDouble()
      case "tag": trade.tag = try readOptionalString()
      default: try skipValue()
      }
    }
    // The wire has the return in percent; a hundredth of that would not be the broker's own number to the last bit.
    let sign: Double = trade.size > 0 ? 1 : -1
    trade.returnFraction =
      sign * (trade.exitPrice / trade.entryPrice - 1) - trade.commission / (abs(trade.size) * trade.entryPrice)
    return trade
  }

  /// Reads an order event; `nil` for a kind that this version does not know.
  mutating func readOrderEvent() throws(JSONScanError) -> OrderEvent? {
    var event = OrderEvent(
      sequence: 0, kind: .accepted, index: 0, time: 0, orderID: 0, role: .entry, side: .buy, size: 0)
    var isKnown = true
    try beginObject()
    while try nextKey() {
      switch key {
      case "seq": event.sequence = try readInt()
      case "kind":
        let kind = OrderEvent.Kind(rawValue: try readString())
        isKnown = kind != nil
        event.kind = kind ?? .accepted
      case "index": event.index = try readInt()
      case "time": event.time = try readInt64()
      case "order_id": event.orderID = try readInt()
      case "client_order_id": event.clientOrderID = try readOptionalString()
      case "role": event.role = PendingOrder.Role(rawValue: try readString()) ?? .entry
      case "side": event.side = try readStringView() == "sell" ? .sell : .buy
      case "quantity": event.size = try readDouble()
      case "price": event.price = try readOptionalDouble()
      case "commission": event.commission = try readDouble()
      case "trade_id": event.tradeID = try readOptionalInt()
      case "reason": event.reason = try readOrderReason()
      default: try skipValue()
      }
    }
    return isKnown ? event : nil
  }

  private mutating func readOrderReason() throws(JSONScanError) -> OrderReason? {
    var code = ""
    var message = ""
    try beginObject()
    while try nextKey() {
      switch key {
      case "code": code = try readString()
      case "message": message = try readString()
      default: try skipValue()
      }
    }
    return OrderReason(code: code, message: message)
  }
}
