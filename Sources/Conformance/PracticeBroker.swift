import JSONRPC

/// Fills orders simply, so that a strategy sees an account that follows its decisions.
///
/// It is no simulator: no margin, no spread, no commission. Market orders fill at the next open, stops and limits when the
/// bar touches them, a trade's stop-loss before its take-profit. At most 50 entry orders rest; older ones expire, or
/// messages would grow with every bar.
struct PracticeBroker {
  static let initialCash = 10_000.0
  private static let restingEntries = 50
  private static let actionsPerBar = 1000

  struct Order {
    var id: Int
    var clientID: String?
    var role: String
    var symbol: String
    var side: String
    var quantity: Double?
    var fraction: Double?
    var limit: Double?
    var stop: Double?
    var stopLoss: Double?
    var takeProfit: Double?
    var tag: String?
    var tradeID: Int?
  }

  struct Trade {
    var id: Int
    var symbol: String
    var quantity: Double
    var entryPrice: Double
    var entryIndex: Int
    var entryTime: Int64
    var stopLoss: Double?
    var takeProfit: Double?
    var tag: String?
  }

  let symbols: [String]
  private var cash = Self.initialCash
  private var trades: [Trade] = []
  private var orders: [Order] = []
  private var closes: [Double]
  private var lastOrder = 0
  private var lastTrade = 0
  private var index = 0
  private var time: Int64 = 0
  /// The number of the next event.
  var sequence = 0
  /// Events and closed trades that were not sent yet.
  var events: [JSONValue] = []
  var closed: [JSONValue] = []

  init(symbols: [String]) {
    self.symbols = symbols
    closes = [Double](repeating: 0, count: symbols.count)
  }

  // MARK: Actions

  mutating func perform(_ actions: [JSONValue]) {
    for (position, action) in actions.enumerated() {
      if position >= Self.actionsPerBar {
        reject(action, "too_many_actions")
        continue
      }
      switch action["do"]?.stringValue {
      case "order": place(action)
      case "cancel": cancel(action)
      case "close": queueClose(action)
      default: amend(action)
      }
    }
  }

  private func symbol(of action: JSONValue) -> String { action.present("symbol")?.stringValue ?? symbols[0] }

  private mutating func reject(_ action: JSONValue, _ reason: String) {
    let order = Order(
      id: 0, clientID: action.present("client_order_id")?.stringValue, role: "entry", symbol: symbol(of: action),
      side: action.present("side")?.stringValue ?? "buy")
    note("rejected", order, reason: reason)
  }

  private mutating func place(_ action: JSONValue) {
    let quantity = action.present("quantity")?.doubleValue
    let fraction = action.present("fraction")?.doubleValue
    if let quantity, !(quantity >= 1 && quantity == quantity.rounded()) { return reject(action, "invalid_size") }
    if let fraction, !(fraction > 0 && fraction <= 1) { return reject(action, "invalid_size") }
    let prices = ["limit_price", "stop_price", "stop_loss", "take_profit"].map { action.present($0)?.doubleValue }
    if prices.contains(where: { $0.map { !($0 > 0) } ?? false }) { return reject(action, "invalid_price") }
    lastOrder += 1
    let order = Order(
      id: lastOrder, clientID: action.present("client_order_id")?.stringValue, role: "entry",
      symbol: symbol(of: action), side: action["side"]?.stringValue ?? "buy", quantity: quantity,
      fraction: quantity == nil ? min(fraction ?? 1, 1.0.nextDown) : nil, limit: prices[0], stop: prices[1],
      stopLoss: prices[2], takeProfit: prices[3], tag: action.present("tag")?.stringValue)
    orders.append(order)
    note("accepted", order, price: order.limit ?? order.stop)
  }

  private mutating func cancel(_ action: JSONValue) {
    let id = action.present("order_id")?.intValue
    let name = action.present("client_order_id")?.stringValue
    guard let place = orders.firstIndex(where: { order in id.map { $0 == order.id } ?? (order.clientID == name) })
    else {
      return reject(action, "unknown_order")
    }
    note("cancelled", orders.remove(at: place), reason: "requested")
  }

  private mutating func queueClose(_ action: JSONValue) {
    let named = action.present("trade_id")?.intValue
    let symbol = symbol(of: action)
    let affected = trades.filter { trade in named.map { $0 == trade.id } ?? (trade.symbol == symbol) }
    if named != nil, affected.isEmpty { return reject(action, "unknown_trade") }
    for trade in affected {
      let portion = action.present("portion")?.doubleValue ?? 1
      lastOrder += 1
      let order = Order(
        id: lastOrder, role: "close", symbol: trade.symbol, side: trade.quantity > 0 ? "sell" : "buy",
        quantity: max(1, (abs(trade.quantity) * portion).rounded(.toNearestOrEven)), tag: trade.tag,
        tradeID: trade.id)
      orders.insert(order, at: 0)
      note("accepted", order)
    }
  }

