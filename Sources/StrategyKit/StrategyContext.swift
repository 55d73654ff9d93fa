public import TradingModel

/// What a strategy sees and can do on one bar.
///
/// A refused request (a stop-loss on the wrong side, say) is recorded as a rejected order event and otherwise changes
/// nothing; the `try` forms on ``broker`` report it to a strategy that wants to know.
@frozen
public struct StrategyContext {
  /// The bars revealed so far.
  public var market: MarketView
  /// The account and its order queue.
  public let broker: any Brokerage

  /// Makes the context of a run.
  @inlinable
  public init(market: MarketView, broker: any Brokerage) {
    self.market = market
    self.broker = broker
  }

  /// The newest bar, counted from 0.
  @inlinable
  public var index: Int { market.index }
  /// The newest close.
  @inlinable
  public var close: Double { market.close }
  /// Open trades in opening order.
  @inlinable
  public var trades: [OpenTrade] { broker.openTrades }
  /// Units held, signed.
  @inlinable
  public var position: Double { broker.positionSize(of: 0) }
  /// Whether nothing is held.
  @inlinable
  public var isFlat: Bool { broker.openTradeCount == 0 }
  /// Cash plus open profit at the newest close.
  @inlinable
  public var equity: Double { broker.equity }

  /// Places an order.
  ///
  /// - Returns: Its number; `nil` when it was rejected.
  @discardableResult
  @inlinable
  public mutating func place(_ request: OrderRequest) -> OrderID? { try? broker.place(request) }

  /// Places a buy order; all buying power and any price unless said otherwise.
  @discardableResult
  @inlinable
  public mutating func buy(
    size: OrderSize = .all, limit: Double? = nil, stop: Double? = nil, stopLoss: Double? = nil,
    takeProfit: Double? = nil, tag: String? = nil
  ) -> OrderID? {
    enter(.buy, size, limit, stop, stopLoss, takeProfit, tag)
  }

  /// Places a sell order; all buying power and any price unless said otherwise.
  @discardableResult
  @inlinable
  public mutating func sell(
    size: OrderSize = .all, limit: Double? = nil, stop: Double? = nil, stopLoss: Double? = nil,
    takeProfit: Double? = nil, tag: String? = nil
  ) -> OrderID? {
    enter(.sell, size, limit, stop, stopLoss, takeProfit, tag)
  }

  @inlinable
  @inline(__always)
  mutating func enter(
    _ side: Side, _ size: OrderSize, _ limit: Double?, _ stop: Double?, _ stopLoss: Double?, _ takeProfit: Double?,
    _ tag: String?
  ) -> OrderID? {
    if limit == nil, stop == nil, stopLoss == nil, takeProfit == nil, tag == nil {
      return try? broker.placeAtMarket(side, size: size)
    }
    return place(
      OrderRequest(
        side, size: size, limit: limit, stop: stop, stopLoss: stopLoss, takeProfit: takeProfit, tag: tag))
  }

  /// Closes a part of every open trade at the next chance.
  @inlinable
  public mutating func closePosition(portion: Double = 1) { try? broker.closePosition(of: 0, portion: portion) }

  /// Closes a part of one trade at the next chance.
  @inlinable
  public mutating func close(_ trade: TradeID, portion: Double = 1) {
    _ = try? broker.close(trade: trade, portion: portion)
  }

  /// Moves a trade's stop-loss; `nil` clears it.
  @inlinable
  public mutating func setStopLoss(of trade: TradeID, to price: Double?) {
    try? broker.setStopLoss(of: trade, to: price)
  }

  /// Moves a trade's take-profit; `nil` clears it.
  @inlinable
  public mutating func setTakeProfit(of trade: TradeID, to price: Double?) {
    try? broker.setTakeProfit(of: trade, to: price)
  }

  /// Withdraws a resting order.
  @inlinable
  public mutating func cancel(_ order: OrderID) { try? broker.cancel(order: order) }
}
