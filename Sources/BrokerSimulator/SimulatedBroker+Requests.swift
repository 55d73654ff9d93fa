public import TradingModel

/// What strategies ask for. Each request takes effect in the queue at once and acts on prices from the next bar on.
extension SimulatedBroker {
  /// Places an entry order.
  ///
  /// - Throws: ``OrderRejection``, also recorded as an event, when the size or a price is impossible.
  public func place(_ request: OrderRequest) throws(OrderRejection) -> OrderID {
    let size = request.size.magnitude
    if let fault = fault(of: request) {
      record(.rejected, unplaced(request, size: size * request.side.sign), reason: fault)
      throw OrderRejection(fault)
    }
    let order = RestingOrder(
      id: state.pointee.nextOrderID, role: .entry, size: size * request.side.sign, limit: request.limit,
      stop: request.stop, stopLoss: request.stopLoss, takeProfit: request.takeProfit,
      label: state.pointee.labels.add(tag: request.tag, clientOrderID: request.clientOrderID))
    state.pointee.nextOrderID += 1
    if let name = request.clientOrderID { state.pointee.clientOrderIDs[name] = order.id }
    return rest(order)
  }

  /// Places an entry order at any price, without texts; the same as ``place(_:)``.
  public func placeAtMarket(_ side: Side, size: OrderSize) throws(OrderRejection) -> OrderID {
    guard state.pointee.acceptsOrders, Self.fault(of: size) == nil else {
      return try place(OrderRequest(side, size: size))
    }
    let order = RestingOrder(id: state.pointee.nextOrderID, role: .entry, size: size.magnitude * side.sign)
    state.pointee.nextOrderID += 1
    return rest(order)
  }

  /// Queues a new entry order.
  private func rest(_ order: RestingOrder) -> OrderID {
    if settings.exclusiveOrders { excludeOthers() }
    state.pointee.queue.append(order)
    state.pointee.isQuiet = false
    recordAccepted(order)
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
    return queueClose(of: position, portion: portion)
  }

  /// Queues closes of a part of every open trade; the newest trade's close is worked off first.
  public func closePosition(of instrument: InstrumentIndex, portion: Double = 1) throws(OrderRejection) {
    guard instrument == 0 else { throw try refuse(.close, trade: 0, .unknownInstrument(symbol: "#\(instrument)")) }
    guard portion > 0, portion <= 1 else { throw try refuse(.close, trade: 0, .invalidSize(portion)) }
    for position in state.pointee.open.indices { _ = queueClose(of: position, portion: portion) }
  }

  /// Withdraws a resting order; a stop-loss or take-profit is thereby cleared from its trade.
  public func cancel(order id: OrderID) throws(OrderRejection) {
    guard let slot = state.pointee.queue.find(id) else { throw try refuse(.entry, trade: 0, .unknownOrder(String(id))) }
    withdraw(slot, .requested)
  }

  /// Records that a request was refused for a reason the broker itself does not know.
  public func refuse(_ request: OrderRequest, _ reason: OrderReason) {
    record(.rejected, unplaced(request, size: request.side.sign), size: 0, reason: reason)
  }

  /// A request that never became an order, for its event.
  private func unplaced(_ request: OrderRequest, size: Double) -> RestingOrder {
    RestingOrder(
      id: 0, role: .entry, size: size.isNaN || size == 0 ? request.side.sign : size, limit: request.limit,
      stop: request.stop,
      label: state.pointee.labels.add(tag: request.tag, clientOrderID: request.clientOrderID))
  }

  /// The number of the living order with a strategy's own name.
  public func orderID(named clientOrderID: String) -> OrderID? {
    state.pointee.clientOrderIDs[clientOrderID].flatMap { state.pointee.queue.find($0) == nil ? nil : $0 }
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
    state.pointee.note(name, value)
  }

  /// Adds a sentence to the run's warnings.
  public func warn(_ message: String) { state.pointee.warnings.append(message) }

  private func setBracket(_ role: PendingOrder.Role, of id: TradeID, to price: Double?) throws(OrderRejection) {
    guard let position = position(of: id) else { throw try refuse(role, trade: id, .unknownTrade(id)) }
    if let price, !(price > 0 && price < .infinity) {
      throw try refuse(role, trade: id, .invalidPrice(name: role.rawValue, value: price))
    }
    let old =
      role == .stopLoss ? state.pointee.open[position].stopLossOrder : state.pointee.open[position].takeProfitOrder
    if old != 0, let slot = state.pointee.queue.find(old) { withdraw(slot, .amended) }
    if let price { placeBracket(role, at: price, for: position) }
  }

  /// Records a request that names something that is not there.
  private func refuse(
    _ role: PendingOrder.Role, trade: TradeID, _ reason: OrderReason
  ) throws(OrderRejection) -> OrderRejection {
    let side = position(of: trade).map { state.pointee.open[$0].size > 0 ? Side.sell : .buy } ?? .sell
    let order = RestingOrder(id: 0, role: role, size: side.sign, tradeID: trade)
    record(.rejected, order, size: 0, reason: reason)
    return OrderRejection(reason)
  }

