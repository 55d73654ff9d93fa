package import JSONRPC
package import StrategyKit
package import StrategyProtocol
import TradingModel

/// Writes the params of `bar/next`, and knows what the strategy was last told so that only changes are sent.
package struct BarMessage {
  let runID: String
  let symbol: String
  let sendsBars: Bool
  let needsAccount: Bool
  let needsEvents: Bool
  let sendsAccountAlways: Bool

  private var isFirst = true
  private var eventsSent = 0
  private var tradesClosedSent = 0
  private var lastRevision = -1
  private var lastAccount = (cash: Double.nan, equity: Double.nan)
  private var lastTrades: [OpenTrade] = []
  private var lastOrders: [PendingOrder] = []
  private var lastPosition: PositionRow?

  /// Prepares for a run.
  package init(runID: String, symbol: String, mode: ExecutionMode, capabilities: StrategyCapabilities) {
    self.runID = runID
    self.symbol = symbol
    sendsBars = mode != .preload
    needsAccount = capabilities.resolvedNeedsAccount
    needsEvents = capabilities.resolvedNeedsEvents
    sendsAccountAlways = capabilities.resolvedAccount == .always
  }

  /// Writes the object for the newest bar of `market`.
  package mutating func write(
    _ market: MarketView, _ broker: any Brokerage, isWarmUp: Bool, to writer: inout JSONWriter
  ) {
    writer.beginObject()
    writer.field("run_id", runID)
    writer.field("index", market.index)
    writer.field("time", market.time)
    if sendsBars { writeBar(market, to: &writer) }
    if isWarmUp { writer.field("warmup", true) }
    if needsEvents { writeEvents(broker, to: &writer) }
    if needsAccount { writeAccount(market, broker, to: &writer) }
    writer.endObject()
  }

  private func writeBar(_ market: MarketView, to writer: inout JSONWriter) {
    writer.key("bars")
    writer.beginObject()
    writer.key(symbol)
    writer.beginArray()
    writer.value(market.open)
    writer.value(market.high)
    writer.value(market.low)
    writer.value(market.close)
    let volume = market.volume
    if volume.isNaN { writer.null() } else { writer.value(volume) }
    writer.endArray()
    writer.endObject()
  }

  private mutating func writeEvents(_ broker: any Brokerage, to writer: inout JSONWriter) {
    writer.key("events")
    writer.beginArray()
    let events = broker.orderEvents
    while eventsSent < events.count {
      Self.write(events[eventsSent], symbol: symbol, to: &writer)
      eventsSent += 1
    }
    writer.endArray()
  }

  private mutating func writeAccount(_ market: MarketView, _ broker: any Brokerage, to writer: inout JSONWriter) {
    let isComplete = isFirst || sendsAccountAlways
    isFirst = false
    let account = (cash: broker.cash, equity: broker.equity)
    if isComplete || account != lastAccount {
      lastAccount = account
      writer.key("account")
      writer.beginObject()
      writer.field("cash", account.cash)
      writer.field("equity", account.equity)
      writer.endObject()
    }
    // Nothing changes trades or orders without leaving an event.
    let revision = broker.orderEventCount
    let mayDiffer = isComplete || revision != lastRevision
    lastRevision = revision
    let trades = mayDiffer ? broker.openTrades : lastTrades
    let position = PositionRow(of: 0, trades: trades, close: market.close)
    if isComplete || position != lastPosition {
      lastPosition = position
      writePosition(position, to: &writer)
    }
    guard mayDiffer else { return }
    if isComplete || trades != lastTrades {
      lastTrades = trades
      writer.key("trades")
      writer.beginArray()
      for trade in trades { Self.write(trade, symbol: symbol, to: &writer) }
      writer.endArray()
    }
    let orders = broker.pendingOrders
    if isComplete || orders != lastOrders {
      lastOrders = orders
      writer.key("orders")
      writer.beginArray()
      for order in orders { Self.write(order, symbol: symbol, to: &writer) }
      writer.endArray()
    }
    let closed = broker.closedTrades
    if closed.count > tradesClosedSent {
      writer.key("closed")
      writer.beginArray()
      for trade in closed[tradesClosedSent...] { Self.write(trade, symbol: symbol, to: &writer) }
      writer.endArray()
      tradesClosedSent = closed.count
    }
  }

  private func writePosition(_ position: PositionRow?, to writer: inout JSONWriter) {
    writer.key("positions")
    writer.beginObject()
    if let position {
      writer.key(symbol)
      writer.beginArray()
      writer.value(position.quantity)
      writer.value(position.averagePrice)
      writer.value(position.marketValue)
      writer.value(position.unrealizedPnL)
      writer.endArray()
    }
    writer.endObject()
  }

  static func write(_ event: OrderEvent, symbol: String, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("seq", event.sequence)
    writer.field("kind", event.kind.rawValue)
    writer.field("index", event.index)
    writer.field("time", event.time)
    writer.field("order_id", event.orderID)
    writer.field("client_order_id", ifPresent: event.clientOrderID)
    writer.field("role", event.role.rawValue)
    writer.field("symbol", symbol)
    writer.field("side", event.side.rawValue)
    writer.field("quantity", event.size.isFinite ? event.size : 0)
    writer.field("price", event.price.flatMap { $0.isFinite ? $0 : nil })
    writer.field("commission", event.commission)
    writer.field("trade_id", ifPresent: event.tradeID)
    if let reason = event.reason {
      writer.key("reason")
      writer.beginObject()
      writer.field("code", reason.code)
      writer.field("message", reason.message)
      writer.endObject()
    }
    writer.endObject()
  }

  private static func write(_ trade: OpenTrade, symbol: String, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("trade_id", trade.id)
    writer.field("symbol", symbol)
    writer.field("quantity", trade.size)
    writer.field("entry_price", trade.entryPrice)
    writer.field("entry_index", trade.entryIndex)
    writer.field("stop_loss", trade.stopLoss)
    writer.field("take_profit", trade.takeProfit)
    write("tag", trade.tag, to: &writer)
    writer.endObject()
  }

  private static func write(_ order: PendingOrder, symbol: String, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("order_id", order.id)
    write("client_order_id", order.clientOrderID, to: &writer)
    writer.field("role", order.role.rawValue)
    writer.field("symbol", symbol)
    writer.field("side", order.side.rawValue)
    switch order.size {
    case .units(let units): writer.field("quantity", units)
    case .fraction(let fraction): writer.field("fraction", fraction)
    }
    writer.field("limit_price", order.limit)
    writer.field("stop_price", order.stop)
    writer.field("stop_loss", order.stopLoss)
    writer.field("take_profit", order.takeProfit)
    write("tag", order.tag, to: &writer)
    writer.key("trade_id")
    if let trade = order.tradeID { writer.value(trade) } else { writer.null() }
    writer.endObject()
  }

  private static func write(_ trade: Trade, symbol: String, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("trade_id", trade.id)
    writer.field("symbol", symbol)
    writer.field("quantity", trade.size)
    writer.field("entry_index", trade.entryIndex)
    writer.field("exit_index", trade.exitIndex)
    writer.field("entry_time", trade.entryTime)
    writer.field("exit_time", trade.exitTime)
    writer.field("entry_price", trade.entryPrice)
    writer.field("exit_price", trade.exitPrice)
    writer.field("pnl", trade.pnl)
    writer.field("return_pct", trade.returnFraction * 100)
    writer.field("commission", trade.commission)
    writer.field("stop_loss", trade.stopLoss)
    writer.field("take_profit", trade.takeProfit)
    write("tag", trade.tag, to: &writer)
    writer.endObject()
  }

  private static func write(_ name: StaticString, _ text: String?, to writer: inout JSONWriter) {
    writer.key(name)
    if let text { writer.value(text) } else { writer.null() }
  }
}
