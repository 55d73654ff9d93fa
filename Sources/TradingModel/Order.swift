/// Number of an order, counted from 1 in the order the broker made them.
public typealias OrderID = Int
/// Number of a trade, counted from 1 in opening order.
public typealias TradeID = Int

/// Direction of an order.
public enum Side: String, Sendable {
  case buy, sell

  /// 1 for a buy, -1 for a sell.
  @inlinable
  public var sign: Double { self == .buy ? 1 : -1 }
  /// The other direction.
  @inlinable
  public var opposite: Side { self == .buy ? .sell : .buy }
}

/// How much an order trades.
public enum OrderSize: Sendable, Equatable {
  /// A part of the buying power when the order fills, above 0 and below 1.
  case fraction(Double)
  /// A whole number of units, 1 or more.
  case units(Double)

  /// The whole buying power: the largest fraction below 1.
  public static let all = OrderSize.fraction(1 - 0x1p-52)
}

/// What a strategy asks the broker to do: one new entry order.
///
/// No limit and no stop is a market order; a stop alone a stop-market order; both a stop-limit order.
public struct OrderRequest: Sendable, Equatable {
  /// Which instrument.
  public var instrument: InstrumentIndex
  /// Buy or sell.
  public var side: Side
  /// How much.
  public var size: OrderSize
  /// Worst price accepted; `nil` takes any.
  public var limit: Double?
  /// Price that must be touched before the order is live; `nil` is live at once.
  public var stop: Double?
  /// Stop-loss price of the trade the order opens.
  public var stopLoss: Double?
  /// Take-profit price of the trade the order opens.
  public var takeProfit: Double?
  /// Free text carried to the trade.
  public var tag: String?
  /// The strategy's own name for the order, unique in the run.
  public var clientOrderID: String?

  /// Makes a request.
  @inlinable
  public init(
    _ side: Side, size: OrderSize = .all, limit: Double? = nil, stop: Double? = nil, stopLoss: Double? = nil,
    takeProfit: Double? = nil, tag: String? = nil, clientOrderID: String? = nil, instrument: InstrumentIndex = 0
  ) {
    self.instrument = instrument
    self.side = side
    self.size = size
    self.limit = limit
    self.stop = stop
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
    self.tag = tag
    self.clientOrderID = clientOrderID
  }
}

/// An order resting at the broker.
public struct PendingOrder: Sendable, Equatable {
  /// Why the order exists.
  public enum Role: String, Sendable {
    /// Opens (or, without hedging, nets) a position.
    case entry
    /// Closes one trade, or part of it, at the next chance.
    case close
    /// The stop-loss of one trade.
    case stopLoss = "stop_loss"
    /// The take-profit of one trade.
    case takeProfit = "take_profit"
  }

  /// Its number.
  public var id: OrderID
  /// Why it exists.
  public var role: Role
  /// Which instrument.
  public var instrument: InstrumentIndex
  /// Buy or sell.
  public var side: Side
  /// How much.
  public var size: OrderSize
  /// Limit price, if any.
  public var limit: Double?
  /// Stop price, if any and not yet triggered.
  public var stop: Double?
  /// Stop-loss price for the trade it opens.
  public var stopLoss: Double?
  /// Take-profit price for the trade it opens.
  public var takeProfit: Double?
  /// Free text carried to the trade.
  public var tag: String?
  /// The strategy's own name for the order.
  public var clientOrderID: String?
  /// The trade it closes, unless it is an entry.
  public var tradeID: TradeID?

  /// Whether it is a trade's stop-loss or take-profit.
  public var isContingent: Bool { role == .stopLoss || role == .takeProfit }

  /// Makes the description of a resting order.
  public init(
    id: OrderID, role: Role, instrument: InstrumentIndex, side: Side, size: OrderSize, limit: Double?, stop: Double?,
    stopLoss: Double?, takeProfit: Double?, tag: String?, clientOrderID: String?, tradeID: TradeID?
  ) {
    self.id = id
    self.role = role
    self.instrument = instrument
    self.side = side
    self.size = size
    self.limit = limit
    self.stop = stop
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
    self.tag = tag
    self.clientOrderID = clientOrderID
    self.tradeID = tradeID
  }
}
