import TradingModel

/// Working off the queue on one bar: which orders execute, and at what price.
extension SimulatedBroker {
  /// The bar being filled against.
  struct BarPrices {
    let open: Double
    let high: Double
    let low: Double
    let close: Double
    let previousClose: Double
  }

  /// One execution.
  struct Execution {
    /// Price before the spread.
    let price: Double
    /// The bar it is booked on.
    let index: Int
    /// Whether the order had neither stop nor limit left.
    let isMarket: Bool
    /// Whether its stop was touched in this pass.
    let isStopTriggered: Bool
  }

  /// Works off every order once, in queue order, on the current bar.
  ///
  /// Orders that come up meanwhile wait for the next bar, unless a market entry brought a stop-loss or take-profit: then
  /// the whole queue is worked off once more on the same bar.
  func workOffQueue() {
    let bar = BarPrices(
      open: series.open[index], high: series.high[index], low: series.low[index], close: series.close[index],
      previousClose: index > 0 ? series.close[index - 1] : series.open[index])
    var bracketsOnly = false
    while workOffOnce(bar, bracketsOnly: bracketsOnly) {
      // A second look at unrelated orders would give a stop-limit two chances on one bar.
      bracketsOnly = isStrict
    }
    state.pointee.queue.compact()
    if state.pointee.open.count != openTradeCount { state.pointee.dropClosed() }
  }

  /// One pass; tells whether the queue is to be worked off again.
  private func workOffOnce(_ bar: BarPrices, bracketsOnly: Bool) -> Bool {
    var again = false
    let backCount = state.pointee.queue.back.count
    var position = state.pointee.queue.front.count - 1
    while position >= 0 {
      if state.pointee.queue.front[position].isReached(bar.high, bar.low) {
        let order = state.pointee.queue.front[position]
        if !bracketsOnly || order.isContingent, workOff(order, .front(position), bar) { again = true }
      }
      position -= 1
    }
    position = 0
    while position < backCount {
      if state.pointee.queue.back[position].isReached(bar.high, bar.low) {
        let order = state.pointee.queue.back[position]
        if !bracketsOnly || order.isContingent, workOff(order, .back(position), bar) { again = true }
      }
      position += 1
    }
    return again
  }

  /// Executes one order if the bar allows it; tells whether the queue is to be worked off again.
  private func workOff(_ order: RestingOrder, _ slot: OrderQueue.Slot, _ bar: BarPrices) -> Bool {
    guard let execution = execution(of: order, slot, bar) else { return false }
    if order.tradeID != 0 {
      closeOut(order, slot, execution)
      return false
    }
    return enter(order, slot, execution, bar)
  }

  /// Price and bar of an order's execution; `nil` when the bar does not reach it.
  private func execution(of order: RestingOrder, _ slot: OrderQueue.Slot, _ bar: BarPrices) -> Execution? {
    let isBuy = order.isBuy
    let stop = order.stop
    let hasStop = !stop.isNaN
    if hasStop {
      guard isBuy ? bar.high >= stop : bar.low <= stop else { return nil }
      state.pointee.queue.trigger(slot)
      if !order.isContingent { record(.triggered, order, price: stop) }
    }
    let limit = order.limit
    if !limit.isNaN {
      guard isBuy ? bar.low <= limit : bar.high >= limit else { return nil }
      guard hasStop else {
        return Execution(
          price: isBuy ? min(bar.open, limit) : max(bar.open, limit), index: index, isMarket: false,
          isStopTriggered: false)
      }
      // Which of the two prices came first is unknown: the order stays, as a limit order.
      if isBuy ? limit <= stop : limit >= stop { return nil }
      // The reference fills at the stop even where the bar opened beyond it; strict fills at the open then.
      let base = isStrict ? (isBuy ? max(bar.open, stop) : min(bar.open, stop)) : stop
      if isStrict, isBuy ? base > limit : base < limit { return nil }
      return Execution(
        price: isBuy ? min(base, limit) : max(base, limit), index: index, isMarket: false, isStopTriggered: true)
    }
    if hasStop {
      // Under trade-on-close the reference measures a stop entry against the previous close, ignoring the gap.
      let base = settings.tradeOnClose && !order.isContingent && !isStrict ? bar.previousClose : bar.open
      return Execution(
        price: isBuy ? max(base, stop) : min(base, stop), index: index, isMarket: false, isStopTriggered: true)
    }
    return settings.tradeOnClose && !order.isContingent
      ? Execution(price: bar.previousClose, index: index - 1, isMarket: true, isStopTriggered: false)
      : Execution(price: bar.open, index: index, isMarket: true, isStopTriggered: false)
  }
}
