import TradingModel

/// Executing entry orders: netting, sizing, margin, and the brackets a new trade brings.
extension SimulatedBroker {
  /// Executes an entry; tells whether the queue is to be worked off again on this bar.
  func enter(_ order: RestingOrder, _ slot: OrderQueue.Slot, _ execution: Execution, _ bar: BarPrices) -> Bool {
    let sign: Double = order.isBuy ? 1 : -1
    let price = entryPrice(execution.price, sign)
    // The commission is asked for with the size as ordered, a fraction where it is one, so that a fixed fee counts
    // once per unit: the reference's formula, kept because sizes follow from it.
    let unitCost = price + settings.commission.charge(size: order.size, price: execution.price) / abs(order.size)
    // Compat values open trades at the close of the bar being filled, which nobody can know at that moment.
    let mark = isStrict ? execution.price : bar.close
    var need = order.size
    if order.isFraction {
      let fraction = abs(order.size)
      let units = withBuyingPower(at: mark) { [leverage] in floorDivision($0 * leverage * fraction, unitCost) }
      guard units >= 1, units < .infinity else {
        let available = buyingPower(at: mark) * leverage * fraction
        drop(order, slot, .lessThanOneUnit(available: available, unitCost: unitCost))
        return false
      }
      need = units * sign
    }
    let ordered = need
    if !settings.hedging { need = net(need, against: order, execution) }
    guard need != 0 else {
      state.pointee.queue.remove(slot)
      recordExecution(
        .filled, order, size: abs(ordered), price: execution.price, commission: 0, tradeID: 0, at: execution.index)
      return false
    }
    let required = abs(need) * unitCost
    guard withBuyingPower(at: mark, { [leverage] in required <= $0 * leverage }) else {
      drop(order, slot, .insufficientMargin(required: required, available: buyingPower(at: mark) * leverage))
      return false
    }
    state.pointee.queue.remove(slot)
    let trade = openTrade(order, size: need, price: price, index: execution.index, filled: ordered)
    return isBracketDue(order, execution, bar, trade: trade)
  }

  /// Money free for new trades: equity less the margin of the open ones, all valued at `price`.
  ///
  /// The margins are divided and added one by one in opening order: where an order just fits, the last bit decides.
  private func buyingPower(at price: Double) -> Double {
    if openTradeCount == 0 { return max(0, state.pointee.cash) }
    var used = 0.0
    for position in state.pointee.open.indices {
      let size = state.pointee.open[position].size
      if size != 0 { used += abs(size) * price / leverage }
    }
    return max(0, equity(at: price) - used)
  }

  /// The outcome of a decision that depends on ``buyingPower(at:)`` and on nothing else, and changes in one direction
  /// as it grows.
  ///
  /// With many open trades it is first asked at both ends of the interval in which the exact sum must lie; only when
  /// the two disagree is the sum worked out, so that an order does not cost a walk over all trades.
  private func withBuyingPower<Outcome: Equatable>(at price: Double, _ decide: (Double) -> Outcome) -> Outcome {
    if openTradeCount > 16 {
      let equity = equity(at: price)
      let used = state.pointee.heldGross * price / leverage
      let error = (used + abs(equity)) * Double(openTradeCount + 16) * 0x1p-52
      let low = decide(max(0, equity - used - error))
      if low == decide(max(0, equity - used + error)) { return low }
    }
    return decide(buyingPower(at: price))
  }

  /// Closes trades in the other direction, oldest first, at the execution price without spread.
  ///
  /// - Returns: What is left of `need`, signed.
  private func net(_ need: Double, against order: RestingOrder, _ execution: Execution) -> Double {
    var need = need
    var position = 0
    while position < state.pointee.open.count, need != 0 {
      let size = state.pointee.open[position].size
      if size != 0, (size > 0) != (need > 0) {
        if abs(need) >= abs(size) {
          closeTrade(position, price: execution.price, index: execution.index, by: order)
          need += size
        } else {
          reduceTrade(position, by: need, price: execution.price, index: execution.index, order: order)
          need = 0
        }
      }
      position += 1
    }
    return need
  }

  private func openTrade(
    _ order: RestingOrder, size: Double, price: Double, index: Int, filled: Double
  ) -> TradeID {
    let id = state.pointee.nextTradeID
    state.pointee.nextTradeID += 1
    let commission = settings.commission.charge(size: size, price: price)
    state.pointee.cash -= commission
    state.pointee.commissionsPaid += commission
    state.pointee.open.append(
      HeldTrade(
        id: id, size: size, entryPrice: price, entryIndex: index,
        label: order.label == 0 ? 0 : state.pointee.labels.add(tag: state.pointee.labels[order.label].tag)))
    state.pointee.openTradeCount += 1
    state.pointee.heldUnits += size
    state.pointee.heldGross += abs(size)
    state.pointee.heldCost += size * price
    recordExecution(.filled, order, size: abs(filled), price: price, commission: commission, tradeID: id, at: index)
    let position = state.pointee.open.count - 1
    if !order.takeProfit.isNaN { placeBracket(.takeProfit, at: order.takeProfit, for: position) }
    if !order.stopLoss.isNaN { placeBracket(.stopLoss, at: order.stopLoss, for: position) }
    return id
  }

  /// Whether the brackets of a trade just opened may already act on the bar of its entry.
  ///
  /// After a market entry at the open, always. After a stop entry only when the take-profit is surely reached and the
  /// stop-loss surely not. Otherwise the order of the bar's prices is unknown and they wait for the next bar.
  private func isBracketDue(
    _ order: RestingOrder, _ execution: Execution, _ bar: BarPrices, trade: TradeID
  ) -> Bool {
    let (stopLoss, takeProfit) = (order.stopLoss, order.takeProfit)
    guard !stopLoss.isNaN || !takeProfit.isNaN else { return false }
    if execution.isMarket { return true }
    // A price that is not there is NaN: it is never reached, and never in the way.
    if execution.isStopTriggered, order.limit.isNaN {
      let isSure =
        order.isBuy
        ? takeProfit <= bar.high && !(stopLoss >= bar.low) : takeProfit >= bar.low && !(stopLoss <= bar.high)
      if isSure { return true }
    }
    if stopLoss >= bar.low && stopLoss <= bar.high || takeProfit >= bar.low && takeProfit <= bar.high {
      noteLateBracket(trade)
    }
    return false
  }

  /// Warns once; the events tell the rest.
  private func noteLateBracket(_ trade: TradeID) {
    guard !state.pointee.hasWarnedOfLateBracket else { return }
    state.pointee.hasWarnedOfLateBracket = true
    warn(
      "Trade \(trade), entered by a limit or stop order, has its stop-loss or take-profit inside the bar of its entry; "
        + "which price came first is unknown, so brackets act from the next bar on. Other trades may be concerned.")
  }

  private func drop(_ order: RestingOrder, _ slot: OrderQueue.Slot, _ reason: OrderReason) {
    state.pointee.queue.remove(slot)
    record(.rejected, order, reason: reason)
  }
}
