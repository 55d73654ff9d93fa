import JSONRPC
import StrategyKit
import TradingModel

/// What strategies ask for, by the rules of the broker simulator. Each request is told to the host, one it will refuse too,
/// so that the run's order events are the same as beside the broker.
extension BrokerMirror {
  func place(_ request: OrderRequest) throws(OrderRejection) -> OrderID {
    let fault = fault(of: request)
    send(request)
    if let fault { throw reject(request, fault) }
    guard readsAccount else {
      // Only the broker knows which numbers orders get.
      if let name = request.clientOrderID { clientOrderIDs[name] = 0 }
      return 0
    }
    let order = PendingOrder(
      id: nextOrderID, role: .entry, instrument: 0, side: request.side, size: request.size, limit: request.limit,
      stop: request.stop, stopLoss: request.stopLoss, takeProfit: request.takeProfit, tag: request.tag,
      clientOrderID: request.clientOrderID, tradeID: nil)
    nextOrderID += 1
    if let name = request.clientOrderID { clientOrderIDs[name] = order.id }
    if settings.exclusiveOrders { excludeOthers() }
    orders.append(order)
    record(.accepted, order)
    return order.id
  }

  func close(trade id: TradeID, portion: Double) throws(OrderRejection) -> OrderID {
    sendAction("close") { writer in
      writer.field("trade_id", Self.sendable(id))
      Self.write(portion: portion, to: &writer)
    }
    guard readsAccount else {
      note("the number of a trade")
      return 0
    }
    guard let trade = trades.first(where: { $0.id == id }) else { throw refuse(.close, trade: id, .unknownTrade(id)) }
    guard portion > 0, portion <= 1 else { throw refuse(.close, trade: id, .invalidSize(portion)) }
    return queueClose(of: trade, portion: portion)
  }

  func closePosition(of instrument: InstrumentIndex, portion: Double) throws(OrderRejection) {
    let isPossible = instrument == 0 && portion > 0 && portion <= 1
    // Nothing held, nothing to say.
    if readsAccount, trades.isEmpty, isPossible { return }
    sendAction("close") { writer in
      if instrument != 0 { writer.field("symbol", "#\(instrument)") }
      Self.write(portion: portion, to: &writer)
    }
    guard instrument == 0 else { throw refuse(.close, trade: 0, .unknownInstrument(symbol: "#\(instrument)")) }
    guard isPossible else { throw refuse(.close, trade: 0, .invalidSize(portion)) }
    for trade in trades { _ = queueClose(of: trade, portion: portion) }
  }

  func cancel(order id: OrderID) throws(OrderRejection) {
    sendAction("cancel") { $0.field("order_id", Self.sendable(id)) }
    guard readsAccount else { return note("the number of an order") }
    guard let order = orders.first(where: { $0.id == id }) else {
      throw refuse(.entry, trade: 0, .unknownOrder(String(id)))
    }
    withdraw(order, .requested)
  }

  func refuse(_ request: OrderRequest, _ reason: OrderReason) {
    // The protocol has no words for it; the host's record of the run keeps the sentence.
    warn("The strategy refused a \(request.side.rawValue) order itself: \(reason.message).")
  }

  func setStopLoss(of trade: TradeID, to price: Double?) throws(OrderRejection) {
    try setBracket(.stopLoss, of: trade, to: price)
  }

  func setTakeProfit(of trade: TradeID, to price: Double?) throws(OrderRejection) {
    try setBracket(.takeProfit, of: trade, to: price)
  }

