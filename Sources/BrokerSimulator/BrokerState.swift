import TradingModel

/// Everything about an account that changes during a run.
struct BrokerState {
  var cash: Double
  /// The bar being processed or last processed.
  var index = 0
  /// Whether a bar only changes the value of what is held: no order rests, ``heldUnits`` and ``heldCost`` are up to date
  /// and nothing but the close counts. Whoever queues an order takes it back.
  var isQuiet = false
  var queue = OrderQueue()
  var labels = OrderLabels()
  /// Open trades in opening order, which is the order of their ids; closed ones are kept, with size 0, until the pass
  /// over the queue ends.
  var open: [HeldTrade] = [] { didSet { if openTradesView != nil { openTradesView = nil } } }
  /// ``open`` as others see it, made when asked for and dropped with the next change.
  var openTradesView: [OpenTrade]?
  /// Number of entries of ``open`` that are still open.
  var openTradeCount = 0
  /// Sum of sizes, of their magnitudes, and of size times entry price over the open trades, added up in opening order.
  /// A new trade extends them; after a trade shrank or closed (``isBookChanged``) they are added up anew when next
  /// needed, because the last bit depends on the order of the additions. A bar on which nothing happens costs two
  /// additions however many trades are open.
  var heldUnits = 0.0
  var heldGross = 0.0
  var heldCost = 0.0
  var isBookChanged = false
  /// Closed trades in closing order.
  var closedTrades: [Trade] = []
  /// Whether events are kept; counted they are in any case.
  var keepsOrderEvents = true
  var orderEvents = OrderEventLog()
  /// Numbers of events and of closed trades above which room is made for more.
  private var eventRoom = -1
  private var tradeRoom = -1
  /// The events a strategy has asked for, made up to there once.
  var readEvents: [OrderEvent] = []
  var lastRejection: (index: Int, reason: OrderReason?)?
  /// Where the account value after each bar goes; empty when nobody wants it. A pointer, because an array would be checked
  /// for other owners on every bar.
  var equityCurve = UnsafeMutableBufferPointer<Double>(start: nil, count: 0)
  var ruinIndex: Int?
  var commissionsPaid = 0.0
  var rejectedCount = 0
  var warnings: [String] = []
  var hasWarnedOfLateBracket = false
  private(set) var notes: [(name: String, values: [(index: Int, value: Double)])] = []
  /// The note expected next: a strategy makes the same ones in the same order on every bar.
  private var expectedNote = 0
  var acceptsOrders = true
  var nextOrderID: OrderID = 1
  var nextTradeID: TradeID = 1
  var clientOrderIDs: [String: OrderID] = [:]

  init(cash: Double) { self.cash = cash }

  /// Notes a value for charts on the present bar.
  mutating func note(_ name: String, _ value: Double) {
    var place = expectedNote
    if place >= notes.count || notes[place].name != name {
      place = notes.firstIndex { $0.name == name } ?? notes.count
      if place == notes.count { notes.append((name, [])) }
    }
    notes[place].values.append((index, value))
    expectedNote = place + 1 == notes.count ? 0 : place + 1
  }

  mutating func setEquity(_ value: Double, at index: Int) {
    if index < equityCurve.count { equityCurve[index] = value }
  }

  /// Takes trades that are closed off ``open``.
  mutating func dropClosed() {
    // One by one from the end: for the few there are, faster than `removeAll`.
    if openTradeCount <= 1 {
      let last = open.last { $0.size != 0 }
      while !open.isEmpty { open.removeLast() }
      if let last { open.append(last) }
    } else {
      open.removeAll { $0.size == 0 }
    }
  }

  /// Notes the stop-loss or take-profit of a trade in its place of ``open``, and in the view others may have of it: moving
  /// one stop of a hundred trades must not cost a new view of all.
  ///
  /// - Parameters:
  ///   - price: NaN for none.
  ///   - order: 0 for none.
  mutating func setBracket(_ role: PendingOrder.Role, of position: Int, to price: Double, order: OrderID) {
    var view = openTradesView
    openTradesView = nil
    if role == .stopLoss {
      open[position].stopLoss = price
      open[position].stopLossOrder = order
    } else {
      open[position].takeProfit = price
      open[position].takeProfitOrder = order
    }
    // Places agree only while none of ``open`` is closed.
    guard openTradeCount == open.count else { return }
    view?[position] = open[position].description(labels)
    openTradesView = view
  }

  /// Makes room for the trades and events of the whole run, if it goes on as so far: growing by doubling copies them
  /// several times and touches twice the memory, while what is not needed in the end was never touched.
  mutating func makeRoom(bars: Int) {
    guard orderEvents.count > eventRoom || closedTrades.count > tradeRoom else { return }
    let growth = min(32, max(1.5, 1.1 * Double(bars) / Double(index + 1)))
    func grown(_ count: Int) -> Int { max(64, min(Int(Double(count) * growth), max(2 * count, 1 << 22))) }
    let (events, trades) = (grown(orderEvents.count), grown(closedTrades.count))
    if keepsOrderEvents { orderEvents.reserveCapacity(events) }
    closedTrades.reserveCapacity(trades)
    // A bar seldom brings more than what is left then.
    eventRoom = max(eventRoom, events - 8)
    tradeRoom = max(tradeRoom, trades - 4)
  }

  /// Sets ``isQuiet`` at the end of a bar.
  mutating func noteQuiet(isStrict: Bool) {
    guard queue.isEmpty, !(isStrict && openTradeCount > 0) else { return isQuiet = false }
    if isBookChanged { sumBook() }
    isQuiet = true
  }

  mutating func sumBook() {
    isBookChanged = false
    heldUnits = 0
    heldCost = 0
    heldGross = 0
    for position in open.indices where open[position].size != 0 {
      let size = open[position].size
      heldUnits += size
      heldGross += abs(size)
      heldCost += size * open[position].entryPrice
    }
  }
}