  /// Why a request cannot be taken.
  ///
  /// The bracket is checked against the limit, else the stop, else the newest close with the spread: a later gap may
  /// still open a trade beyond its own stop-loss.
  private func fault(of request: OrderRequest) -> OrderReason? {
    guard state.pointee.acceptsOrders else { return .warmUp }
    guard request.instrument == 0 else { return .unknownInstrument(symbol: "#\(request.instrument)") }
    if let fault = Self.fault(of: request.size) { return fault }
    if let name = request.clientOrderID, state.pointee.clientOrderIDs[name] != nil {
      return .duplicateClientOrderID(name)
    }
    // The reference takes any limit and stop: a limit order to sell at -1 fills at once, a stop order to sell there never.
    let least = isStrict ? 0 : -Double.infinity
    if let fault = Self.fault("limit", request.limit, above: least) ?? Self.fault("stop", request.stop, above: least)
      ?? Self.fault("stop_loss", request.stopLoss) ?? Self.fault("take_profit", request.takeProfit)
    {
      return fault
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

  private static func fault(of size: OrderSize) -> OrderReason? {
    switch size {
    case .fraction(let fraction): fraction > 0 && fraction < 1 ? nil : .invalidSize(fraction)
    case .units(let units):
      units >= 1 && units == units.rounded() && units < .infinity ? nil : .invalidSize(units)
    }
  }

  private static func fault(_ name: StaticString, _ price: Double?, above least: Double = 0) -> OrderReason? {
    guard let price, !(price > least && price < .infinity && price != 0) else { return nil }
    return .invalidPrice(name: "\(name)", value: price)
  }

  /// A price with the spread on it, as an entry in direction `sign` pays it.
  func entryPrice(_ price: Double, _ sign: Double) -> Double { price * (1 + sign * settings.spread) }

  /// Queues the close of a part of the trade at a position of the book.
  private func queueClose(of position: Int, portion: Double) -> OrderID {
    let size = state.pointee.open[position].size
    let units = max(1, (abs(size) * portion).rounded(.toNearestOrEven))
    let order = RestingOrder(
      id: state.pointee.nextOrderID, role: .close, size: size > 0 ? -units : units,
      tradeID: state.pointee.open[position].id, label: state.pointee.open[position].label)
    state.pointee.nextOrderID += 1
    state.pointee.queue.insertAtFront(order)
    state.pointee.isQuiet = false
    recordAccepted(order)
    return order.id
  }

  /// Withdraws pending orders that are not brackets and closes all trades, for a new exclusive order.
  ///
  /// The reference removes orders from the list it walks over, so that the neighbour behind each removed order is not
  /// looked at and survives; `compat` does the same.
  private func excludeOthers() {
    let orders = state.pointee.queue.living
    var position = 0
    while position < orders.count {
      let order = orders[position]
      if order.isContingent {
        position += 1
        continue
      }
      if let slot = state.pointee.queue.find(order.id) { withdraw(slot, .excluded) }
      position += isStrict ? 1 : 2
    }
    for position in state.pointee.open.indices { _ = queueClose(of: position, portion: 1) }
  }

  func placeBracket(_ role: PendingOrder.Role, at price: Double, for position: Int) {
    let order = RestingOrder(
      id: state.pointee.nextOrderID, role: role, size: -state.pointee.open[position].size,
      limit: role == .takeProfit ? price : nil, stop: role == .stopLoss ? price : nil,
      tradeID: state.pointee.open[position].id, label: state.pointee.open[position].label)
    state.pointee.nextOrderID += 1
    if role == .stopLoss { state.pointee.queue.insertAtFront(order) } else { state.pointee.queue.append(order) }
    state.pointee.setBracket(role, of: position, to: price, order: order.id)
    state.pointee.isQuiet = false
    recordAccepted(order)
  }

  /// Takes an order out of the queue and, if it is a bracket, off its trade.
  func withdraw(_ slot: OrderQueue.Slot, _ reason: OrderReason) {
    let order = state.pointee.queue[slot]
    state.pointee.queue.remove(slot)
    record(.cancelled, order, reason: reason)
    guard order.isContingent, let position = position(of: order.tradeID) else { return }
    let trade = state.pointee.open[position]
    if (order.role == .stopLoss ? trade.stopLossOrder : trade.takeProfitOrder) == order.id {
      state.pointee.setBracket(order.role, of: position, to: .nan, order: 0)
    }
  }
}

extension OrderSize {
  /// The number alone: the fraction, or the units.
  fileprivate var magnitude: Double {
    switch self {
    case .fraction(let fraction): fraction
    case .units(let units): units
    }
  }
}