  private func setBracket(_ role: PendingOrder.Role, of id: TradeID, to price: Double?) throws(OrderRejection) {
    sendAction("amend") { writer in
      writer.field("trade_id", Self.sendable(id))
      writer.key(role == .stopLoss ? "stop_loss" : "take_profit")
      if let price { writer.value(Self.sendable(price)) } else { writer.null() }
    }
    guard readsAccount else { return note("the number of a trade") }
    guard let place = trades.firstIndex(where: { $0.id == id }) else {
      throw refuse(role, trade: id, .unknownTrade(id))
    }
    if let price, !(price > 0 && price < .infinity) {
      throw refuse(role, trade: id, .invalidPrice(name: role.rawValue, value: price))
    }
    let old = role == .stopLoss ? trades[place].stopLossOrder : trades[place].takeProfitOrder
    if let old, let order = orders.first(where: { $0.id == old }) { withdraw(order, .amended) }
    if let price { placeBracket(role, at: price, for: place) }
  }

  // MARK: The copy

  private func fault(of request: OrderRequest) -> OrderReason? {
    guard acceptsOrders else { return .warmUp }
    guard request.instrument == 0 else { return .unknownInstrument(symbol: "#\(request.instrument)") }
    switch request.size {
    case .fraction(let fraction):
      guard fraction > 0, fraction < 1 else { return .invalidSize(fraction) }
    case .units(let units):
      guard units >= 1, units == units.rounded(), units < .infinity else { return .invalidSize(units) }
    }
    if let name = request.clientOrderID, clientOrderIDs[name] != nil { return .duplicateClientOrderID(name) }
    let least = settings.profile == .strict ? 0 : -Double.infinity
    for (name, price, least) in [
      ("limit", request.limit, least), ("stop", request.stop, least), ("stop_loss", request.stopLoss, 0),
      ("take_profit", request.takeProfit, 0),
    ] {
      if let price, !(price > least && price < .infinity && price != 0) {
        return .invalidPrice(name: name, value: price)
      }
    }
    let reference = request.limit ?? request.stop ?? close * (1 + request.side.sign * settings.spread)
    let inOrder: Bool =
      switch request.side {
      case .buy: (request.stopLoss ?? -.infinity) < reference && reference < (request.takeProfit ?? .infinity)
      case .sell: (request.takeProfit ?? -.infinity) < reference && reference < (request.stopLoss ?? .infinity)
      }
    return inOrder
      ? nil
      : .invalidBracket(
        side: request.side, stopLoss: request.stopLoss, reference: reference, takeProfit: request.takeProfit)
  }

  private func reject(_ request: OrderRequest, _ reason: OrderReason) -> OrderRejection {
    var size = request.size
    switch size {
    case .fraction(let value), .units(let value): if value.isNaN || value == 0 { size = .units(1) }
    }
    record(
      .rejected,
      PendingOrder(
        id: 0, role: .entry, instrument: 0, side: request.side, size: size, limit: request.limit, stop: request.stop,
        stopLoss: nil, takeProfit: nil, tag: request.tag, clientOrderID: request.clientOrderID, tradeID: nil),
      reason: reason)
    return OrderRejection(reason)
  }

  /// Records a request that names something that is not there.
  private func refuse(_ role: PendingOrder.Role, trade id: TradeID, _ reason: OrderReason) -> OrderRejection {
    let side: Side = trades.first { $0.id == id }.map { $0.size > 0 ? .sell : .buy } ?? .sell
    record(
      .rejected,
      PendingOrder(
        id: 0, role: role, instrument: 0, side: side, size: .units(1), limit: nil, stop: nil, stopLoss: nil,
        takeProfit: nil, tag: nil, clientOrderID: nil, tradeID: id == 0 ? nil : id),
      size: 0, reason: reason)
    return OrderRejection(reason)
  }

  private func queueClose(of trade: OpenTrade, portion: Double) -> OrderID {
    let units = max(1, (abs(trade.size) * portion).rounded(.toNearestOrEven))
    let order = PendingOrder(
      id: nextOrderID, role: .close, instrument: 0, side: trade.size > 0 ? .sell : .buy, size: .units(units),
      limit: nil, stop: nil, stopLoss: nil, takeProfit: nil, tag: trade.tag, clientOrderID: nil, tradeID: trade.id)
    nextOrderID += 1
    orders.insert(order, at: 0)
    record(.accepted, order)
    return order.id
  }

