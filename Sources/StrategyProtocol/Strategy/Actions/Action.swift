/// The word that says what an action does.
package enum ActionKind: String, WireName {
  /// Place an entry order.
  case order
  /// Withdraw a resting order.
  case cancel
  /// Close a trade or a position.
  case close
  /// Move a trade's stop-loss or take-profit.
  case amend
}

/// One thing a strategy wants done; a list of them is performed in its order.
package enum Action: Codable, Equatable, Sendable, WireChecked {
  case order(OrderAction)
  case cancel(CancelAction)
  case close(CloseAction)
  case amend(AmendAction)

  /// The bar it belongs to, in streamed and vectorized runs.
  package var barIndex: Int? {
    switch self {
    case .order(let action): action.barIndex
    case .cancel(let action): action.barIndex
    case .close(let action): action.barIndex
    case .amend(let action): action.barIndex
    }
  }

  private enum CodingKeys: String, CodingKey {
    case kind = "do"
  }

  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    switch try container.decode(ActionKind.self, forKey: .kind) {
    case .order: self = .order(try OrderAction(from: decoder))
    case .cancel: self = .cancel(try CancelAction(from: decoder))
    case .close: self = .close(try CloseAction(from: decoder))
    case .amend: self = .amend(try AmendAction(from: decoder))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .order(let action): try action.encode(to: encoder)
    case .cancel(let action): try action.encode(to: encoder)
    case .close(let action): try action.encode(to: encoder)
    case .amend(let action): try action.encode(to: encoder)
    }
  }

  package func check(_ path: WirePath) throws {
    switch self {
    case .order(let action): try action.check(path)
    case .cancel(let action): try action.check(path)
    case .close(let action): try action.check(path)
    case .amend(let action): try action.check(path)
    }
  }
}
