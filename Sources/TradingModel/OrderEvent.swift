/// One step in an order's life. Every order that is accepted ends in exactly one of filled, cancelled, rejected or
/// expired; nothing vanishes silently.
public struct OrderEvent: Sendable, Equatable {
  /// The kinds of step.
  public enum Kind: String, Sendable {
    /// The order rests at the broker.
    case accepted
    /// The order was refused, when placed or when it should have filled.
    case rejected
    /// Its stop was touched.
    case triggered
    /// It was executed; `size` and `price` say how much at what price.
    case filled
    /// It closed a part of a trade; the rest stays open.
    case partiallyClosed = "partially_closed"
    /// It was withdrawn: by the strategy, or because its trade is closed.
    case cancelled
    /// It still rested when the data ended.
    case expired
  }

  /// Position in the run's list of events, counted from 0.
  public var sequence: Int
  /// What happened.
  public var kind: Kind
  /// The bar on which it happened.
  public var index: Int
  /// The opening time of that bar.
  public var time: EpochMilliseconds
  /// Which order; 0 when a request was refused before it became one.
  public var orderID: OrderID
  /// The strategy's own name for the order.
  public var clientOrderID: String?
  /// Why the order existed.
  public var role: PendingOrder.Role
  /// Which instrument.
  public var instrument: InstrumentIndex
  /// Buy or sell.
  public var side: Side
  /// Units executed (filled, partially closed), or the size asked for where it is known in units; 0 otherwise.
  public var size: Double
  /// Execution price for fills, else the order's own limit or stop; `nil` for a market order.
  public var price: Double?
  /// Commission charged by this execution.
  public var commission: Double
  /// The trade that was opened or closed.
  public var tradeID: TradeID?
  /// Why it was refused or cancelled.
  public var reason: OrderReason?

  /// Makes an event.
  public init(
    sequence: Int, kind: Kind, index: Int, time: EpochMilliseconds, orderID: OrderID, clientOrderID: String? = nil,
    role: PendingOrder.Role, instrument: InstrumentIndex = 0, side: Side, size: Double, price: Double? = nil,
    commission: Double = 0, tradeID: TradeID? = nil, reason: OrderReason? = nil
  ) {
    self.sequence = sequence
    self.kind = kind
    self.index = index
    self.time = time
    self.orderID = orderID
    self.clientOrderID = clientOrderID
    self.role = role
    self.instrument = instrument
    self.side = side
    self.size = size
    self.price = price
    self.commission = commission
    self.tradeID = tradeID
    self.reason = reason
  }
}
