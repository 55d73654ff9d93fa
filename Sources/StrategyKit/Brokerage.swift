public import TradingModel

/// What a strategy may ask of a broker while it decides; the broker simulator answers it.
///
/// Requests take effect in the broker's queue at once, in the order they are made, and act on prices from the next
/// bar on.
public protocol Brokerage: AnyObject {
  /// Money in the account, without open profit.
  var cash: Double { get }
  /// ``cash`` plus open profit at the newest close.
  var equity: Double { get }
  /// Open trades in opening order.
  var openTrades: [OpenTrade] { get }
  /// Resting orders in the order they will be worked off.
  var pendingOrders: [PendingOrder] { get }
  /// Closed trades in closing order.
  var closedTrades: [Trade] { get }
  /// Number of open trades.
  var openTradeCount: Int { get }
  /// Order events so far.
  var orderEvents: [OrderEvent] { get }
  /// Number of ``orderEvents``; a broker may have it without making the list.
  var orderEventCount: Int { get }

  /// Units held of an instrument, signed.
  func positionSize(of instrument: InstrumentIndex) -> Double
  /// Places an entry order.
  ///
  /// - Throws: ``OrderRejection``; the rejection is also recorded as an order event.
  func place(_ request: OrderRequest) throws(OrderRejection) -> OrderID
  /// Places an entry order for the first instrument at any price, without texts: the same as ``place(_:)``, for which a
  /// broker may have a shorter way.
  ///
  /// - Throws: ``OrderRejection``; the rejection is also recorded as an order event.
  func placeAtMarket(_ side: Side, size: OrderSize) throws(OrderRejection) -> OrderID
  /// Queues an order that closes a part of a trade at the next chance.
  ///
  /// - Parameter portion: Part of the trade's size, above 0 and at most 1.
  func close(trade: TradeID, portion: Double) throws(OrderRejection) -> OrderID
  /// Queues orders that close a part of every open trade of an instrument, newest trade first in the queue.
  func closePosition(of instrument: InstrumentIndex, portion: Double) throws(OrderRejection)
  /// The resting order with a strategy's own name; `nil` when there is none.
  func orderID(named clientOrderID: String) -> OrderID?
  /// Records that a request was refused for a reason the broker itself does not know.
  func refuse(_ request: OrderRequest, _ reason: OrderReason)
  /// Withdraws a resting order.
  func cancel(order: OrderID) throws(OrderRejection)
  /// Moves a trade's stop-loss; `nil` clears it.
  func setStopLoss(of trade: TradeID, to price: Double?) throws(OrderRejection)
  /// Moves a trade's take-profit; `nil` clears it.
  func setTakeProfit(of trade: TradeID, to price: Double?) throws(OrderRejection)
  /// Notes a value for charts on the newest bar.
  func annotate(_ name: String, _ value: Double)
  /// Adds a sentence to the run's warnings.
  func warn(_ message: String)
}

extension Brokerage {
  /// Counts the list.
  public var orderEventCount: Int { orderEvents.count }
  /// Places it like any other order.
  public func placeAtMarket(_ side: Side, size: OrderSize) throws(OrderRejection) -> OrderID {
    try place(OrderRequest(side, size: size))
  }
}
