public import TradingModel

/// A broker that fills orders against recorded bars.
///
/// It keeps one cash account, a queue of resting orders and the open trades. Per bar the engine calls
/// ``process(_:)``, which works off the queue, values the account at the close and checks for ruin; in between a
/// strategy places, amends and withdraws orders, which act from the next bar on. The notional value of a trade never
/// leaves the cash: only commissions, and the profit or loss when a trade closes, do.
///
/// The rules of profile `compat` are those of backtesting.py 0.6.6; where `strict` differs, the code says so.
/// A broker belongs to one thread.
public final class SimulatedBroker {
  /// The rules and the account it was made with.
  public let settings: ExecutionSettings
  /// Bars to fill against.
  let series: BarSeries
  let leverage: Double
  let isStrict: Bool
  /// What changes while the run goes on. Behind a pointer, because the properties of a class are checked for overlapping
  /// access each time they are touched, which on an idle bar costs more than the bar.
  let state: UnsafeMutablePointer<BrokerState>

  /// Makes a broker for one run over one series.
  ///
  /// - Throws: ``SettingsError``.
  public init(series: BarSeries, settings: ExecutionSettings) throws {
    try settings.validate()
    self.series = series
    self.settings = settings
    leverage = 1 / settings.margin
    isStrict = settings.profile == .strict
    state = .allocate(capacity: 1)
    state.initialize(to: BrokerState(cash: settings.cash))
  }

  deinit {
    state.deinitialize(count: 1)
    state.deallocate()
  }

  /// Works off the queue on bar `index`, values the account at its close and checks for ruin.
  ///
  /// - Returns: Whether the account is still alive.
  public func process(_ index: Int) -> Bool {
    // Short and without a call on the way, so that it needs no stack: on most bars it is all there is to do.
    guard state.pointee.isQuiet else { return processOrders(index) }
    state.pointee.index = index
    let equity = state.pointee.cash + (series.close[index] * state.pointee.heldUnits - state.pointee.heldCost)
    state.pointee.setEquity(equity, at: index)
    return equity > 0 || endInRuin(index)
  }

  /// ``process(_:)`` on a bar on which more may happen than a change of value.
  @inline(never)
  func processOrders(_ index: Int) -> Bool {
    state.pointee.index = index
    state.pointee.makeRoom(bars: series.count)
    if !state.pointee.queue.isEmpty { workOffQueue() }
    if isStrict, openTradeCount > 0, isRuinedInside(index) { return false }
    let equity = equity(at: series.close[index])
    state.pointee.setEquity(equity, at: index)
    state.pointee.noteQuiet(isStrict: isStrict)
    return equity > 0 || endInRuin(index)
  }

  /// Closes the account at the close of a bar; tells that it is no longer alive.
  @inline(never)
  func endInRuin(_ index: Int) -> Bool {
    ruin(at: index, price: { [close = series.close[index]] _ in close })
    return false
  }

  /// Makes `index` the current bar without working on it, for the bars before trading starts.
  public func passOver(_ index: Int) { state.pointee.index = index }

  /// Account value at the newest close: ``cash`` plus open profit.
  public var equity: Double { equity(at: series.close[index]) }

  /// Account value with every open trade valued at `price`.
  func equity(at price: Double) -> Double {
    if state.pointee.openTradeCount == 0 { return state.pointee.cash }
    if state.pointee.isBookChanged { state.pointee.sumBook() }
    return state.pointee.cash + (price * state.pointee.heldUnits - state.pointee.heldCost)
  }

  /// Position of an open trade in ``open``.
  func position(of trade: TradeID) -> Int? {
    var low = 0
    var high = state.pointee.open.count
    while low < high {
      let middle = (low + high) / 2
      if state.pointee.open[middle].id < trade { low = middle + 1 } else { high = middle }
    }
    return low < state.pointee.open.count && state.pointee.open[low].id == trade && state.pointee.open[low].size != 0
      ? low : nil
  }

  /// Records that an order rests now.
  func recordAccepted(_ order: RestingOrder) {
    guard state.pointee.keepsOrderEvents else { return }
    let index = state.pointee.index
    append(
      .accepted, order, index, size: order.isFraction ? 0 : abs(order.size), price: order.price, tradeID: order.tradeID)
  }

  /// Records that an order was executed.
  ///
  /// - Parameter kind: `filled` or `partiallyClosed`.
  func recordExecution(
    _ kind: OrderEvent.Kind, _ order: RestingOrder, size: Double, price: Double, commission: Double, tradeID: TradeID,
    at index: Int
  ) {
    guard state.pointee.keepsOrderEvents else { return }
    append(kind, order, index, size: size, price: price, commission: commission, tradeID: tradeID)
  }

  /// Records any other step.
  func record(
    _ kind: OrderEvent.Kind, _ order: RestingOrder, size: Double? = nil, price: Double? = nil,
    reason: OrderReason? = nil
  ) {
    let index = state.pointee.index
    if kind == .rejected {
      state.pointee.rejectedCount += 1
      state.pointee.lastRejection = (index, reason)
    }
    guard state.pointee.keepsOrderEvents else { return }
    append(
      kind, order, index, size: size ?? (order.isFraction ? 0 : abs(order.size)), price: price ?? order.price,
      tradeID: order.tradeID, reason: reason)
  }

  private func append(
    _ kind: OrderEvent.Kind, _ order: RestingOrder, _ index: Int, size: Double, price: Double, commission: Double = 0,
    tradeID: TradeID, reason: OrderReason? = nil
  ) {
    let event = OrderEventLog.Entry(
      kind, index: index, time: series.times[index], orderID: order.id, role: order.role, side: order.side, size: size,
      price: price, commission: commission, tradeID: tradeID)
    if order.label == 0, reason == nil {
      state.pointee.orderEvents.append(event)
    } else {
      state.pointee.orderEvents.append(
        event, clientOrderID: state.pointee.labels[order.label].clientOrderID, reason: reason)
    }
  }
}
