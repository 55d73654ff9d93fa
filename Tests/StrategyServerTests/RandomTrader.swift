import StrategyKit
import Synchronization
import TradingModel

/// Asks for anything a broker can be asked for, at random, and writes down everything it sees on the way: before and after
/// each request, what it returned or why it was refused.
struct RandomTrader: NamedStrategy {
  static let descriptor = StrategyDescriptor(
    name: "random_trader", summary: "Asks for anything, and writes down what it sees.",
    parameters: [
      ParameterDefinition(name: "diary", kind: .string, defaultValue: nil, summary: "Where to write to"),
      .integer("seed", 1, minimum: 0, summary: "Seed of the requests"),
      .integer("warm_up", 3, minimum: 0, summary: "Bars before the first decision"),
    ])

  /// What was written, by the name that the parameter `diary` gives.
  static let diaries = Mutex<[String: [String]]>([:])

  private let diary: String
  private let lookback: Int
  private var dice: Dice
  private var lines: [String] = []
  private var names = 0

  init(parameters: ParameterValues) {
    diary = parameters.string("diary")
    lookback = parameters.integer("warm_up")
    dice = Dice(UInt64(parameters.integer("seed")))
  }

  mutating func prepare(_ run: RunDescription) -> [Int] { [lookback] }

  mutating func observe(_ market: MarketView) {
    let bar = market.bar()
    lines.append("\(market.index) \(bar.time) \(bar.open) \(bar.high) \(bar.low) \(bar.close) \(bar.volume)")
  }

  mutating func warmUp(_ context: inout StrategyContext) {
    look(context)
    if context.index == 1 { context.buy() }
  }

  mutating func next(_ context: inout StrategyContext) {
    look(context)
    while dice.fraction() < 0.4 {
      act(&context)
      look(context)
    }
    if dice.fraction() < 0.1 { context.broker.annotate("dice", dice.fraction() < 0.5 ? .nan : 1.5) }
  }

  mutating func finish(_ outcome: RunOutcome) {
    Self.diaries.withLock { [diary, lines] in $0[diary] = lines }
  }

  private mutating func look(_ context: StrategyContext) {
    let broker = context.broker
    lines.append(
      "cash \(broker.cash) equity \(broker.equity) units \(broker.positionSize(of: 0)) count \(broker.openTradeCount)")
    lines.append("trades \(broker.openTrades)")
    lines.append("orders \(broker.pendingOrders)")
    lines.append("closed \(broker.closedTrades.count) \(String(describing: broker.closedTrades.last))")
    lines.append("events \(broker.orderEvents.count) \(broker.orderEvents.suffix(6))")
  }

  private mutating func act(_ context: inout StrategyContext) {
    let broker = context.broker
    let price = context.close
    let trade = tradeID(broker)
    let portion = portion()
    let bracket = bracket(price)
    switch dice.below(16) {
    case 0...6: place(request(price), broker)
    case 7:
      let instrument = dice.below(40) == 0 ? 1 : 0
      note { try broker.closePosition(of: instrument, portion: portion) }
    case 8, 9: note { _ = try broker.close(trade: trade, portion: portion) }
    case 10: note { try broker.cancel(order: broker.pendingOrders.first?.id ?? 99_999) }
    case 11: note { try broker.cancel(order: broker.pendingOrders.last?.id ?? 99_999) }
    case 12, 13: note { try broker.setStopLoss(of: trade, to: bracket) }
    case 14: note { try broker.setTakeProfit(of: trade, to: bracket) }
    default: lines.append("named \(String(describing: broker.orderID(named: "n\(max(0, names - 1))")))")
    }
  }

  private mutating func request(_ price: Double) -> OrderRequest {
    let side: Side = dice.below(2) == 0 ? .buy : .sell
    var request = OrderRequest(side)
    switch dice.below(12) {
    case 0...3: request.size = .units(Double(1 + dice.below(40)))
    case 4...6: request.size = .fraction(dice.fraction(0.05, 0.95))
    case 7: request.size = [.fraction(1), .fraction(.nan), .units(0), .units(1.5), .units(.infinity)][dice.below(5)]
    default: break
    }
    var reference = price
    let sign = side.sign
    switch dice.below(6) {
    case 0:
      reference = price * (1 - sign * dice.fraction(0, 0.02))
      request.limit = reference
    case 1:
      reference = price * (1 + sign * dice.fraction(0, 0.02))
      request.stop = reference
    case 2:
      request.stop = price * (1 + sign * dice.fraction(0, 0.01))
      reference = (request.stop ?? price) * (1 + sign * dice.fraction(-0.004, 0.01))
      request.limit = reference
    default: break
    }
    if dice.below(5) < 2 { request.stopLoss = reference * (1 - sign * dice.fraction(-0.002, 0.03)) }
    if dice.below(5) < 2 { request.takeProfit = reference * (1 + sign * dice.fraction(-0.002, 0.03)) }
    if dice.below(40) == 0 { request.stopLoss = [.nan, -1, 0, .infinity][dice.below(4)] }
    if dice.below(4) == 0 { request.tag = "tag \(dice.below(9)) \"é\"" }
    if dice.below(4) == 0 {
      request.clientOrderID = "n\(names)"
      // Now and then a name that is taken.
      if dice.below(4) != 0 { names += 1 }
    }
    return request
  }

  private mutating func place(_ request: OrderRequest, _ broker: any Brokerage) {
    do {
      lines.append("placed \(request) as \(try broker.place(request))")
    } catch {
      lines.append("refused \(request): \(error)")
    }
  }

  private mutating func note(_ request: () throws -> Void) {
    do {
      try request()
      lines.append("done")
    } catch {
      lines.append("refused: \(error)")
    }
  }

  private mutating func tradeID(_ broker: any Brokerage) -> TradeID {
    let trades = broker.openTrades
    if trades.isEmpty || dice.below(20) == 0 { return 77_777 }
    return trades[dice.below(trades.count)].id
  }

  private mutating func portion() -> Double {
    dice.below(20) == 0 ? [0, 1.5, .nan, -1][dice.below(4)] : dice.below(2) == 0 ? 1 : dice.fraction(0.1, 1)
  }

  private mutating func bracket(_ price: Double) -> Double? {
    switch dice.below(12) {
    case 0: nil
    case 1: [.nan, 0, -3, .infinity][dice.below(4)]
    default: price * dice.fraction(0.96, 1.04)
    }
  }
}
