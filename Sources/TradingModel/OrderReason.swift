/// Why an order was refused or withdrawn, with the numbers behind it.
public indirect enum OrderReason: Sendable, Equatable {
  /// The size is neither a fraction between 0 and 1 nor a whole number of units.
  case invalidSize(Double)
  /// A price is not a finite number above 0; in the profile `compat` a limit or stop may be below 0.
  case invalidPrice(name: String, value: Double)
  /// The prices are not in the order stop-loss < reference < take-profit (long) or the reverse (short).
  case invalidBracket(side: Side, stopLoss: Double?, reference: Double, takeProfit: Double?)
  /// The fraction of the buying power does not pay for one unit.
  case lessThanOneUnit(available: Double, unitCost: Double)
  /// The order needs more than the buying power.
  case insufficientMargin(required: Double, available: Double)
  /// There is no such instrument in the run; `nil` when the order named none and the run has several.
  case unknownInstrument(symbol: String?)
  /// There is no such open trade.
  case unknownTrade(TradeID)
  /// There is no such pending order.
  case unknownOrder(String)
  /// Another order already has this name.
  case duplicateClientOrderID(String)
  /// Orders are not accepted while the strategy warms up.
  case warmUp
  /// More actions on one bar than the limit.
  case tooManyActions(limit: Int)
  /// The order asks for something this version does not do.
  case unsupported(String)
  /// The strategy withdrew it.
  case requested
  /// It was replaced: a trade's stop-loss or take-profit was moved or cleared.
  case amended
  /// The trade it belongs to is closed.
  case tradeClosed
  /// A newer order excluded it.
  case excluded
  /// The account was ruined.
  case ruin
  /// The data ended.
  case endOfData

  /// A stable name for programs.
  public var code: String {
    switch self {
    case .invalidSize: "invalid_size"
    case .invalidPrice: "invalid_price"
    case .invalidBracket: "invalid_bracket"
    case .lessThanOneUnit: "less_than_one_unit"
    case .insufficientMargin: "insufficient_margin"
    case .unknownInstrument: "unknown_instrument"
    case .unknownTrade: "unknown_trade"
    case .unknownOrder: "unknown_order"
    case .duplicateClientOrderID: "duplicate_client_order_id"
    case .warmUp: "warmup"
    case .tooManyActions: "too_many_actions"
    case .unsupported: "unsupported"
    case .requested: "requested"
    case .amended: "amended"
    case .tradeClosed: "trade_closed"
    case .excluded: "excluded"
    case .ruin: "ruin"
    case .endOfData: "end_of_data"
    }
  }

  /// One sentence with the numbers.
  public var message: String {
    switch self {
    case .invalidSize(let size): "size \(size) is neither a fraction between 0 and 1 nor a whole number of units"
    case .invalidPrice(let name, let value): "\(name) \(value) is not a price above 0"
    case .invalidBracket(let side, let stopLoss, let reference, let takeProfit):
      "a \(side.rawValue) needs "
        + (side == .buy ? "stop_loss < price < take_profit" : "take_profit < price < stop_loss")
        + ", received stop_loss \(Self.text(stopLoss)), price \(reference), take_profit \(Self.text(takeProfit))"
    case .lessThanOneUnit(let available, let unitCost):
      "the buying power \(available) does not pay for one unit at \(unitCost)"
    case .insufficientMargin(let required, let available):
      "the order needs \(required), the buying power is \(available)"
    case .unknownInstrument(let symbol?): "there is no symbol \(symbol) in this run"
    case .unknownInstrument(nil): "the run has several symbols; the order must name one"
    case .unknownTrade(let id): "there is no open trade \(id)"
    case .unknownOrder(let id): "there is no pending order \(id)"
    case .duplicateClientOrderID(let id): "an order named \(id) already exists in this run"
    case .warmUp: "orders are not accepted during warm-up"
    case .tooManyActions(let limit): "more than \(limit) actions on one bar"
    case .unsupported(let what): "\(what) is not supported"
    case .requested: "withdrawn by the strategy"
    case .amended: "replaced by a new stop-loss or take-profit"
    case .tradeClosed: "its trade is closed"
    case .excluded: "a newer order excludes it"
    case .ruin: "the account is ruined"
    case .endOfData: "the data ended"
    }
  }

  private static func text(_ price: Double?) -> String { price.map { "\($0)" } ?? "none" }
}
