import BacktestEngine
import BrokerSimulator
import StrategyKit
import Testing
import TradingModel

/// What must hold on every bar whatever a strategy does: tried with random bars, settings and requests.
struct InvariantTests {
  /// A small generator with a seed, so that a failure can be repeated.
  struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }

  /// Places, moves and withdraws orders at random, and checks the account each time.
  struct RandomTrader: Strategy {
    var dice: Dice
    var faults: [String] = []

    mutating func next(_ context: inout StrategyContext) {
      check(context)
      let close = context.close
      for _ in 0..<Int.random(in: 0...3, using: &dice) {
        func near(_ spread: Double) -> Double { close * (1 + Double.random(in: -spread...spread, using: &dice)) }
        let trade = context.trades.randomElement(using: &dice)?.id
        switch Int.random(in: 0..<10, using: &dice) {
        case 0...4:
          let isBuy = Bool.random(using: &dice)
          let size: OrderSize =
            Bool.random(using: &dice)
            ? .units(Double(Int.random(in: 1...20, using: &dice)))
            : .fraction(Double.random(in: 0.05...0.95, using: &dice))
          context.place(
            OrderRequest(
              isBuy ? .buy : .sell, size: size, limit: Bool.random(using: &dice) ? nil : near(0.03),
              stop: Bool.random(using: &dice) ? nil : near(0.03),
              stopLoss: Bool.random(using: &dice) ? nil : close * (isBuy ? 0.95 : 1.05),
              takeProfit: Bool.random(using: &dice) ? nil : close * (isBuy ? 1.06 : 0.94)))
        case 5: context.closePosition(portion: Double.random(in: 0.1...1, using: &dice))
        case 6: if let trade { context.close(trade, portion: Double.random(in: 0.1...1, using: &dice)) }
        case 7: if let trade { context.setStopLoss(of: trade, to: Bool.random(using: &dice) ? nil : near(0.05)) }
        case 8: if let trade { context.setTakeProfit(of: trade, to: Bool.random(using: &dice) ? nil : near(0.05)) }
        default: if let order = context.broker.pendingOrders.randomElement(using: &dice) { context.cancel(order.id) }
        }
      }
    }

    private mutating func check(_ context: StrategyContext) {
      let broker = context.broker
      let trades = broker.openTrades
      let profit = trades.reduce(0) { $0 + $1.size * (context.close - $1.entryPrice) }
      expect(Self.isClose(broker.equity, broker.cash + profit), "equity is not cash plus open profit")
      expect(broker.positionSize(of: 0) == trades.reduce(0) { $0 + $1.size }, "position is not the sum of trades")
      expect(broker.openTradeCount == trades.count, "open trades are miscounted")
      let orders = broker.pendingOrders
      expect(Set(orders.map(\.id)).count == orders.count, "an order is queued twice")
      for order in orders where order.isContingent {
        guard let trade = trades.first(where: { $0.id == order.tradeID }) else {
          expect(false, "a bracket outlives its trade")
          continue
        }
        expect(order.size == .units(abs(trade.size)), "a bracket has another size than its trade")
        expect((trade.size > 0) == (order.side == .sell), "a bracket is on the wrong side")
      }
      for trade in trades {
        expect(trade.size != 0 && trade.size == trade.size.rounded(), "a trade holds no whole units")
        expect((trade.stopLoss == nil) == (trade.stopLossOrder == nil), "a stop-loss without order")
      }
    }

    private mutating func expect(_ holds: Bool, _ fault: String) { if !holds { faults.append(fault) } }

    static func isClose(_ left: Double, _ right: Double) -> Bool {
      abs(left - right) <= 1e-9 * max(1, abs(left), abs(right))
    }
  }

  @Test(arguments: [ExecutionProfile.compat, .strict])
  func accountsAddUpOnRandomInput(profile: ExecutionProfile) throws {
    for seed in 1...150 {
      var dice = Dice(state: UInt64(seed) &* 0x9E37_79B9_7F4A_7C15 | 1)
      let series = try Self.bars(300, &dice)
      let settings = ExecutionSettings(
        cash: 10_000, commission: .rate(Double.random(in: 0...0.005, using: &dice)),
        spread: Double.random(in: 0...0.002, using: &dice), margin: [1, 0.5, 0.1].randomElement(using: &dice) ?? 1,
        tradeOnClose: Bool.random(using: &dice), hedging: Bool.random(using: &dice),
        exclusiveOrders: Int.random(in: 0..<5, using: &dice) == 0, finalizeTrades: Bool.random(using: &dice),
        profile: profile)
      var strategy = RandomTrader(dice: dice)
      let run = try BacktestEngine(instruments: [Instrument(symbol: "X")], series: [series], settings: settings)
        .run(&strategy)
      #expect(strategy.faults.isEmpty, "seed \(seed): \(strategy.faults.prefix(3))")
      Self.check(run, settings, seed)
    }
  }

  /// Every accepted order ends once, fills add up to positions, and the cash follows from trades and commissions.
  private static func check(_ run: BacktestRun, _ settings: ExecutionSettings, _ seed: Int) {
    var accepted: Set<OrderID> = []
    var ended: Set<OrderID> = []
    for (number, event) in run.orderEvents.enumerated() {
      #expect(event.sequence == number)
      switch event.kind {
      case .accepted: #expect(accepted.insert(event.orderID).inserted, "seed \(seed): order accepted twice")
      case .triggered: #expect(accepted.contains(event.orderID))
      case .rejected where event.orderID == 0: break
      case .filled, .partiallyClosed, .cancelled, .expired, .rejected:
        #expect(accepted.contains(event.orderID), "seed \(seed): \(event.kind) of an order never accepted")
        #expect(ended.insert(event.orderID).inserted, "seed \(seed): order \(event.orderID) ended twice")
      }
    }
    #expect(accepted == ended, "seed \(seed): orders without an end")
    guard run.ruinIndex == nil else { return }
    let realised = run.trades.reduce(0) { $0 + $1.pnl }
    let openEntryFees = run.openTrades.reduce(0) {
      $0 + settings.commission.charge(size: $1.size, price: $1.entryPrice)
    }
    let lastEquity = run.equity.last ?? 0
    if run.openTrades.isEmpty {
      #expect(
        RandomTrader.isClose(lastEquity, settings.cash + realised - openEntryFees),
        "seed \(seed): cash is not what trades left of it")
    }
    // Under trade-on-close a market order is booked on the bar before, and may net what a stop entered on this one.
    let slack = settings.tradeOnClose ? 1 : 0
    for trade in run.trades {
      #expect(trade.exitIndex >= trade.entryIndex - slack && trade.size != 0)
    }
  }

  private static func bars(_ count: Int, _ dice: inout Dice) throws -> BarSeries {
    var price = 100.0
    return try BarSeries(
      (0..<count).map { row in
        let open = price * (1 + Double.random(in: -0.01...0.01, using: &dice))
        let close = open * (1 + Double.random(in: -0.03...0.03, using: &dice))
        let high = max(open, close) * (1 + Double.random(in: 0...0.01, using: &dice))
        let low = min(open, close) * (1 - Double.random(in: 0...0.01, using: &dice))
        price = close
        return Bar(time: Int64(row) * 3_600_000, open: open, high: high, low: low, close: close, volume: 1)
      })
  }
}
