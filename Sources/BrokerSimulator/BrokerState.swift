import TradingModel

/// Everything about an account that changes during a run.
struct BrokerState {
  var cash: Double
  /// The bar being processed or last processed.
  var index = 0
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
  var notes: [(name: String, values: [(index: Int, value: Double)])] = []
  var acceptsOrders = true
  var nextOrderID: OrderID = 1
  var nextTradeID: TradeID = 1
  var clientOrderIDs: [String: OrderID] = [:]

  init(cash: Double) { self.cash = cash }

  mutating func setEquity(_ value: Double, at index: Int) {
    if index < equityCurve.count { equityCurve[index] = value }
  }

  /// Takes trades that are closed off ``open``.
  mutating func dropClosed() {
    if openTradeCount == 0 { open.removeAll(keepingCapacity: true) } else { open.removeAll { $0.size == 0 } }
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
