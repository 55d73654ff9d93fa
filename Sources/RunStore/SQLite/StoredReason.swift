import TradingModel

/// An order's reason as two columns: its code, and the values behind it as a list of texts.
///
/// Numbers are written in Swift's shortest form that reads back to the same number; unlike JSON's it knows infinity and NaN.
struct StoredReason {
  var code: String
  /// `nil` for reasons without values.
  var detail: String?

  init(_ reason: OrderReason) {
    code = reason.code
    let values: [String?] =
      switch reason {
      case .invalidSize(let size): ["\(size)"]
      case .invalidPrice(let name, let value): [name, "\(value)"]
      case .invalidBracket(let side, let stopLoss, let reference, let takeProfit):
        [side.rawValue, stopLoss.map { "\($0)" }, "\(reference)", takeProfit.map { "\($0)" }]
      case .lessThanOneUnit(let available, let unitCost): ["\(available)", "\(unitCost)"]
      case .insufficientMargin(let required, let available): ["\(required)", "\(available)"]
      case .unknownInstrument(let symbol): [symbol]
      case .unknownTrade(let id): ["\(id)"]
      case .unknownOrder(let id): [id]
      case .duplicateClientOrderID(let id): [id]
      case .tooManyActions(let limit): ["\(limit)"]
      case .unsupported(let what): [what]
      case .warmUp, .requested, .amended, .tradeClosed, .excluded, .ruin, .endOfData: []
      }
    detail = values.isEmpty ? nil : TextList.encode(values)
  }

  init(code: String, detail: String?) {
    self.code = code
    self.detail = detail
  }

  /// The reason; `nil` when the columns do not hold one this version knows.
  var reason: OrderReason? {
    guard let values = detail.map(TextList.decode) ?? [] else { return nil }
    func text(_ index: Int) -> String? { index < values.count ? values[index] : nil }
    func number(_ index: Int) -> Double? { text(index).flatMap(Double.init) }
    func integer(_ index: Int) -> Int? { text(index).flatMap { Int($0) } }
    switch code {
    case "invalid_size": return number(0).map(OrderReason.invalidSize)
    case "invalid_price":
      guard let name = text(0), let value = number(1) else { return nil }
      return .invalidPrice(name: name, value: value)
    case "invalid_bracket":
      guard values.count == 4, let side = text(0).flatMap(Side.init), let reference = number(2) else { return nil }
      return .invalidBracket(side: side, stopLoss: number(1), reference: reference, takeProfit: number(3))
    case "less_than_one_unit":
      guard let available = number(0), let unitCost = number(1) else { return nil }
      return .lessThanOneUnit(available: available, unitCost: unitCost)
    case "insufficient_margin":
      guard let required = number(0), let available = number(1) else { return nil }
      return .insufficientMargin(required: required, available: available)
    case "unknown_instrument": return .unknownInstrument(symbol: text(0))
    case "unknown_trade": return integer(0).map(OrderReason.unknownTrade)
    case "unknown_order": return text(0).map(OrderReason.unknownOrder)
    case "duplicate_client_order_id": return text(0).map(OrderReason.duplicateClientOrderID)
    case "too_many_actions": return integer(0).map(OrderReason.tooManyActions)
    case "unsupported": return text(0).map(OrderReason.unsupported)
    default: return Self.plain.first { $0.code == code }
    }
  }

  /// The reasons without values.
  private static let plain: [OrderReason] = [.warmUp, .requested, .amended, .tradeClosed, .excluded, .ruin, .endOfData]
}
