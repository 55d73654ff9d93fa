/// A run's order events, oldest first, one per step of any order.
///
/// Kept as plain numbers of 72 bytes an event, with texts and reasons that carry values apart: recording an event costs
/// no reference counting, and a run of a million bars has hundreds of thousands. An ``OrderEvent`` is made when one is
/// read, so take the elements one by one, or `Array(log)` to look at them often. An event's `sequence` is its position.
public struct OrderEventLog: RandomAccessCollection, Sendable {
  /// An event without its texts.
  @frozen
  @usableFromInline
  package struct Entry: Sendable {
    @usableFromInline var index: Int
    @usableFromInline var time: EpochMilliseconds
    @usableFromInline var orderID: OrderID
    @usableFromInline var instrument: InstrumentIndex
    @usableFromInline var size: Double
    /// NaN for none.
    @usableFromInline var price: Double
    @usableFromInline var commission: Double
    /// 0 for none: trades are counted from 1.
    @usableFromInline var tradeID: TradeID
    /// Position in ``OrderEventLog/details``; 0 for none.
    @usableFromInline var detail: Int32 = 0
    @usableFromInline var kind: OrderEvent.Kind
    @usableFromInline var role: PendingOrder.Role
    @usableFromInline var side: Side
    /// Position in ``OrderEventLog/plainReasons``, counted from 1; 0 when there is no reason or it is among the details.
    @usableFromInline var plainReason: UInt8 = 0

    /// Makes an event without texts and reason.
    ///
    /// - Parameters:
    ///   - price: NaN for none.
    ///   - tradeID: 0 for none.
    @inlinable
    @inline(__always)
    package init(
      _ kind: OrderEvent.Kind, index: Int, time: EpochMilliseconds, orderID: OrderID, role: PendingOrder.Role,
      instrument: InstrumentIndex = 0, side: Side, size: Double, price: Double, commission: Double, tradeID: TradeID
    ) {
      self.index = index
      self.time = time
      self.orderID = orderID
      self.instrument = instrument
      self.size = size
      self.price = price
      self.commission = commission
      self.tradeID = tradeID
      self.kind = kind
      self.role = role
      self.side = side
    }
  }

  /// What few events have.
  private struct Detail: Sendable {
    var clientOrderID: String?
    var reason: OrderReason?
  }

  @usableFromInline var entries: [Entry] = []
  private var details: [Detail] = [Detail()]

  /// Reasons without values.
  private static let plainReasons: [OrderReason] = [
    .warmUp, .requested, .amended, .tradeClosed, .excluded, .ruin, .endOfData,
  ]

  /// Makes an empty log.
  public init() {}

  /// Keeps events, each with its position as its `sequence`.
  public init(_ events: some Sequence<OrderEvent>) {
    for event in events { append(event) }
  }

  /// Position of the first event: 0.
  public var startIndex: Int { 0 }
  /// Number of events.
  public var endIndex: Int { entries.count }

  /// The event at a position.
  public subscript(position: Int) -> OrderEvent {
    let entry = entries[position]
    let detail = details[Int(entry.detail)]
    return OrderEvent(
      sequence: position, kind: entry.kind, index: entry.index, time: entry.time, orderID: entry.orderID,
      clientOrderID: detail.clientOrderID, role: entry.role, instrument: entry.instrument, side: entry.side,
      size: entry.size, price: entry.price.isNaN ? nil : entry.price, commission: entry.commission,
      tradeID: entry.tradeID == 0 ? nil : entry.tradeID,
      reason: entry.plainReason == 0 ? detail.reason : Self.plainReasons[Int(entry.plainReason) - 1])
  }

  /// Adds an event at the end; its `sequence` becomes its position.
  public mutating func append(_ event: OrderEvent) {
    append(
      Entry(
        event.kind, index: event.index, time: event.time, orderID: event.orderID, role: event.role,
        instrument: event.instrument, side: event.side, size: event.size, price: event.price ?? .nan,
        commission: event.commission, tradeID: event.tradeID ?? 0),
      clientOrderID: event.clientOrderID, reason: event.reason)
  }

  /// Adds an event without texts and reason at the end.
  @inlinable
  package mutating func append(_ entry: Entry) { entries.append(entry) }

  /// Adds an event at the end.
  package mutating func append(_ entry: Entry, clientOrderID: String?, reason: OrderReason?) {
    var entry = entry
    entry.plainReason = reason.map(Self.plainReason) ?? 0
    let detail = Detail(clientOrderID: clientOrderID, reason: entry.plainReason == 0 ? reason : nil)
    if detail.clientOrderID != nil || detail.reason != nil {
      entry.detail = Int32(clamping: details.count)
      details.append(detail)
    }
    entries.append(entry)
  }

  /// Makes room for `count` events in all.
  package mutating func reserveCapacity(_ count: Int) { entries.reserveCapacity(count) }

  /// Position of a reason without values in ``plainReasons``, counted from 1; 0 for any other.
  private static func plainReason(_ reason: OrderReason) -> UInt8 {
    switch reason {
    case .warmUp: 1
    case .requested: 2
    case .amended: 3
    case .tradeClosed: 4
    case .excluded: 5
    case .ruin: 6
    case .endOfData: 7
    default: 0
    }
  }
}

extension OrderEventLog: Equatable {
  /// Whether both hold equal events in the same order.
  public static func == (first: OrderEventLog, second: OrderEventLog) -> Bool { first.elementsEqual(second) }
}

extension OrderEventLog: ExpressibleByArrayLiteral {
  /// Keeps the events of an array literal.
  public init(arrayLiteral events: OrderEvent...) { self.init(events) }
}
