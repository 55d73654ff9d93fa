/// A run's order events, oldest first, one per step of any order.
///
/// Kept as plain numbers of 72 bytes an event, with texts and reasons that carry values apart: recording an event costs
/// no reference counting, and a run of a million bars has hundreds of thousands. An ``OrderEvent`` is made when one is
/// read, so take the elements one by one, or `Array(log)` to look at them often. An event's `sequence` is its position.
public struct OrderEventLog: RandomAccessCollection, Sendable {
  /// An event without its texts.
  private struct Entry: Sendable {
    var index: Int
    var time: EpochMilliseconds
    var orderID: OrderID
    var instrument: InstrumentIndex
    var size: Double
    /// NaN for none.
    var price: Double
    var commission: Double
    /// 0 for none: trades are counted from 1.
    var tradeID: TradeID
    /// Position in ``details``; 0 for none.
    var detail: Int32
    var kind: OrderEvent.Kind
    var role: PendingOrder.Role
    var side: Side
    /// Position in ``plainReasons``, counted from 1; 0 when there is no reason or it is among the details.
    var plainReason: UInt8
  }

  /// What few events have.
  private struct Detail: Sendable {
    var clientOrderID: String?
    var reason: OrderReason?
  }

  private var entries: [Entry] = []
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
      event.kind, index: event.index, time: event.time, orderID: event.orderID, clientOrderID: event.clientOrderID,
      role: event.role, instrument: event.instrument, side: event.side, size: event.size, price: event.price ?? .nan,
      commission: event.commission, tradeID: event.tradeID ?? 0, reason: event.reason)
  }

  /// Adds an event at the end, given its parts.
  ///
  /// - Parameters:
  ///   - price: NaN for none.
  ///   - tradeID: 0 for none.
  package mutating func append(
    _ kind: OrderEvent.Kind, index: Int, time: EpochMilliseconds, orderID: OrderID, clientOrderID: String?,
    role: PendingOrder.Role, instrument: InstrumentIndex, side: Side, size: Double, price: Double, commission: Double,
    tradeID: TradeID, reason: OrderReason?
  ) {
    var detail = 0
    let plainReason = reason.map(Self.plainReason) ?? 0
    if clientOrderID != nil || (reason != nil && plainReason == 0) {
      detail = details.count
      details.append(Detail(clientOrderID: clientOrderID, reason: plainReason == 0 ? reason : nil))
    }
    entries.append(
      Entry(
        index: index, time: time, orderID: orderID, instrument: instrument, size: size, price: price,
        commission: commission, tradeID: tradeID, detail: Int32(clamping: detail), kind: kind, role: role, side: side,
        plainReason: plainReason))
  }

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
