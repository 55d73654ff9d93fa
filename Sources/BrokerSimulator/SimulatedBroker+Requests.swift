public import TradingModel

/// What strategies ask for. Each request takes effect in the queue at once and acts on prices from the next bar on.
extension SimulatedBroker {
  /// Open trades in opening order.
  public var openTrades: [OpenTrade] {
    open.count == openTradeCount ? open : open.filter { $0.size != 0 }
  }

  /// Resting orders in the order they will be worked off.
  public var pendingOrders: [PendingOrder] { queue.living.map(\.description) }

  /// Units held of an instrument, signed.
  public func positionSize(of instrument: InstrumentIndex) -> Double {
    guard instrument == 0, openTradeCount > 0 else { return 0 }
    sumBook()
    return heldUnits
  }

  /// Places an entry order.
  ///
  /// - Throws: ``OrderRejection``, also recorded as an event, when the size or a price is impossible.
  public func place(_ request: OrderRequest) throws(OrderRejection) -> OrderID {
    let size: Double =
      switch request.size {
      case .fraction(let fraction): fraction
      case .units(let units): units
      }
    let signedSize = size * request.side.sign
    let order = RestingOrder(
      id: nextOrderID, role: .entry, size: signedSize, limit: request.limit, stop: request.stop,
      stopLoss: request.stopLoss, takeProfit: request.takeProfit, tradeID: 0, tag: request.tag,
      clientOrderID: request.clientOrderID)
    if let fault = fault(of: request) {
      try reject(order, side: request.side, fault)
    }
    nextOrderID += 1
    if let name = request.clientOrderID { clientOrderIDs[name] = order.id }
    if settings.exclusiveOrders { excludeOthers() }
    queue.append(order)
    record(.accepted, order)
    return order.id
  }

  /// Queues an order at the front that closes a part of one trade at the next chance.
  ///
  /// - Parameter portion: Part of the trade's size, above 0 and at most 1; rounded half to even to units, at least 1.
  public func close(trade id: TradeID, portion: Double = 1) throws(OrderRejection) -> OrderID {
    guard let position = position(of: id) else {
      throw try refuse(.close, trade: id, .unknownTrade(id))
    }
    guard portion > 0, portion <= 1 else {
      throw try refuse(.close, trade: id, .invalidSize(portion))
    }
    return queueClose(of: open[position], portion: portion)
  }

  /// Queues closes of a part of every open trade; the newest trade's close is worked off first.
  public func closePosition(of instrument: InstrumentIndex, portion: Double = 1) throws(OrderRejection) {
    guard instrument == 0 else { throw try refuse(.close, trade: 0, .unknownInstrument(instrument)) }
    guard portion > 0, portion <= 1 else { throw try refuse(.close, trade: 0, .invalidSize(portion)) }
    for trade in openTrades { _ = queueClose(of: trade, portion: portion) }
  }

  /// Withdraws a resting order; a stop-loss or take-profit is thereby cleared from its trade.
  public func cancel(order id: OrderID) throws(OrderRejection) {
    guard let slot = queue.find(id) else { throw try refuse(.entry, trade: 0, .unknownOrder(String(id))) }
    withdraw(slot, .requested)
  }

  /// Records that a request was refused for a reason the broker itself does not know.
  public func refuse(_ request: OrderRequest, _ reason: OrderReason) {
    let order = RestingOrder(
      id: 0, role: .entry, size: request.side.sign, limit: request.limit, stop: request.stop, stopLoss: nil,
      takeProfit: nil, tradeID: 0, tag: request.tag, clientOrderID: request.clientOrderID)
    record(.rejected, order, size: 0, reason: reason)
  }

  /// The number of the living order with a strategy's own name.
  public func orderID(named clientOrderID: String) -> OrderID? {
    clientOrderIDs[clientOrderID].flatMap { queue.find($0) == nil ? nil : $0 }
  }

  /// Replaces a trade's stop-loss order by a new one at the front of the queue; `nil` clears it.
  public func setStopLoss(of trade: TradeID, to price: Double?) throws(OrderRejection) {
    try setBracket(.stopLoss, of: trade, to: price)
  }

  /// Replaces a trade's take-profit order by a new one at the end of the queue; `nil` clears it.
  public func setTakeProfit(of trade: TradeID, to price: Double?) throws(OrderRejection) {
    try setBracket(.takeProfit, of: trade, to: price)
  }

  /// Notes a value for charts on the newest bar.
  public func annotate(_ name: String, _ value: Double) {
    if let known = notes.firstIndex(where: { $0.name == name }) {
      notes[known].values.append((index, value))
    } else {
      notes.append((name, [(index, value)]))
    }
  }

  /// Adds a sentence to the run's warnings.
  public func warn(_ message: String) { warnings.append(message) }

  private func setBracket(_ role: PendingOrder.Role, of id: TradeID, to price: Double?) throws(OrderRejection) {
    guard let position = position(of: id) else { throw try refuse(role, trade: id, .unknownTrade(id)) }
    if let price, !(price > 0 && price < .infinity) {
      throw try refuse(role, trade: id, .invalidPrice(name: role.rawValue, value: price))
    }
    let old = role == .stopLoss ? open[position].stopLossOrder : open[position].takeProfitOrder
    if let old, let slot = queue.find(old) { withdraw(slot, .amended) }
    if let price { placeBracket(role, at: price, for: position) }
  }

