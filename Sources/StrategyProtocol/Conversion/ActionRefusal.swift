package import TradingModel

/// Why a well-formed action cannot be handed to the broker; the strategy learns it as a rejected event.
package enum ActionRefusal: Error, Equatable, Sendable {
  /// A reason the broker has a word for.
  case broker(OrderReason)
  /// The run does not trade this symbol.
  case unknownSymbol(String)
  /// The run has several symbols and the action names none.
  case symbolMissing
  /// The order's type does not go with its prices.
  case typeMismatch(type: OrderType, prices: OrderType)

  /// The code on the wire.
  package var code: String { reason.code }

  /// One sentence with what was wrong.
  package var message: String {
    switch self {
    case .broker, .typeMismatch: reason.message
    case .unknownSymbol(let symbol): "there is no symbol \(symbol) in this run"
    case .symbolMissing: "the run has several symbols; the action must name one"
    }
  }

  /// The broker's reason, for the run's record.
  package var reason: OrderReason {
    switch self {
    case .broker(let reason): reason
    case .unknownSymbol, .symbolMissing: .unknownInstrument(-1)
    case .typeMismatch(let type, let prices):
      .unsupported("a \(type.rawValue) order with the prices of a \(prices.rawValue) order")
    }
  }
}
