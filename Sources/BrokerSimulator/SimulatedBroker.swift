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

  /// Money in the account, without open profit.
  public internal(set) var cash: Double
  var queue = OrderQueue()
  /// Open trades in opening order, which is the order of their ids; closed ones are kept, with size 0, until the pass
  /// over the queue ends.
  var open: [OpenTrade] = []
  /// Number of entries of ``open`` that are still open.
  public internal(set) var openTradeCount = 0
  /// Closed trades in closing order.
  public internal(set) var closedTrades: [Trade] = []
  /// Every step of every order so far.
  public internal(set) var orderEvents: [OrderEvent] = []
  /// Account value after each processed bar; NaN for bars not processed.
  public internal(set) var equityCurve: [Double]
  /// The bar being processed or last processed.
  public internal(set) var index = 0
  /// The bar on which the account was ruined.
  public internal(set) var ruinIndex: Int?
  /// Commissions taken from the account so far.
  public internal(set) var commissionsPaid = 0.0
  /// Number of orders refused so far, when placed or when they should have filled.
  public internal(set) var rejectedCount = 0
  /// What a user should know.
  public internal(set) var warnings: [String] = []
  /// Values noted for charts, by name, with the bar they belong to.
  public internal(set) var notes: [(name: String, values: [(index: Int, value: Double)])] = []
  /// Whether orders are taken; off while the strategy warms up.
  public var acceptsOrders = true

  var nextOrderID: OrderID = 1
  var nextTradeID: TradeID = 1
  var clientOrderIDs: [String: OrderID] = [:]

  /// Sum of sizes, of their magnitudes, and of size times entry price over the open trades, added up in opening order.
  /// A new trade extends them; after a trade shrank or closed (``isBookChanged``) they are added up anew when next
  /// needed, because the last bit depends on the order of the additions. A bar on which nothing happens costs two
  /// additions however many trades are open.
  var heldUnits = 0.0
  var heldGross = 0.0
  var heldCost = 0.0
  var isBookChanged = false
  var hasWarnedOfLateBracket = false

  /// Makes a broker for one run over one series.
  ///
  /// - Throws: ``SettingsError``.
  public init(series: BarSeries, settings: ExecutionSettings) throws {
    try settings.validate()
    self.series = series
    self.settings = settings
    leverage = 1 / settings.margin
    isStrict = settings.profile == .strict
    cash = settings.cash
    equityCurve = [Double](repeating: .nan, count: series.count)
  }

  /// Works off the queue on bar `index`, values the account at its close and checks for ruin.
  ///
  /// - Returns: Whether the account is still alive.
  public func process(_ index: Int) -> Bool {
    self.index = index
    if !queue.isEmpty { workOffQueue() }
    return value(index)
  }

  /// Makes `index` the current bar without working on it, for the bars before trading starts.
  public func passOver(_ index: Int) { self.index = index }

  /// Account value at the newest close: ``cash`` plus open profit.
  public var equity: Double { equity(at: series.close[index]) }

  /// Account value with every open trade valued at `price`.
  func equity(at price: Double) -> Double {
    if openTradeCount == 0 { return cash }
    sumBook()
    return cash + (price * heldUnits - heldCost)
  }

  func sumBook() {
    guard isBookChanged else { return }
    isBookChanged = false
    var units = 0.0
    var cost = 0.0
    var gross = 0.0
    for trade in open where trade.size != 0 {
      units += trade.size
      gross += abs(trade.size)
      cost += trade.size * trade.entryPrice
    }
    heldUnits = units
    heldCost = cost
    heldGross = gross
  }

  private func value(_ index: Int) -> Bool {
    if isStrict, openTradeCount > 0, isRuinedInside(index) { return false }
    let equity = equity(at: series.close[index])
    equityCurve[index] = equity
    if equity > 0 { return true }
    ruin(at: index, price: { [close = series.close[index]] _ in close })
    return false
  }

  /// Position of an open trade in ``open``.
  func position(of trade: TradeID) -> Int? {
    var low = 0
    var high = open.count
    while low < high {
      let middle = (low + high) / 2
      if open[middle].id < trade { low = middle + 1 } else { high = middle }
    }
    return low < open.count && open[low].id == trade && open[low].size != 0 ? low : nil
  }

  func record(
    _ kind: OrderEvent.Kind, _ order: RestingOrder, size: Double? = nil, price: Double? = nil, commission: Double = 0,
    tradeID: TradeID? = nil, at index: Int? = nil, reason: OrderReason? = nil
  ) {
    let index = index ?? self.index
    if kind == .rejected { rejectedCount += 1 }
    orderEvents.append(
      OrderEvent(
        sequence: orderEvents.count, kind: kind, index: index, time: series.times[index], orderID: order.id,
        clientOrderID: order.clientOrderID, role: order.role, side: order.side,
        size: size ?? (order.isFraction ? 0 : abs(order.size)), price: price ?? order.limit ?? order.stop,
        commission: commission, tradeID: tradeID ?? (order.tradeID == 0 ? nil : order.tradeID), reason: reason))
  }
}