  private mutating func amend(_ action: JSONValue) {
    guard let place = trades.firstIndex(where: { $0.id == action["trade_id"]?.intValue }) else {
      return reject(action, "unknown_trade")
    }
    for role in ["stop_loss", "take_profit"] {
      guard let value = action[role] else { continue }
      dropBracket(trades[place].id, role, "amended")
      if role == "stop_loss" { trades[place].stopLoss = value.doubleValue }
      if role == "take_profit" { trades[place].takeProfit = value.doubleValue }
      addBracket(trades[place], role)
    }
  }

  private mutating func addBracket(_ trade: Trade, _ role: String) {
    let isStop = role == "stop_loss"
    guard let price = isStop ? trade.stopLoss : trade.takeProfit else { return }
    lastOrder += 1
    let order = Order(
      id: lastOrder, role: role, symbol: trade.symbol, side: trade.quantity > 0 ? "sell" : "buy",
      quantity: abs(trade.quantity), limit: isStop ? nil : price, stop: isStop ? price : nil, tag: trade.tag,
      tradeID: trade.id)
    orders.insert(order, at: isStop ? 0 : orders.count)
    note("accepted", order, price: price)
  }

  private mutating func dropBracket(_ trade: Int, _ role: String, _ reason: String) {
    for order in orders where order.tradeID == trade && order.role == role { note("cancelled", order, reason: reason) }
    orders.removeAll { $0.tradeID == trade && $0.role == role }
  }

  // MARK: Bars

  /// Sees a bar of the warm-up, on which nothing is worked off.
  mutating func observe(_ index: Int, _ time: Int64, _ bars: [PracticeBar?]) {
    self.index = index
    self.time = time
    for (place, bar) in bars.enumerated() { if let bar { closes[place] = bar.close } }
  }

  /// Works off resting orders on a bar and values the account at its close.
  mutating func process(_ index: Int, _ time: Int64, _ bars: [PracticeBar?]) {
    self.index = index
    self.time = time
    for id in orders.map(\.id) {
      guard let place = orders.firstIndex(where: { $0.id == id }), let bar = bar(orders[place].symbol, bars),
        let price = fillPrice(place, bar)
      else { continue }
      let order = orders.remove(at: place)
      if order.role == "entry" { enter(order, price) } else { leave(order, price) }
    }
    for (place, bar) in bars.enumerated() { if let bar { closes[place] = bar.close } }
    for order in orders.filter({ $0.role == "entry" }).dropLast(Self.restingEntries) {
      orders.removeAll { $0.id == order.id }
      note("expired", order, reason: "end_of_data")
    }
  }

  private func bar(_ symbol: String, _ bars: [PracticeBar?]) -> PracticeBar? {
    symbols.firstIndex(of: symbol).flatMap { bars[$0] }
  }

  private mutating func fillPrice(_ place: Int, _ bar: PracticeBar) -> Double? {
    let order = orders[place]
    let buys = order.side == "buy"
    var price = bar.open
    if let stop = order.stop {
      if buys ? bar.high < stop : bar.low > stop { return nil }
      price = buys ? max(bar.open, stop) : min(bar.open, stop)
      if order.role == "entry" { note("triggered", order, price: stop) }
      orders[place].stop = nil
    }
    if let limit = order.limit {
      if buys ? bar.low > limit : bar.high < limit { return nil }
      price = buys ? min(price, limit) : max(price, limit)
    }
    return price
  }

  private mutating func enter(_ order: Order, _ price: Double) {
    let sign = order.side == "buy" ? 1.0 : -1
    let committed = trades.reduce(0) { $0 + abs($1.quantity) * close($1.symbol) }
    let room = max(0, equity - committed)
    let units = order.quantity ?? (room * (order.fraction ?? 0) / price).rounded(.down)
    guard units >= 1 else { return note("rejected", order, reason: "less_than_one_unit") }
    var left = units
    for trade in trades where trade.symbol == order.symbol && trade.quantity * sign < 0 && left > 0 {
      let part = min(left, abs(trade.quantity))
      reduce(trade.id, part, price)
      left -= part
    }
    if left > 0, left * price > equity + 1e-9 { return note("rejected", order, reason: "insufficient_margin") }
    guard left > 0 else { return note("filled", order, price: price, quantity: units) }
    lastTrade += 1
    let trade = Trade(
      id: lastTrade, symbol: order.symbol, quantity: sign * left, entryPrice: price, entryIndex: index,
      entryTime: time, stopLoss: order.stopLoss, takeProfit: order.takeProfit, tag: order.tag)
    trades.append(trade)
    note("filled", order, price: price, quantity: units, trade: trade.id)
    addBracket(trade, "take_profit")
    addBracket(trade, "stop_loss")
  }

  private mutating func leave(_ order: Order, _ price: Double) {
    guard let trade = trades.first(where: { $0.id == order.tradeID }) else {
      return note("cancelled", order, reason: "trade_closed")
    }
    let units = min(order.quantity ?? 0, abs(trade.quantity))
    let isPart = units < abs(trade.quantity)
    note(isPart ? "partially_closed" : "filled", order, price: price, quantity: units)
    reduce(trade.id, units, price)
  }

