import TradingModel

extension OrderReason {
  /// The reason of a code, with the numbers that its sentence holds, as far as they can be found there.
  ///
  /// - Returns: `nil` for a code that this version does not know.
  init?(code: String, message: String) {
    let numbers = message.split { $0 == " " || $0 == "," }.compactMap { Double($0) }
    func number(_ place: Int) -> Double { numbers.indices.contains(place) ? numbers[place] : .nan }
    func whole(_ place: Int) -> Int { Int(exactly: number(place)) ?? 0 }
    switch code {
    case "invalid_size": self = .invalidSize(number(0))
    case "invalid_price":
      self = .invalidPrice(name: message.split(separator: " ").first.map { String($0) } ?? "price", value: number(0))
    case "invalid_bracket":
      // Which of the three prices are there is not said by their number alone; the sentence keeps them for people.
      self = .invalidBracket(
        side: message.hasPrefix("a sell") ? .sell : .buy, stopLoss: nil, reference: number(0), takeProfit: nil)
    case "less_than_one_unit": self = .lessThanOneUnit(available: number(0), unitCost: number(1))
    case "insufficient_margin": self = .insufficientMargin(required: number(0), available: number(1))
    case "unknown_instrument": self = .unknownInstrument(symbol: Self.symbol(in: message))
    case "unknown_trade": self = .unknownTrade(whole(0))
    case "unknown_order": self = .unknownOrder(message.split(separator: " ").last.map { String($0) } ?? "")
    case "duplicate_client_order_id": self = .duplicateClientOrderID("")
    case "warmup": self = .warmUp
    case "too_many_actions": self = .tooManyActions(limit: whole(0))
    case "unsupported": self = .unsupported(message)
    case "requested": self = .requested
    case "amended": self = .amended
    case "trade_closed": self = .tradeClosed
    case "excluded": self = .excluded
    case "ruin": self = .ruin
    case "end_of_data": self = .endOfData
    default: return nil
    }
  }

  /// The symbol in the sentence of an unknown instrument.
  private static func symbol(in message: String) -> String? {
    let (start, end) = ("there is no symbol ", " in this run")
    guard message.hasPrefix(start), message.hasSuffix(end), message.count >= start.count + end.count else { return nil }
    return String(message.dropFirst(start.count).dropLast(end.count))
  }
}