  /// As the broker does for a new exclusive order; `compat` passes over the neighbour behind each order it removes.
  private func excludeOthers() {
    let resting = orders
    var place = 0
    while place < resting.count {
      let order = resting[place]
      if order.isContingent {
        place += 1
        continue
      }
      withdraw(order, .excluded)
      place += settings.profile == .strict ? 1 : 2
    }
    for trade in trades { _ = queueClose(of: trade, portion: 1) }
  }

  private func placeBracket(_ role: PendingOrder.Role, at price: Double, for place: Int) {
    let trade = trades[place]
    let order = PendingOrder(
      id: nextOrderID, role: role, instrument: 0, side: trade.size > 0 ? .sell : .buy, size: .units(abs(trade.size)),
      limit: role == .takeProfit ? price : nil, stop: role == .stopLoss ? price : nil, stopLoss: nil, takeProfit: nil,
      tag: trade.tag, clientOrderID: nil, tradeID: trade.id)
    nextOrderID += 1
    if role == .stopLoss {
      orders.insert(order, at: 0)
      trades[place].stopLoss = price
      trades[place].stopLossOrder = order.id
    } else {
      orders.append(order)
      trades[place].takeProfit = price
      trades[place].takeProfitOrder = order.id
    }
    record(.accepted, order)
  }

  /// Takes an order out of the queue and, if it is a bracket, off its trade.
  private func withdraw(_ order: PendingOrder, _ reason: OrderReason) {
    orders.removeAll { $0.id == order.id }
    record(.cancelled, order, reason: reason)
    guard order.isContingent, let place = trades.firstIndex(where: { $0.id == order.tradeID }) else { return }
    if trades[place].stopLossOrder == order.id {
      trades[place].stopLoss = nil
      trades[place].stopLossOrder = nil
    }
    if trades[place].takeProfitOrder == order.id {
      trades[place].takeProfit = nil
      trades[place].takeProfitOrder = nil
    }
  }

  // MARK: Actions

  private func sendAction(_ kind: StaticString, _ members: (inout JSONWriter) -> Void) {
    if !isMuted { answer.addAction(kind, members) }
  }

  private func send(_ request: OrderRequest) {
    sendAction("order") { writer in
      writer.field("client_order_id", ifPresent: request.clientOrderID)
      if request.instrument != 0 { writer.field("symbol", "#\(request.instrument)") }
      writer.field("side", request.side.rawValue)
      switch request.size {
      case .all: break
      // On the wire 1 means everything; a request of exactly 1 is to be refused, as beside the broker.
      case .fraction(let fraction): writer.field("fraction", fraction == 1 ? 2 : Self.sendable(fraction))
      case .units(let units): writer.field("quantity", Self.sendable(units))
      }
      writer.field("limit_price", ifPresent: request.limit.map(Self.sendable))
      writer.field("stop_price", ifPresent: request.stop.map(Self.sendable))
      writer.field("stop_loss", ifPresent: request.stopLoss.map(Self.sendable))
      writer.field("take_profit", ifPresent: request.takeProfit.map(Self.sendable))
      writer.field("tag", ifPresent: request.tag)
    }
  }

  private static func write(portion: Double, to writer: inout JSONWriter) {
    if portion != 1 { writer.field("portion", sendable(portion)) }
  }

  /// JSON has no NaN or infinity. The broker refuses those as it refuses 0, which can be sent.
  private static func sendable(_ number: Double) -> Double { number.isFinite ? number : 0 }

  /// The protocol counts trades and orders from 1; in place of any other number stands one that no run reaches.
  private static func sendable(_ id: Int) -> Int {
    let largest = 9_007_199_254_740_991
    return (1...largest).contains(id) ? id : largest
  }
}
