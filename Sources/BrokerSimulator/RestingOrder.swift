import TradingModel

/// An order in the queue, in the form the matching works with: plain numbers, so that looking at it on every bar costs
/// no reference counting. Prices that are not there are NaN, which no comparison reaches.
struct RestingOrder {
  let id: OrderID
  let role: PendingOrder.Role
  /// Removed from the queue, its slot not yet reused.
  var isDead = false
  /// Signed: below 1 in magnitude a fraction of the buying power, else units.
  var size: Double
  let limit: Double
  /// NaN for good once triggered.
  var stop: Double
  let stopLoss: Double
  let takeProfit: Double
  /// The trade it closes; 0 for an entry.
  let tradeID: TradeID
  /// Where its texts are in ``OrderLabels``; 0 when it has none.
  let label: Int

  init(
    id: OrderID, role: PendingOrder.Role, size: Double, limit: Double? = nil, stop: Double? = nil,
    stopLoss: Double? = nil, takeProfit: Double? = nil, tradeID: TradeID = 0, label: Int = 0
  ) {
    self.id = id
    self.role = role
    self.size = size
    self.limit = limit ?? .nan
    self.stop = stop ?? .nan
    self.stopLoss = stopLoss ?? .nan
    self.takeProfit = takeProfit ?? .nan
    self.tradeID = tradeID
    self.label = label
  }

  var isBuy: Bool { size > 0 }
  var isContingent: Bool { role == .stopLoss || role == .takeProfit }
  var side: Side { size > 0 ? .buy : .sell }
  var isFraction: Bool { abs(size) < 1 }
  /// Whether it is alive and a bar touches the price it waits for first: its stop, else its limit, if it has one.
  @inline(__always)
  func isReached(_ high: Double, _ low: Double) -> Bool {
    if isDead { return false }
    if !stop.isNaN { return isBuy ? high >= stop : low <= stop }
    return limit.isNaN || (isBuy ? low <= limit : high >= limit)
  }
  /// The limit, else the stop; NaN if there is neither.
  var price: Double { limit.isNaN ? stop : limit }

  func description(_ labels: OrderLabels) -> PendingOrder {
    PendingOrder(
      id: id, role: role, instrument: 0, side: side,
      size: isFraction ? .fraction(abs(size)) : .units(abs(size)), limit: limit.ifPresent, stop: stop.ifPresent,
      stopLoss: stopLoss.ifPresent, takeProfit: takeProfit.ifPresent, tag: labels[label].tag,
      clientOrderID: labels[label].clientOrderID, tradeID: tradeID == 0 ? nil : tradeID)
  }
}

/// The texts of orders, kept apart from their numbers.
struct OrderLabels {
  private var entries: [(tag: String?, clientOrderID: String?)] = [(nil, nil)]

  /// Keeps an order's texts.
  ///
  /// - Returns: Where they are; 0 when there are none.
  mutating func add(tag: String?, clientOrderID: String? = nil) -> Int {
    if tag == nil, clientOrderID == nil { return 0 }
    entries.append((tag, clientOrderID))
    return entries.count - 1
  }

  subscript(label: Int) -> (tag: String?, clientOrderID: String?) { entries[label] }
}

extension Double {
  /// The number, or `nil` for NaN.
  var ifPresent: Double? { isNaN ? nil : self }
}