  /// Records a request that names something that is not there.
  private func refuse(
    _ role: PendingOrder.Role, trade: TradeID, _ reason: OrderReason
  ) throws(OrderRejection) -> OrderRejection {
    let side = position(of: trade).map { open[$0].size > 0 ? Side.sell : .buy } ?? .sell
    let order = RestingOrder(
      id: 0, role: role, size: side.sign, limit: nil, stop: nil, stopLoss: nil, takeProfit: nil, tradeID: trade,
      tag: nil, clientOrderID: nil)
    record(.rejected, order, size: 0, reason: reason)
    return OrderRejection(reason)
  }

  private func reject(_ order: RestingOrder, side: Side, _ reason: OrderReason) throws(OrderRejection) {
    let unplaced = RestingOrder(
      id: 0, role: .entry, size: order.size.isNaN || order.size == 0 ? side.sign : order.size, limit: order.limit,
      stop: order.stop, stopLoss: nil, takeProfit: nil, tradeID: 0, tag: order.tag, clientOrderID: order.clientOrderID)
    record(.rejected, unplaced, reason: reason)
    throw OrderRejection(reason)
  }

  /// Why a request cannot be taken.
  ///
  /// The bracket is checked against the limit, else the stop, else the newest close with the spread: a later gap may
  /// still open a trade beyond its own stop-loss.
  private func fault(of request: OrderRequest) -> OrderReason? {
    guard acceptsOrders else { return .warmUp }
    guard request.instrument == 0 else { return .unknownInstrument(request.instrument) }
    switch request.size {
    case .fraction(let fraction):
      guard fraction > 0, fraction < 1 else { return .invalidSize(fraction) }
    case .units(let units):
      guard units >= 1, units == units.rounded(), units < .infinity else { return .invalidSize(units) }
    }
    if let name = request.clientOrderID, clientOrderIDs[name] != nil { return .duplicateClientOrderID(name) }
    for (name, price) in [
      ("limit", request.limit), ("stop", request.stop), ("stop_loss", request.stopLoss),
      ("take_profit", request.takeProfit),
    ] {
      if let price, !(price > 0 && price < .infinity) { return .invalidPrice(name: name, value: price) }
    }
    let reference = request.limit ?? request.stop ?? entryPrice(series.close[index], request.side.sign)
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

  /// A price with the spread on it, as an entry in direction `sign` pays it.
  func entryPrice(_ price: Double, _ sign: Double) -> Double { price * (1 + sign * settings.spread) }

  private func queueClose(of trade: OpenTrade, portion: Double) -> OrderID {
    let units = max(1, (abs(trade.size) * portion).rounded(.toNearestOrEven))
    let order = RestingOrder(
      id: nextOrderID, role: .close, size: trade.size > 0 ? -units : units, limit: nil, stop: nil, stopLoss: nil,
      takeProfit: nil, tradeID: trade.id, tag: trade.tag, clientOrderID: nil)
    nextOrderID += 1
    queue.insertAtFront(order)
    record(.accepted, order)
    return order.id
  }

  /// Withdraws pending orders that are not brackets and closes all trades, for a new exclusive order.
  ///
  /// The reference removes orders from the list it walks over, so that the neighbour behind each removed order is not
  /// looked at and survives; `compat` does the same.
  private func excludeOthers() {
    let orders = queue.living
    var position = 0
    while position < orders.count {
      let order = orders[position]
      if order.isContingent {
        position += 1
        continue
      }
      if let slot = queue.find(order.id) { withdraw(slot, .excluded) }
      position += isStrict ? 1 : 2
    }
    for trade in openTrades { _ = queueClose(of: trade, portion: 1) }
  }

  func placeBracket(_ role: PendingOrder.Role, at price: Double, for position: Int) {
    let trade = open[position]
    let order = RestingOrder(
      id: nextOrderID, role: role, size: -trade.size, limit: role == .takeProfit ? price : nil,
      stop: role == .stopLoss ? price : nil, stopLoss: nil, takeProfit: nil, tradeID: trade.id, tag: trade.tag,
      clientOrderID: nil)
    nextOrderID += 1
    if role == .stopLoss {
      queue.insertAtFront(order)
      open[position].stopLoss = price
      open[position].stopLossOrder = order.id
    } else {
      queue.append(order)
      open[position].takeProfit = price
      open[position].takeProfitOrder = order.id
    }
    record(.accepted, order)
  }

  /// Takes an order out of the queue and, if it is a bracket, off its trade.
  func withdraw(_ slot: OrderQueue.Slot, _ reason: OrderReason) {
    let order = queue[slot]
    queue.remove(slot)
    record(.cancelled, order, reason: reason)
    guard order.isContingent, let position = position(of: order.tradeID) else { return }
    if open[position].stopLossOrder == order.id {
      open[position].stopLoss = nil
      open[position].stopLossOrder = nil
    }
    if open[position].takeProfitOrder == order.id {
      open[position].takeProfit = nil
      open[position].takeProfitOrder = nil
    }
  }
}
