import StrategyProtocol
import Testing
import TradingModel

@Suite struct ConversionTests {
  let symbols = SymbolTable(["ACME", "BOLT"])

  @Test func orderGoesToTheModelAndBack() throws {
    let request = OrderRequest(
      .sell, size: .units(10), limit: 98, stop: 99, stopLoss: 104, takeProfit: 90, tag: "t", clientOrderID: "a1",
      instrument: 1)
    let action = OrderAction(request, symbols: symbols, barIndex: 7)
    #expect(action.barIndex == 7 && action.symbol == "BOLT")
    #expect(try action.request(symbols) == request)
  }

  @Test(
    arguments: [
      (nil, nil, OrderSize.all), (nil, 1, .all), (nil, 0.5, .fraction(0.5)), (3, nil, .units(3)),
      (nil, 0.9999999999999998, .all),
    ] as [(Double?, Double?, OrderSize)])
  func sizesAreTaken(_ quantity: Double?, _ fraction: Double?, _ size: OrderSize) throws {
    let action = OrderAction(symbol: "ACME", side: .buy, quantity: quantity, fraction: fraction)
    #expect(try action.request(symbols).size == size)
  }

  @Test(
    arguments: [
      (0, nil), (1.5, nil), (-1, nil), (.infinity, nil), (.nan, nil), (nil, 0), (nil, 1.01), (nil, -0.5), (1, 0.5),
    ] as [(Double?, Double?)])
  func sizesAreRefused(_ quantity: Double?, _ fraction: Double?) throws {
    let action = OrderAction(symbol: "ACME", side: .buy, quantity: quantity, fraction: fraction)
    #expect {
      try action.request(symbols)
    } throws: { error in
      (error as? ActionRefusal)?.code == "invalid_size"
    }
  }

  @Test(
    arguments: [
      ("market", nil, nil, true), ("market", 98, nil, false), ("limit", 98, nil, true), ("limit", nil, nil, false),
      ("stop", nil, 99, true), ("stop", 98, 99, false), ("stop_limit", 98, 99, true), ("stop_limit", nil, 99, false),
      ("trailing_stop", nil, nil, false),
    ] as [(String, Double?, Double?, Bool)])
  func typesMustAgreeWithThePrices(_ type: String, _ limit: Double?, _ stop: Double?, _ isTaken: Bool) {
    let action = OrderAction(symbol: "ACME", side: .buy, type: type, limitPrice: limit, stopPrice: stop)
    do throws(ActionRefusal) {
      let request = try action.request(symbols)
      #expect(isTaken)
      #expect(request.limit == limit && request.stop == stop)
    } catch {
      #expect(!isTaken)
      #expect(error.code == "unsupported")
      #expect(error.message.contains(type))
    }
  }

  @Test func symbolMayBeLeftOutOfARunOfOne() throws {
    let action = OrderAction(side: .buy)
    #expect(try action.request(SymbolTable(["ACME"])).instrument == 0)
    #expect(throws: ActionRefusal.symbolMissing) { try action.request(symbols) }
    #expect(throws: ActionRefusal.unknownSymbol("COIL")) {
      try OrderAction(symbol: "COIL", side: .buy).request(symbols)
    }
    #expect(ActionRefusal.unknownSymbol("COIL").message == "there is no symbol COIL in this run")
    #expect(ActionRefusal.unknownSymbol("COIL").code == "unknown_instrument")
    // The run's record names it too.
    #expect(ActionRefusal.unknownSymbol("COIL").reason == .unknownInstrument(symbol: "COIL"))
    let long = ActionRefusal.unknownSymbol(String(repeating: "x", count: 1_000_000))
    #expect(long.reason == .unknownInstrument(symbol: String(repeating: "x", count: 64)))
  }

  @Test func recordsKeepEveryField() {
    let event = OrderEvent(
      sequence: 3, kind: .partiallyClosed, index: 7, time: 99, orderID: 4, clientOrderID: "a", role: .takeProfit,
      instrument: 1, side: .sell, size: 5, price: 101.5, commission: 0.25, tradeID: 2, reason: .tooManyActions(limit: 9)
    )
    #expect(
      Event(event, symbols: symbols)
        == Event(
          sequence: 3, kind: .partiallyClosed, index: 7, time: 99, orderID: 4, clientOrderID: "a", role: .takeProfit,
          symbol: "BOLT", side: .sell, quantity: 5, price: 101.5, commission: 0.25, tradeID: 2,
          reason: OrderReasonObject(code: "too_many_actions", message: "more than 9 actions on one bar")))
    let open = OpenTrade(
      id: 2, instrument: 1, size: -5, entryPrice: 101.5, entryIndex: 7, stopLoss: 110, takeProfit: nil, tag: "t")
    #expect(TradeState(open, symbols: symbols).openTrade(symbols) == open)
    #expect(TradeState(open, symbols: symbols).openTrade(SymbolTable(["ACME"])) == nil)
    let order = PendingOrder(
      id: 9, role: .stopLoss, instrument: 1, side: .buy, size: .fraction(0.25), limit: nil, stop: 110, stopLoss: 1,
      takeProfit: 2, tag: "t", clientOrderID: "c", tradeID: 2)
    #expect(OrderState(order, symbols: symbols).pendingOrder(symbols) == order)
    let trade = Trade(
      id: 2, instrument: 1, size: -5, entryIndex: 7, exitIndex: 9, entryTime: 99, exitTime: 101, entryPrice: 101.5,
      exitPrice: 100, pnl: 7.5, returnFraction: 0.125, commission: 0.5, stopLoss: 110, takeProfit: 90, tag: "t")
    let closed = ClosedTrade(trade, symbols: symbols)
    #expect(closed.returnPercent == 12.5)
    #expect(closed.trade(symbols) == trade)
    #expect(TradeRecord(trade, symbols: symbols).symbol == "BOLT")
    #expect(TradeRecord(trade, symbols: symbols).returnPercent == 12.5)
  }

  @Test func positionsSumOpenTrades() {
    let trades = [
      OpenTrade(id: 1, instrument: 0, size: 10, entryPrice: 100, entryIndex: 1),
      OpenTrade(id: 2, instrument: 1, size: 7, entryPrice: 50, entryIndex: 1),
      OpenTrade(id: 3, instrument: 0, size: 30, entryPrice: 104, entryIndex: 2),
    ]
    #expect(
      PositionRow(of: 0, trades: trades, close: 105)
        == PositionRow(quantity: 40, averagePrice: 103, marketValue: 4_200, unrealizedPnL: 80))
    #expect(PositionRow(of: 2, trades: trades, close: 105) == nil)
    let hedged = [
      OpenTrade(id: 1, instrument: 0, size: 10, entryPrice: 100, entryIndex: 1),
      OpenTrade(id: 2, instrument: 0, size: -10, entryPrice: 110, entryIndex: 1),
    ]
    #expect(
      PositionRow(of: 0, trades: hedged, close: 105)
        == PositionRow(quantity: 0, averagePrice: nil, marketValue: 0, unrealizedPnL: 100))
  }

  @Test func settingsGoToTheWireAndBack() {
    let settings = ExecutionSettings(
      cash: 5_000, commission: .fixedAndRate(fixed: 1, rate: 0.002), spread: 0.01, margin: 0.25, tradeOnClose: true,
      hedging: true, exclusiveOrders: true, finalizeTrades: true, profile: .strict)
    let terms = ExecutionTerms(settings)
    let account = RunAccount(settings, currency: "USD")
    #expect(terms.fillAt == .close && terms.profile == .strict && account.leverage == 4 && account.initialCash == 5_000)
    let back = terms.settings(cash: account.initialCash)
    #expect(ExecutionTerms(back) == terms && back.cash == 5_000)
    #expect(CommissionTerms(.custom { size, _ in size }) == nil)
    #expect(CommissionTerms(.rate(0.002)) == CommissionTerms(fixed: 0, rate: 0.002))
    #expect(Commission(CommissionTerms(fixed: 0, rate: 0.002)).charge(size: 10, price: 100) == 2)
  }

  @Test func clientsNeedSayOnlyWhatDiffers() {
    let defaults = ExecutionRequest.settings(nil, account: nil)
    #expect(ExecutionTerms(defaults) == ExecutionTerms(ExecutionSettings()) && defaults.cash == 10_000)
    let asked = ExecutionRequest(
      profile: .strict, fillAt: .close, commission: CommissionTerms(fixed: 1, rate: 0), spread: 0.1, margin: 0.5,
      hedging: true, exclusiveOrders: true, finalizeTrades: true)
    let settings = ExecutionRequest.settings(asked, account: AccountRequest(initialCash: 7))
    #expect(
      ExecutionTerms(settings)
        == ExecutionTerms(
          profile: .strict, fillAt: .close, commission: CommissionTerms(fixed: 1, rate: 0), spread: 0.1, margin: 0.5,
          hedging: true, exclusiveOrders: true, finalizeTrades: true))
    #expect(settings.cash == 7)
    let close = ExecutionRequest.settings(ExecutionRequest(fillAt: .nextOpen), account: nil, defaults: settings)
    #expect(!close.tradeOnClose && close.hedging)
  }

  @Test func barsKeepAnUnknownVolume() throws {
    let bar = Bar(time: 5, open: 1, high: 3, low: 0.5, close: 2, volume: .nan)
    let row = BarRow(bar)
    #expect(row.volume == nil)
    #expect(try WireTree(.encoding(row)).text() == "[1,3,0.5,2,null]")
    let back = row.bar(time: 5)
    #expect(back.volume.isNaN && back.close == 2 && back.time == 5)
  }
}
