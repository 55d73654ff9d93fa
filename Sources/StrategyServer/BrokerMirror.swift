import StrategyKit
import StrategyProtocol
import TradingModel

/// The host's broker as seen from the strategy's process.
///
/// It holds what the host last sent and, on top of that, what the strategy asks for on the present bar: each request goes
/// into the answer as an action and is carried out on the copy by the broker's own rules, so that a strategy that looks at
/// its orders after placing one sees what it would see beside the broker. What the host sends next replaces all of it.
final class BrokerMirror: Brokerage {
  let settings: ExecutionSettings
  let answer: StrategyAnswer
  /// Whether the host sends the account; without it, nothing can be read here.
  let readsAccount: Bool
  /// Whether requests are refused without telling the host, for bars it does not ask about.
  var isMuted = false

  private var knownCash: Double
  private var knownEquity: Double
  var trades: [OpenTrade] = []
  var orders: [PendingOrder] = []
  /// What the host last sent of them: from there it goes on, whatever was expected since.
  private var confirmedTrades: [OpenTrade] = []
  private var confirmedOrders: [PendingOrder] = []
  private var closed: [Trade] = []
  var events: [OrderEvent] = []
  /// Number of ``events`` that came from the host; the others are this side's expectation.
  private var confirmedEventCount = 0
  var nextOrderID: OrderID = 1
  var clientOrderIDs: [String: OrderID] = [:]

  var index = 0
  private var time: EpochMilliseconds = 0
  var close = Double.nan
  var acceptsOrders = false
  /// What the strategy did that it must not do without the account.
  private(set) var misuse: AccountMisuse?

  init(_ settings: ExecutionSettings, readsAccount: Bool, _ answer: StrategyAnswer) {
    self.settings = settings
    self.readsAccount = readsAccount
    self.answer = answer
    knownCash = settings.cash
    knownEquity = settings.cash
  }

  // MARK: The host's side

  /// Moves on to a bar.
  func begin(index: Int, time: EpochMilliseconds, close: Double, acceptsOrders: Bool) {
    self.index = index
    self.time = time
    self.close = close
    self.acceptsOrders = acceptsOrders
  }

  /// Takes over what the host says; what it leaves out is unchanged.
  func take(_ update: BarUpdate) {
    confirm(update.events)
    if let account = update.account {
      knownCash = account.cash
      knownEquity = account.equity
    }
    if let orders = update.orders { confirmedOrders = orders }
    if let trades = update.trades { confirmedTrades = trades }
    if update.orders != nil || update.trades != nil { findBrackets() }
    trades = confirmedTrades
    orders = confirmedOrders
    closed += update.closed
  }

  /// Replaces expected events by those that happened.
  private func confirm(_ news: [OrderEvent]) {
    var expected = events[confirmedEventCount...]
    events.removeSubrange(confirmedEventCount...)
    for var event in news {
      if let first = expected.first, first.kind == event.kind, first.orderID == event.orderID {
        if let reason = first.reason, reason.code == event.reason?.code {
          // The sentence of a reason does not hold all of its numbers, and JSON has no NaN; the expectation has both.
          (event.size, event.price, event.reason) = (first.size, first.price, reason)
        }
        expected.removeFirst()
      }
      nextOrderID = max(nextOrderID, event.orderID + 1)
      if event.kind == .accepted, let name = event.clientOrderID { clientOrderIDs[name] = event.orderID }
      events.append(event)
    }
    confirmedEventCount = events.count
  }

  private func findBrackets() {
    for place in confirmedTrades.indices {
      let id = confirmedTrades[place].id
      func order(_ role: PendingOrder.Role) -> OrderID? {
        confirmedOrders.first { $0.tradeID == id && $0.role == role }?.id
      }
      confirmedTrades[place].stopLossOrder = order(.stopLoss)
      confirmedTrades[place].takeProfitOrder = order(.takeProfit)
    }
  }

  // MARK: The strategy's side

  var cash: Double { read("cash", knownCash, .nan) }
  var equity: Double { read("equity", knownEquity, .nan) }
  var openTrades: [OpenTrade] { read("openTrades", trades, []) }
  var pendingOrders: [PendingOrder] { read("pendingOrders", orders, []) }
  var closedTrades: [Trade] { read("closedTrades", closed, []) }
  var openTradeCount: Int { read("openTradeCount", trades.count, 0) }
  var orderEvents: [OrderEvent] { read("orderEvents", events, []) }

  func positionSize(of instrument: InstrumentIndex) -> Double {
    read("positionSize", instrument == 0 ? trades.reduce(0) { $0 + $1.size } : 0, 0)
  }

  func orderID(named clientOrderID: String) -> OrderID? {
    read("orderID(named:)", clientOrderIDs[clientOrderID].flatMap { id in orders.first { $0.id == id }?.id }, nil)
  }

  func annotate(_ name: String, _ value: Double) { answer.annotate(name, value) }

  func warn(_ message: String) { answer.log(.warning, message) }

  /// A value of the account, or a stand-in and a note that the strategy asked for what is not there.
  private func read<Value>(
    _ name: String, _ value: @autoclosure () -> Value, _ absent: @autoclosure () -> Value
  ) -> Value {
    if readsAccount { return value() }
    note(name)
    return absent()
  }

  /// Notes that the strategy asked for what is not there; its run fails after the bar.
  func note(_ name: String) {
    if misuse == nil { misuse = AccountMisuse(name: name) }
  }

  // MARK: Events

  func record(
    _ kind: OrderEvent.Kind, _ order: PendingOrder, size: Double? = nil, reason: OrderReason? = nil
  ) {
    events.append(
      OrderEvent(
        sequence: events.count, kind: kind, index: index, time: time, orderID: order.id,
        clientOrderID: order.clientOrderID, role: order.role, side: order.side, size: size ?? order.units,
        price: order.limit ?? order.stop, tradeID: order.tradeID, reason: reason))
  }
}

extension PendingOrder {
  /// Its size where it is known in units; 0 for a fraction.
  fileprivate var units: Double {
    switch size {
    case .units(let value), .fraction(let value): abs(value) < 1 ? 0 : abs(value)
    }
  }
}

/// A strategy served with ``StrategyNeeds/prices`` asked for something of the account.
struct AccountMisuse: Error, CustomStringConvertible {
  /// What it asked for.
  let name: String

  var description: String {
    "The strategy reads \(name), but is served with needs: .prices, so that the host sends no account; serve it with needs: .account."
  }
}
