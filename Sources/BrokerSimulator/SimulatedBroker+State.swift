public import TradingModel

/// The account as others see it.
extension SimulatedBroker {
  /// Money in the account, without open profit.
  public var cash: Double { state.pointee.cash }
  /// Number of open trades.
  public var openTradeCount: Int { state.pointee.openTradeCount }
  /// Closed trades in closing order.
  public var closedTrades: [Trade] { state.pointee.closedTrades }
  /// Every step of every order so far; empty when ``keepsOrderEvents`` is off.
  public var orderEvents: [OrderEvent] {
    for position in state.pointee.readEvents.count..<state.pointee.orderEvents.count {
      state.pointee.readEvents.append(state.pointee.orderEvents[position])
    }
    return state.pointee.readEvents
  }
  /// Number of steps of all orders so far.
  public var orderEventCount: Int { state.pointee.orderEvents.count }
  /// Every step of every order so far, in the form a run keeps.
  public var orderEventLog: OrderEventLog { state.pointee.orderEvents }
  /// Whether events are kept. Without, nothing else differs; set it before the first bar.
  public var keepsOrderEvents: Bool {
    get { state.pointee.keepsOrderEvents }
    set { state.pointee.keepsOrderEvents = newValue }
  }
  /// The newest order refused: the bar it was refused on, and why.
  public var lastRejection: (index: Int, reason: OrderReason?)? { state.pointee.lastRejection }
  /// Has the account value after each bar written to a buffer with one place a bar, until ``endEquityCurve(firstTraded:barsDone:)``.
  public func beginEquityCurve(_ curve: UnsafeMutableBufferPointer<Double>) { state.pointee.equityCurve = curve }
  /// Lets go of the buffer of ``beginEquityCurve(_:)``, its places up to `barsDone` filled: bars before the first traded one
  /// carry its value; without any, the cash.
  public func endEquityCurve(firstTraded: Int, barsDone: Int) {
    let curve = state.pointee.equityCurve
    let initial = firstTraded < barsDone ? curve[firstTraded] : cash
    for index in 0..<min(firstTraded, barsDone) { curve[index] = initial }
    state.pointee.equityCurve = UnsafeMutableBufferPointer(start: nil, count: 0)
  }
  /// The bar being processed or last processed.
  public var index: Int { state.pointee.index }
  /// The bar on which the account was ruined.
  public var ruinIndex: Int? { state.pointee.ruinIndex }
  /// Commissions taken from the account so far.
  public var commissionsPaid: Double { state.pointee.commissionsPaid }
  /// Number of orders refused so far, when placed or when they should have filled.
  public var rejectedCount: Int { state.pointee.rejectedCount }
  /// What a user should know.
  public var warnings: [String] { state.pointee.warnings }
  /// Values noted for charts, by name, with the bar they belong to.
  public var notes: [(name: String, values: [(index: Int, value: Double)])] { state.pointee.notes }
  /// Whether orders are taken; off while the strategy warms up.
  public var acceptsOrders: Bool {
    get { state.pointee.acceptsOrders }
    set { state.pointee.acceptsOrders = newValue }
  }

  /// Open trades in opening order.
  public var openTrades: [OpenTrade] {
    if let view = state.pointee.openTradesView { return view }
    var view: [OpenTrade] = []
    view.reserveCapacity(state.pointee.openTradeCount)
    let labels = state.pointee.labels
    for trade in state.pointee.open where trade.size != 0 { view.append(trade.description(labels)) }
    state.pointee.openTradesView = view
    return view
  }

  /// Resting orders in the order they will be worked off.
  public var pendingOrders: [PendingOrder] {
    let labels = state.pointee.labels
    return state.pointee.queue.living.map { $0.description(labels) }
  }

  /// Units held of an instrument, signed.
  public func positionSize(of instrument: InstrumentIndex) -> Double {
    guard instrument == 0, state.pointee.openTradeCount > 0 else { return 0 }
    if state.pointee.isBookChanged { state.pointee.sumBook() }
    return state.pointee.heldUnits
  }
}
