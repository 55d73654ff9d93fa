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
  package var message: String { reason.message }

  /// The broker's reason, for the run's record.
  package var reason: OrderReason {
    switch self {
    case .broker(let reason): reason
    // The record keeps no more of a name than the protocol lets an order's own name have.
    case .unknownSymbol(let symbol): .unknownInstrument(symbol: String(symbol.prefix(64)))
    case .symbolMissing: .unknownInstrument(symbol: nil)
    case .typeMismatch(let type, let prices):
      .unsupported("a \(type.rawValue) order with the prices of a \(prices.rawValue) order")
    }
  }
}
