package import TradingModel

extension OrderAction {
  /// The broker's form of the order.
  ///
  /// A `fraction` of exactly 1 means the whole buying power (``OrderSize/all``), and so does an order without a size.
  ///
  /// - Throws: ``ActionRefusal`` when the size or the type is not possible; prices are the broker's to judge.
  package func request(_ symbols: SymbolTable) throws(ActionRefusal) -> OrderRequest {
    let instrument = try symbols.resolve(symbol)
    let size = try orderSize()
    let prices = OrderType(hasLimit: limitPrice != nil, hasStop: stopPrice != nil)
    if let type {
      guard let type = OrderType(rawValue: type) else { throw .broker(.unsupported("the order type \(type)")) }
      if type != prices { throw .typeMismatch(type: type, prices: prices) }
    }
    return OrderRequest(
      Side(side), size: size, limit: limitPrice, stop: stopPrice, stopLoss: stopLoss, takeProfit: takeProfit, tag: tag,
      clientOrderID: clientOrderID, instrument: instrument)
  }

  private func orderSize() throws(ActionRefusal) -> OrderSize {
    switch (quantity, fraction) {
    case (nil, nil): return .all
    case (let quantity?, nil):
      guard quantity >= 1, quantity.rounded(.down) == quantity, quantity.isFinite else {
        throw .broker(.invalidSize(quantity))
      }
      return .units(quantity)
    case (nil, let fraction?):
      guard fraction > 0, fraction <= 1 else { throw .broker(.invalidSize(fraction)) }
      return fraction == 1 ? .all : .fraction(fraction)
    case (let quantity?, _?): throw .broker(.invalidSize(quantity))
    }
  }

  /// The wire's form of an order.
  package init(_ request: OrderRequest, symbols: SymbolTable, barIndex: Int? = nil) {
    self.init(
      barIndex: barIndex, clientOrderID: request.clientOrderID, symbol: symbols.symbol(request.instrument),
      side: OrderSide(request.side), quantity: request.size.units, fraction: request.size.fraction,
      limitPrice: request.limit, stopPrice: request.stop, stopLoss: request.stopLoss, takeProfit: request.takeProfit,
      tag: request.tag)
  }
}

extension OrderSize {
  /// Whole units, if that is how the size is given.
  fileprivate var units: Double? { if case .units(let units) = self { units } else { nil } }
  /// Part of the buying power, if that is how the size is given.
  fileprivate var fraction: Double? { if case .fraction(let fraction) = self { fraction } else { nil } }

  /// The size of a resting order on the wire; `nil` when it has neither or both forms.
  fileprivate init?(quantity: Double?, fraction: Double?) {
    switch (quantity, fraction) {
    case (let quantity?, nil): self = .units(quantity)
    case (nil, let fraction?): self = .fraction(fraction)
    default: return nil
    }
  }
}

extension OrderState {
  /// The wire's form of a resting order.
  package init(_ order: PendingOrder, symbols: SymbolTable) {
    self.init(
      orderID: order.id, clientOrderID: order.clientOrderID, role: OrderRole(order.role),
      symbol: symbols.symbol(order.instrument), side: OrderSide(order.side), quantity: order.size.units,
      fraction: order.size.fraction, limitPrice: order.limit, stopPrice: order.stop, stopLoss: order.stopLoss,
      takeProfit: order.takeProfit, tag: order.tag, tradeID: order.tradeID)
  }

  /// The model's form; `nil` when the symbol is not in the run or the size is not given one way.
  package func pendingOrder(_ symbols: SymbolTable) -> PendingOrder? {
    guard let instrument = symbols.index(symbol), let size = OrderSize(quantity: quantity, fraction: fraction) else {
      return nil
    }
    return PendingOrder(
      id: orderID, role: PendingOrder.Role(role), instrument: instrument, side: Side(side), size: size,
      limit: limitPrice,
      stop: stopPrice, stopLoss: stopLoss, takeProfit: takeProfit, tag: tag, clientOrderID: clientOrderID,
      tradeID: tradeID)
  }
}
