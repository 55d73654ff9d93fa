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
    queue.compact()
    if open.count != openTradeCount { open.removeAll { $0.size == 0 } }
  }

  /// One pass; tells whether the queue is to be worked off again.
  private func workOffOnce(_ bar: BarPrices, bracketsOnly: Bool) -> Bool {
    var again = false
    let backCount = queue.back.count
    var position = queue.front.count - 1
    while position >= 0 {
      if !queue.front[position].isDead, !bracketsOnly || queue.front[position].isContingent {
        if workOff(.front(position), bar) { again = true }
      }
      position -= 1
    }
    for position in 0..<backCount where !queue.back[position].isDead {
      if bracketsOnly && !queue.back[position].isContingent { continue }
      if workOff(.back(position), bar) { again = true }
    }
    return again
  }

  /// Executes one order if the bar allows it; tells whether the queue is to be worked off again.
  private func workOff(_ slot: OrderQueue.Slot, _ bar: BarPrices) -> Bool {
    guard let execution = execution(of: slot, bar) else { return false }
    let order = queue[slot]
    if order.tradeID != 0 {
      closeOut(order, slot, execution)
      return false
    }
    return enter(order, slot, execution, bar)
  }

  /// Price and bar of an order's execution; `nil` when the bar does not reach it.
  private func execution(of slot: OrderQueue.Slot, _ bar: BarPrices) -> Execution? {
    let isBuy = queue[slot].isBuy
    let isContingent = queue[slot].isContingent
    let hadStop = queue[slot].stop
    if let stop = hadStop {
      guard isBuy ? bar.high >= stop : bar.low <= stop else { return nil }
      queue[slot].stop = nil
      if !isContingent { record(.triggered, queue[slot], price: stop) }
    }
    if let limit = queue[slot].limit {
      guard isBuy ? bar.low <= limit : bar.high >= limit else { return nil }
      guard let stop = hadStop else {
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
    if let stop = hadStop {
      // Under trade-on-close the reference measures a stop entry against the previous close, ignoring the gap.
      let base = settings.tradeOnClose && !isContingent && !isStrict ? bar.previousClose : bar.open
      return Execution(
        price: isBuy ? max(base, stop) : min(base, stop), index: index, isMarket: false, isStopTriggered: true)
    }
    return settings.tradeOnClose && !isContingent
      ? Execution(price: bar.previousClose, index: index - 1, isMarket: true, isStopTriggered: false)
      : Execution(price: bar.open, index: index, isMarket: true, isStopTriggered: false)
  }
}
