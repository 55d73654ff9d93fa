import JSONRPC
import StrategyKit
import StrategyProtocol
import Testing
import TradingModel

@testable import PluginHost

/// The writer of `bar/next` against the specification's examples, byte for byte.
struct BarMessageTests {
  static let symbols = SymbolTable(["ACME"])

  @Test func aWholeSessionComesOutAsInTheSpecification() throws {
    let session = try Examples.requests("strategy/bar-next", BarNextRequest.self).prefix(12)
    #expect(session.map(\.params.index) == Array(0..<12))
    let broker = StubBroker()
    var message = BarMessage(runID: "r-1", symbol: "ACME", mode: .lockstep, capabilities: StrategyCapabilities())
    for (number, (line, params)) in session.enumerated() {
      try broker.set(to: params)
      #expect(try write(params, broker, id: number + 3, &message) == line)
    }
  }

  @Test(arguments: ["strategy/bar-next", "strategy/events", "strategy/actions"])
  func singleMessagesComeOutAsInTheSpecification(file: String) throws {
    var count = 0
    for (line, params) in try Examples.requests(file, BarNextRequest.self).dropFirst(file.hasSuffix("next") ? 12 : 0) {
      let isSingle = params.bars.map { $0.entries.map(\.key) == ["ACME"] } ?? true
      guard isSingle else { continue }
      count += 1
      let wantsNothing = params.events == nil
      var message = BarMessage(
        runID: params.runID, symbol: "ACME", mode: params.bars == nil ? .preload : .lockstep,
        capabilities: StrategyCapabilities(needsAccount: !wantsNothing, needsEvents: !wantsNothing))
      let broker = StubBroker()
      // What came before is known to the strategy, unless this is the first message of its run.
      if params.account == nil { _ = try write(params, broker, id: 1, &message) }
      try broker.set(to: params)
      let id = try #require(try JSONValue(parsing: line)["id"]?.intValue)
      #expect(try write(params, broker, id: id, &message) == line)
    }
    #expect(count > 0)
  }

  @Test func theAccountIsAlwaysThereWhenAskedFor() throws {
    let request = try #require(try Examples.requests("strategy/bar-next", BarNextRequest.self).first).params
    var message = BarMessage(
      runID: "r-1", symbol: "ACME", mode: .lockstep, capabilities: StrategyCapabilities(account: .always))
    let broker = StubBroker()
    let first = try write(request, broker, id: 3, &message)
    #expect(first.contains(#""account":{"#) && first.contains(#""orders":[]"#))
    #expect(try write(request, broker, id: 3, &message) == first)
  }

  @Test func symbolsAndNamesAreEscaped() throws {
    let request = try #require(try Examples.requests("strategy/bar-next", BarNextRequest.self).first).params
    var message = BarMessage(
      runID: "r\"1", symbol: "Ä\\\n", mode: .lockstep, capabilities: StrategyCapabilities(needsAccount: false))
    let line = try write(request, StubBroker(), id: 1, &message)
    let params = try #require(try JSONValue(parsing: line)["params"])
    #expect(params["run_id"]?.stringValue == "r\"1")
    #expect(params["bars"]?.objectValue?.first?.key == "Ä\\\n")
    #expect(!line.contains("\n"))
  }

  private func write(
    _ params: BarNextRequest, _ broker: StubBroker, id: Int, _ message: inout BarMessage
  ) throws -> String {
    var writer = JSONWriter()
    writer.reset()
    writer.beginObject()
    writer.field("jsonrpc", "2.0" as StaticString)
    writer.field("id", id)
    writer.field("method", "bar/next" as StaticString)
    writer.key("params")
    message.write(try market(params), broker, isWarmUp: params.warmup ?? false, to: &writer)
    writer.endObject()
    return String(decoding: try writer.bytes(), as: UTF8.self)
  }

  /// A market whose newest bar is the message's.
  private func market(_ params: BarNextRequest) throws -> MarketView {
    let row = params.bars?.entries.first?.value ?? BarRow(open: 1, high: 1, low: 1, close: 1, volume: 1)
    let bars = (0...params.index).map { index in
      Bar(
        time: params.time - Int64(params.index - index) * 86_400_000, open: row.open, high: row.high, low: row.low,
        close: row.close, volume: row.volume ?? .nan)
    }
    var view = MarketView([try BarSeries(bars)])
    view.reveal(params.index)
    return view
  }
}

extension StubBroker {
  /// Brings the account to what a message tells: what it leaves out stays.
  fileprivate func set(to params: BarNextRequest) throws {
    let symbols = BarMessageTests.symbols
    if let account = params.account { (cash, equity) = (account.cash, account.equity) }
    if let trades = params.trades { openTrades = trades.compactMap { $0.openTrade(symbols) } }
    if let orders = params.orders { pendingOrders = orders.compactMap { $0.pendingOrder(symbols) } }
    for closed in params.closed ?? [] {
      var trade = try #require(closed.trade(symbols))
      // A percentage divided and multiplied by 100 again may miss its last bit.
      let fraction = closed.returnPercent / 100
      trade.returnFraction = try #require(
        [fraction, fraction.nextUp, fraction.nextDown].first { $0 * 100 == closed.returnPercent })
      closedTrades.append(trade)
    }
    for event in params.events ?? [] {
      orderEvents.append(
        OrderEvent(
          sequence: event.sequence, kind: try #require(OrderEvent.Kind(rawValue: event.kind.rawValue)),
          index: event.index, time: event.time, orderID: event.orderID, clientOrderID: event.clientOrderID,
          role: PendingOrder.Role(event.role), side: Side(event.side), size: event.quantity, price: event.price,
          commission: event.commission, tradeID: event.tradeID, reason: try event.reason.map(Self.reason)))
    }
  }

  private static func reason(_ object: OrderReasonObject) throws -> OrderReason {
    let reasons: [OrderReason] = [
      .amended, .tradeClosed, .requested, .endOfData, .invalidSize(1.5),
      .insufficientMargin(required: 1_081_081, available: 10240.316),
    ]
    return try #require(reasons.first { $0.code == object.code && $0.message == object.message }, "\(object)")
  }
}
