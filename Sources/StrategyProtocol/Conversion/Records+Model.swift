package import TradingModel

extension Event {
  /// The wire's form of an order event.
  package init(_ event: OrderEvent, symbols: SymbolTable) {
    self.init(
      sequence: event.sequence, kind: EventKind(event.kind), index: event.index, time: event.time,
      orderID: event.orderID, clientOrderID: event.clientOrderID, role: OrderRole(event.role),
      symbol: symbols.symbol(event.instrument), side: OrderSide(event.side), quantity: event.size, price: event.price,
      commission: event.commission, tradeID: event.tradeID,
      reason: event.reason.map { OrderReasonObject(code: $0.code, message: $0.message) })
  }
}

extension TradeState {
  /// The wire's form of an open trade.
  package init(_ trade: OpenTrade, symbols: SymbolTable) {
    self.init(
      tradeID: trade.id, symbol: symbols.symbol(trade.instrument), quantity: trade.size, entryPrice: trade.entryPrice,
      entryIndex: trade.entryIndex, stopLoss: trade.stopLoss, takeProfit: trade.takeProfit, tag: trade.tag)
  }

  /// The model's form; `nil` when the symbol is not in the run.
  package func openTrade(_ symbols: SymbolTable) -> OpenTrade? {
    symbols.index(symbol).map { instrument in
      OpenTrade(
        id: tradeID, instrument: instrument, size: quantity, entryPrice: entryPrice, entryIndex: entryIndex,
        stopLoss: stopLoss, takeProfit: takeProfit, tag: tag)
    }
  }
}

extension ClosedTrade {
  /// The wire's form of a closed trade; its return becomes a percentage.
  package init(_ trade: Trade, symbols: SymbolTable) {
    self.init(
      tradeID: trade.id, symbol: symbols.symbol(trade.instrument), quantity: trade.size, entryIndex: trade.entryIndex,
      exitIndex: trade.exitIndex, entryTime: trade.entryTime, exitTime: trade.exitTime, entryPrice: trade.entryPrice,
      exitPrice: trade.exitPrice, pnl: trade.pnl, returnPercent: trade.returnFraction * 100,
      commission: trade.commission, stopLoss: trade.stopLoss, takeProfit: trade.takeProfit, tag: trade.tag)
  }

  /// The model's form; `nil` when the symbol is not in the run.
  package func trade(_ symbols: SymbolTable) -> Trade? {
    symbols.index(symbol).map { instrument in
      Trade(
        id: tradeID, instrument: instrument, size: quantity, entryIndex: entryIndex, exitIndex: exitIndex,
        entryTime: entryTime, exitTime: exitTime, entryPrice: entryPrice, exitPrice: exitPrice, pnl: pnl,
        returnFraction: returnPercent / 100, commission: commission, stopLoss: stopLoss, takeProfit: takeProfit,
        tag: tag)
    }
  }
}

extension TradeRecord {
  /// The form in which clients see a closed trade; its return becomes a percentage.
  package init(_ trade: Trade, symbols: SymbolTable) {
    self.init(
      size: trade.size, entryIndex: trade.entryIndex, exitIndex: trade.exitIndex, entryTime: trade.entryTime,
      exitTime: trade.exitTime, entryPrice: trade.entryPrice, exitPrice: trade.exitPrice, pnl: trade.pnl,
      returnPercent: trade.returnFraction * 100, commission: trade.commission, stopLoss: trade.stopLoss,
      takeProfit: trade.takeProfit, tag: trade.tag, symbol: symbols.symbol(trade.instrument))
  }
}

extension PositionRow {
  /// What is held of one instrument; `nil` without an open trade.
  ///
  /// - Parameters:
  ///   - trades: The run's open trades in opening order; those of other instruments are passed over.
  ///   - close: The instrument's newest close.
  package init?(of instrument: InstrumentIndex, trades: some Sequence<OpenTrade>, close: Double) {
    var quantity = 0.0
    var cost = 0.0
    var profit = 0.0
    var isFlat = true
    for trade in trades where trade.instrument == instrument {
      isFlat = false
      quantity += trade.size
      cost += trade.size * trade.entryPrice
      profit += trade.size * (close - trade.entryPrice)
    }
    if isFlat { return nil }
    self.init(
      quantity: quantity, averagePrice: quantity == 0 ? nil : cost / quantity, marketValue: quantity * close,
      unrealizedPnL: profit)
  }
}

extension TradableSymbol {
  /// The wire's form of an instrument.
  package init(_ instrument: Instrument) {
    self.init(symbol: instrument.symbol, currency: instrument.currency, timezone: instrument.timeZone)
  }

  /// The model's form.
  package var instrument: Instrument { Instrument(symbol: symbol, currency: currency, timeZone: timezone) }
}
