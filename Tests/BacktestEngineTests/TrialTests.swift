import BacktestEngine
import BuiltInStrategies
import MarketData
import StrategyKit
import Testing
import TradingModel

/// Runs without order events, as sweeps make them.
struct TrialTests {
  /// Brackets, cancellations, partial closes and impossible requests, so that every kind of event comes up; notes how
  /// many events it saw.
  private struct Busy: Strategy {
    var readsOrderEvents = true
    var seen = 0
    mutating func next(_ context: inout StrategyContext) {
      let close = context.close
      switch context.index % 9 {
      case 0: context.buy(size: .fraction(0.3), stopLoss: close * 0.98, takeProfit: close * 1.02, tag: "a")
      case 2: context.sell(size: .units(3), limit: close * 1.01)
      case 4: context.closePosition(portion: 0.5)
      case 5: context.buy(size: .units(1e9))
      case 6: context.buy(stopLoss: close * 2)
      case 7: if let order = context.broker.pendingOrders.last { context.cancel(order.id) }
      default: break
      }
      if readsOrderEvents { seen = context.broker.orderEvents.count }
    }
  }

  private func engine(_ settings: ExecutionSettings = ExecutionSettings(commission: .rate(0.001))) throws
    -> BacktestEngine
  {
    BacktestEngine(
      instruments: [Instrument(symbol: "GOOG")], series: [try Samples.load("GOOG", adjusted: true)], settings: settings)
  }

  private func expectSameButEvents(_ trial: BacktestRun, _ run: BacktestRun) {
    #expect(trial.orderEvents.isEmpty && !run.orderEvents.isEmpty)
    #expect(trial.trades == run.trades && !run.trades.isEmpty)
    #expect(trial.openTrades == run.openTrades)
    #expect(trial.equity.map(\.bitPattern) == run.equity.map(\.bitPattern))
    #expect(trial.times == run.times)
    #expect(trial.commissions == run.commissions)
    #expect(trial.warnings == run.warnings)
    #expect(trial.warmUpIndex == run.warmUpIndex && trial.ruinIndex == run.ruinIndex)
  }

  @Test(arguments: [ExecutionProfile.compat, .strict])
  func trialDiffersFromARunInItsEventsOnly(_ profile: ExecutionProfile) throws {
    var settings = ExecutionSettings(commission: .rate(0.001), margin: 0.5, hedging: true)
    settings.profile = profile
    let engine = try engine(settings)
    var trials = engine
    trials.keepsOrderEvents = false
    var whole = Busy(readsOrderEvents: false)
    var trial = Busy(readsOrderEvents: false)
    try expectSameButEvents(trials.run(&trial), engine.run(&whole))
    var cross = SMACross(parameters: try ParameterValues([], for: SMACross.descriptor))
    var crossTrial = cross
    try expectSameButEvents(trials.run(&crossTrial), engine.run(&cross))
  }

  @Test func strategyThatReadsEventsSeesThemInATrialToo() throws {
    var engine = try engine()
    var whole = Busy()
    let run = try engine.run(&whole)
    engine.keepsOrderEvents = false
    var trial = Busy()
    #expect(try engine.run(&trial).orderEvents.isEmpty)
    #expect(trial.seen == whole.seen && whole.seen > 1000 && whole.seen <= run.orderEvents.count)
  }

  @Test func trialStopsAtARejectedOrderWithTheSameSentence() throws {
    var engine = try engine()
    engine.failsOnRejectedOrders = true
    func sentence() -> String? {
      var strategy = Busy(readsOrderEvents: false)
      do { _ = try engine.run(&strategy) } catch { return "\(error)" }
      return nil
    }
    let expected = try #require(sentence())
    #expect(expected.contains("rejected at bar 6"))
    engine.keepsOrderEvents = false
    #expect(sentence() == expected)
  }

  @Test func eventLogGivesBackWhatItTook() {
    let reasons: [OrderReason?] = [
      nil, .warmUp, .requested, .amended, .tradeClosed, .excluded, .ruin, .endOfData, .invalidSize(0.5),
      .invalidBracket(side: .sell, stopLoss: nil, reference: 3, takeProfit: 4), .unknownOrder("7"),
      .insufficientMargin(required: 5, available: 4), .duplicateClientOrderID("x"), .unsupported("that"),
    ]
    let kinds: [OrderEvent.Kind] = [
      .accepted, .rejected, .triggered, .filled, .partiallyClosed, .cancelled, .expired,
    ]
    let roles: [PendingOrder.Role] = [.entry, .close, .stopLoss, .takeProfit]
    var events: [OrderEvent] = []
    for number in 0..<200 {
      let odd = number % 2 == 1
      let value = Double(number)
      var event = OrderEvent(
        sequence: number, kind: kinds[number % 7], index: number / 3, time: Int64(number) * 1000 - 5000,
        orderID: number / 2, role: roles[number % 4], instrument: number % 3, side: odd ? .sell : .buy, size: value / 8)
      event.commission = value / 16
      event.reason = reasons[number % reasons.count]
      if number % 5 == 0 { event.clientOrderID = "name \(number)" }
      if number % 4 != 0 { event.price = value + 0.25 }
      if number % 6 != 0 { event.tradeID = number }
      events.append(event)
    }
    let log = OrderEventLog(events)
    #expect(Array(log) == events)
    #expect(log.count == 200 && log[7] == events[7] && log.last == events.last)
    #expect(log == OrderEventLog(Array(log)) && log != OrderEventLog(events.dropLast()))
    // Its own position, whatever the event said.
    #expect(OrderEventLog(events.suffix(2)).map(\.sequence) == [0, 1])
  }
}
