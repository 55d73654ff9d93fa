/// A trade that is still open: one entry, not yet closed.
public struct OpenTrade: Sendable, Equatable {
  /// Its number.
  public var id: TradeID
  /// Which instrument.
  public var instrument: InstrumentIndex
  /// Units held: above 0 long, below 0 short.
  public var size: Double
  /// Price paid per unit, spread included.
  public var entryPrice: Double
  /// The bar of the entry.
  public var entryIndex: Int
  /// Price of its stop-loss order, if it has one.
  public var stopLoss: Double?
  /// Price of its take-profit order, if it has one.
  public var takeProfit: Double?
  /// Text of the order that opened it.
  public var tag: String?
  /// Its stop-loss order.
  public var stopLossOrder: OrderID?
  /// Its take-profit order.
  public var takeProfitOrder: OrderID?

  /// Whether it profits from rising prices.
  @inlinable
  public var isLong: Bool { size > 0 }
  /// Whether it profits from falling prices.
  @inlinable
  public var isShort: Bool { size < 0 }

  /// Makes an open trade.
  @inlinable
  public init(
    id: TradeID, instrument: InstrumentIndex, size: Double, entryPrice: Double, entryIndex: Int,
    stopLoss: Double? = nil, takeProfit: Double? = nil, tag: String? = nil, stopLossOrder: OrderID? = nil,
    takeProfitOrder: OrderID? = nil
  ) {
    self.id = id
    self.instrument = instrument
    self.size = size
    self.entryPrice = entryPrice
    self.entryIndex = entryIndex
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
    self.tag = tag
    self.stopLossOrder = stopLossOrder
    self.takeProfitOrder = takeProfitOrder
  }
}

/// One closed round trip, or one slice of it when a trade was closed in parts.
public struct Trade: Sendable, Equatable {
  /// Number of the trade it is (a slice of).
  public var id: TradeID
  /// Which instrument.
  public var instrument: InstrumentIndex
  /// Units: above 0 long, below 0 short.
  public var size: Double
  /// The bar of the entry.
  public var entryIndex: Int
  /// The bar of the exit.
  public var exitIndex: Int
  /// Opening time of the entry's bar.
  public var entryTime: EpochMilliseconds
  /// Opening time of the exit's bar.
  public var exitTime: EpochMilliseconds
  /// Price paid per unit at the entry, spread included.
  public var entryPrice: Double
  /// Price per unit at the exit.
  public var exitPrice: Double
  /// Profit or loss in money, commissions of both ends taken off.
  public var pnl: Double
  /// ``pnl`` as a fraction of the entry value; 0.1 is 10 %.
  public var returnFraction: Double
  /// Commissions of both ends in money.
  public var commission: Double
  /// Stop-loss price when it closed, if it had one.
  public var stopLoss: Double?
  /// Take-profit price when it closed, if it had one.
  public var takeProfit: Double?
  /// Text of the order that opened it.
  public var tag: String?

  /// Makes a closed trade.
  @inlinable
  public init(
    id: TradeID, instrument: InstrumentIndex, size: Double, entryIndex: Int, exitIndex: Int,
    entryTime: EpochMilliseconds, exitTime: EpochMilliseconds, entryPrice: Double, exitPrice: Double, pnl: Double,
    returnFraction: Double, commission: Double, stopLoss: Double? = nil, takeProfit: Double? = nil, tag: String? = nil
  ) {
    self.id = id
    self.instrument = instrument
    self.size = size
    self.entryIndex = entryIndex
    self.exitIndex = exitIndex
    self.entryTime = entryTime
    self.exitTime = exitTime
    self.entryPrice = entryPrice
    self.exitPrice = exitPrice
    self.pnl = pnl
    self.returnFraction = returnFraction
    self.commission = commission
    self.stopLoss = stopLoss
    self.takeProfit = takeProfit
    self.tag = tag
  }
}