  private mutating func reduce(_ id: Int, _ units: Double, _ price: Double) {
    guard let place = trades.firstIndex(where: { $0.id == id }) else { return }
    let trade = trades[place]
    let sign = trade.quantity > 0 ? 1.0 : -1
    let profit = sign * units * (price - trade.entryPrice)
    cash += profit
    closed.append([
      "trade_id": JSONValue(trade.id), "symbol": .string(trade.symbol), "quantity": JSONValue(number: sign * units),
      "entry_index": JSONValue(trade.entryIndex), "exit_index": JSONValue(index), "entry_time": .int(trade.entryTime),
      "exit_time": .int(time), "entry_price": JSONValue(number: trade.entryPrice),
      "exit_price": JSONValue(number: price), "pnl": JSONValue(number: profit),
      "return_pct": JSONValue(number: 100 * profit / (units * trade.entryPrice)), "commission": 0,
      "stop_loss": JSONValue(number: trade.stopLoss), "take_profit": JSONValue(number: trade.takeProfit),
      "tag": JSONValue(text: trade.tag),
    ])
    trades[place].quantity -= sign * units
    if trades[place].quantity == 0 {
      trades.remove(at: place)
      for role in ["stop_loss", "take_profit"] { dropBracket(id, role, "trade_closed") }
    } else {
      for order in orders.indices
      where orders[order].tradeID == id && ["stop_loss", "take_profit"].contains(orders[order].role) {
        orders[order].quantity = abs(trades[place].quantity)
      }
    }
  }

  private func close(_ symbol: String) -> Double { symbols.firstIndex(of: symbol).map { closes[$0] } ?? 0 }

  private var equity: Double {
    trades.reduce(cash) { $0 + $1.quantity * (close($1.symbol) - $1.entryPrice) }
  }

  // MARK: What a strategy is told

  private mutating func note(
    _ kind: String, _ order: Order, price: Double? = nil, reason: String? = nil, quantity: Double? = nil,
    trade: Int? = nil
  ) {
    var event: JSONValue = [
      "seq": JSONValue(sequence), "kind": .string(kind), "index": JSONValue(index), "time": .int(time),
      "order_id": JSONValue(order.id),
    ]
    if let name = order.clientID { event["client_order_id"] = .string(name) }
    event["role"] = .string(order.role)
    event["symbol"] = .string(order.symbol)
    event["side"] = .string(order.side)
    event["quantity"] = JSONValue(number: quantity ?? order.quantity ?? 0)
    event["price"] = JSONValue(number: price)
    event["commission"] = 0
    if let trade = trade ?? order.tradeID { event["trade_id"] = JSONValue(trade) }
    if let reason {
      event["reason"] = ["code": .string(reason), "message": .string(String(reason.map { $0 == "_" ? " " : $0 }))]
    }
    sequence += 1
    events.append(event)
  }

  /// Account, positions, trades and orders.
  var state: [JSONValue.Member] {
    [
      .init("account", ["cash": JSONValue(number: cash), "equity": JSONValue(number: equity)]),
      .init("positions", positions),
      .init("trades", .array(trades.map(Self.json))),
      .init("orders", .array(orders.map(Self.json))),
    ]
  }

  private var positions: JSONValue {
    var found: [JSONValue.Member] = []
    for symbol in symbols {
      let held = trades.filter { $0.symbol == symbol }
      if held.isEmpty { continue }
      let units = held.reduce(0) { $0 + $1.quantity }
      let cost = held.reduce(0) { $0 + $1.quantity * $1.entryPrice }
      let profit = held.reduce(0) { $0 + $1.quantity * (close(symbol) - $1.entryPrice) }
      let row = [units, units == 0 ? nil : cost / units, units * close(symbol), profit]
      found.append(.init(symbol, .array(row.map { JSONValue(number: $0) })))
    }
    return .object(found)
  }

  private static func json(_ trade: Trade) -> JSONValue {
    [
      "trade_id": JSONValue(trade.id), "symbol": .string(trade.symbol), "quantity": JSONValue(number: trade.quantity),
      "entry_price": JSONValue(number: trade.entryPrice), "entry_index": JSONValue(trade.entryIndex),
      "stop_loss": JSONValue(number: trade.stopLoss), "take_profit": JSONValue(number: trade.takeProfit),
      "tag": JSONValue(text: trade.tag),
    ]
  }

  private static func json(_ order: Order) -> JSONValue {
    var value: JSONValue = [
      "order_id": JSONValue(order.id), "client_order_id": JSONValue(text: order.clientID), "role": .string(order.role),
      "symbol": .string(order.symbol), "side": .string(order.side),
    ]
    if let quantity = order.quantity { value["quantity"] = JSONValue(number: quantity) }
    if let fraction = order.fraction { value["fraction"] = JSONValue(number: fraction) }
    value["limit_price"] = JSONValue(number: order.limit)
    value["stop_price"] = JSONValue(number: order.stop)
    value["stop_loss"] = JSONValue(number: order.stopLoss)
    value["take_profit"] = JSONValue(number: order.takeProfit)
    value["tag"] = JSONValue(text: order.tag)
    value["trade_id"] = order.tradeID.map { JSONValue($0) } ?? .null
    return value
  }
}
