import TradingModel

/// Closing trades: by their own orders, by netting, by ruin and at the end of the data.
extension SimulatedBroker {
  /// Executes an order that belongs to a trade: a close, a stop-loss or a take-profit.
  func closeOut(_ order: RestingOrder, _ slot: OrderQueue.Slot, _ execution: Execution) {
    state.pointee.queue.remove(slot)
    guard let position = position(of: order.tradeID) else {
      record(.cancelled, order, reason: .tradeClosed)
      return
    }
    let size = state.pointee.open[position].size
    let units = min(abs(size), abs(order.size))
    if units == abs(size) {
      closeTrade(position, price: execution.price, index: execution.index, by: order)
    } else {
      reduceTrade(
        position, by: order.isBuy ? units : -units, price: execution.price, index: execution.index, order: order)
    }
  }

  /// Closes a trade whole: books it, and takes its brackets out of the queue.
  ///
  /// - Parameter order: The order that caused it; `nil` for ruin and the end of the data.
  func closeTrade(_ position: Int, price: Double, index: Int, by order: RestingOrder?) {
    let trade = state.pointee.open[position]
    state.pointee.open[position].size = 0
    state.pointee.openTradeCount -= 1
    state.pointee.isBookChanged = true
    book(trade, size: trade.size, price: price, index: index, keepsBrackets: true, kind: .filled, by: order)
    if trade.stopLossOrder != 0 { releaseBracket(trade.stopLossOrder, exceptFor: order) }
    if trade.takeProfitOrder != 0 { releaseBracket(trade.takeProfitOrder, exceptFor: order) }
  }

  private func releaseBracket(_ bracket: OrderID, exceptFor order: RestingOrder?) {
    guard bracket != order?.id, let slot = state.pointee.queue.find(bracket) else { return }
    let withdrawn = state.pointee.queue[slot]
    state.pointee.queue.remove(slot)
    record(.cancelled, withdrawn, reason: .tradeClosed)
  }

  /// Closes a part of a trade; the rest keeps its place, entry price and brackets.
  ///
  /// - Parameter change: Signed units of the closing side, smaller than the trade.
  func reduceTrade(_ position: Int, by change: Double, price: Double, index: Int, order: RestingOrder?) {
    state.pointee.open[position].size += change
    state.pointee.isBookChanged = true
    let trade = state.pointee.open[position]
    if trade.stopLossOrder != 0, let slot = state.pointee.queue.find(trade.stopLossOrder) {
      state.pointee.queue.resize(slot, to: -trade.size)
    }
    if trade.takeProfitOrder != 0, let slot = state.pointee.queue.find(trade.takeProfitOrder) {
      state.pointee.queue.resize(slot, to: -trade.size)
    }
    book(trade, size: -change, price: price, index: index, keepsBrackets: false, kind: .partiallyClosed, by: order)
  }

  /// Records a closed trade or slice and settles its profit and exit commission.
  ///
  /// The recorded commission is the exit's plus the entry's, recomputed for the slice: with a fixed fee, slices
  /// together show more than the account paid.
  private func book(
    _ trade: HeldTrade, size: Double, price: Double, index: Int, keepsBrackets: Bool, kind: OrderEvent.Kind,
    by order: RestingOrder?
  ) {
    let exitCommission = settings.commission.charge(size: size, price: price)
    let entryCommission = settings.commission.charge(size: size, price: trade.entryPrice)
    let gross = size * (price - trade.entryPrice)
    let commission = exitCommission + entryCommission
    state.pointee.cash += gross - exitCommission
    state.pointee.commissionsPaid += exitCommission
    let sign: Double = size > 0 ? 1 : -1
    state.pointee.closedTrades.append(
      Trade(
        id: trade.id, instrument: 0, size: size, entryIndex: trade.entryIndex, exitIndex: index,
        entryTime: series.times[trade.entryIndex], exitTime: series.times[index], entryPrice: trade.entryPrice,
        exitPrice: price, pnl: gross - commission,
        returnFraction: sign * (price / trade.entryPrice - 1) - commission / (abs(size) * trade.entryPrice),
        commission: commission, stopLoss: keepsBrackets ? trade.stopLoss.ifPresent : nil,
        takeProfit: keepsBrackets ? trade.takeProfit.ifPresent : nil,
        tag: trade.label == 0 ? nil : state.pointee.labels[trade.label].tag))
    guard let order, order.role != .entry else { return }
    recordExecution(
      kind, order, size: abs(size), price: price, commission: exitCommission, tradeID: trade.id, at: index)
  }

  /// Closes what the rules close when the account is worth nothing, and sets it to zero.
  ///
  /// The reference removes trades from the list it walks over, so that every second one stays open and unrecorded;
  /// `compat` does the same.
  func ruin(at index: Int, price: (HeldTrade) -> Double) {
    let positions = state.pointee.open.indices.filter { state.pointee.open[$0].size != 0 }
    for (number, position) in positions.enumerated() where isStrict || number % 2 == 0 {
      closeTrade(position, price: price(state.pointee.open[position]), index: index, by: nil)
    }
    for order in state.pointee.queue.living { record(.cancelled, order, reason: .ruin) }
    state.pointee.queue = OrderQueue()
    state.pointee.open.removeAll { $0.size == 0 }
    state.pointee.cash = 0
    state.pointee.ruinIndex = index
    for later in index..<series.count { state.pointee.setEquity(0, at: later) }
  }

  /// Strict only: ruin when the account is worth nothing at the bar's worst prices; trades close at those.
  func isRuinedInside(_ index: Int) -> Bool {
    let low = series.low[index]
    let high = series.high[index]
    var worst = state.pointee.cash
    for trade in state.pointee.open where trade.size != 0 {
      worst += trade.size * ((trade.size > 0 ? low : high) - trade.entryPrice)
    }
    guard worst <= 0 else { return false }
    ruin(at: index) { $0.size > 0 ? low : high }
    return true
  }

  /// Ends the run: closes what is open if the settings say so, and lets the remaining orders expire.
  ///
  /// Compat queues closes and works off the whole queue once more on the last bar, whose open is then the exit price and
  /// on which entries placed after it still fill. Strict closes at the last close and fills nothing.
  ///
  /// - Parameter isTraded: Whether any bar was processed; with none there is nothing to finalise.
  public func finish(isTraded: Bool) {
    guard ruinIndex == nil else { return }
    if settings.finalizeTrades, isTraded {
      if isStrict {
        let close = series.close[index]
        for position in state.pointee.open.indices where state.pointee.open[position].size != 0 {
          closeTrade(position, price: close, index: index, by: nil)
        }
        state.pointee.open.removeAll { $0.size == 0 }
        state.pointee.setEquity(state.pointee.cash, at: index)
      } else {
        for trade in openTrades.reversed() { _ = try? close(trade: trade.id) }
        _ = process(index)
        if ruinIndex != nil { return }
      }
    }
    for order in state.pointee.queue.living { record(.expired, order, reason: .endOfData) }
    state.pointee.queue = OrderQueue()
  }
}
