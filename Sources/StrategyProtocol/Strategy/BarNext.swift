package import TradingModel

/// One bar.
package struct BarNextRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The run.
  package var runID: String
  /// The bar, counted from 0.
  package var index: Int
  /// Opening time, epoch ms.
  package var time: EpochMilliseconds
  /// Per symbol [open, high, low, close, volume]; null when it has no bar. Absent in the mode preload.
  package var bars: OrderedMap<BarRow?>?
  /// True during warm-up, else left out.
  package var warmup: Bool?
  /// Order events since the previous bar/next; left out when the strategy needs none.
  package var events: [Event]?
  /// The account, valued at this bar's close; left out when unchanged.
  package var account: AccountState?
  /// Per symbol [quantity, avg_price, market_value, unrealized_pnl]; left out when unchanged.
  package var positions: OrderedMap<PositionRow>?
  /// All open trades in opening order; left out when unchanged.
  package var trades: [TradeState]?
  /// All resting orders in the order they will be worked off; left out when unchanged.
  package var orders: [OrderState]?
  /// Trades closed since the previous bar/next; left out when none.
  package var closed: [ClosedTrade]?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case index
    case time
    case bars
    case warmup
    case events
    case account
    case positions
    case trades
    case orders
    case closed
  }

  /// Makes the message of its fields.
  package init(
    runID: String, index: Int, time: EpochMilliseconds, bars: OrderedMap<BarRow?>? = nil, warmup: Bool? = nil,
    events: [Event]? = nil, account: AccountState? = nil, positions: OrderedMap<PositionRow>? = nil,
    trades: [TradeState]? = nil, orders: [OrderState]? = nil, closed: [ClosedTrade]? = nil
  ) {
    self.runID = runID
    self.index = index
    self.time = time
    self.bars = bars
    self.warmup = warmup
    self.events = events
    self.account = account
    self.positions = positions
    self.trades = trades
    self.orders = orders
    self.closed = closed
  }

  package func check(_ path: WirePath) throws {
    try path.member("index").check(index, minimum: 0)
    try path.member("warmup").check(warmup, is: true)
    try events?.check(path.member("events"))
    try trades?.check(path.member("trades"))
    try orders?.check(path.member("orders"))
    try closed?.check(path.member("closed"))
  }
}

/// What the strategy wants done.
package struct BarNextResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Performed in this order; nothing when left out.
  package var actions: [Action]?
  /// Values for charts on this bar.
  package var annotations: OrderedMap<Double?>?
  /// Nothing is decided before this bar unless something happens to an order first; only in the mode preload.
  package var nextIndex: Int?
  /// Values for charts on each of the bars passed over.
  package var annotationsAhead: OrderedMap<[Double?]>?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case actions
    case annotations
    case nextIndex = "next_index"
    case annotationsAhead = "annotations_ahead"
  }

  /// Makes the message of its fields.
  package init(
    actions: [Action]? = nil, annotations: OrderedMap<Double?>? = nil, nextIndex: Int? = nil,
    annotationsAhead: OrderedMap<[Double?]>? = nil
  ) {
    self.actions = actions
    self.annotations = annotations
    self.nextIndex = nextIndex
    self.annotationsAhead = annotationsAhead
  }

  package func check(_ path: WirePath) throws {
    try actions?.check(path.member("actions"))
    try path.member("next_index").check(nextIndex, minimum: 1)
  }
}
