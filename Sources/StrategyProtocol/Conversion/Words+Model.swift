package import TradingModel

// The wire's words and the model's are spelt apart on purpose: renaming a case of the model cannot change the wire, and
// each switch stops compiling when the model grows a case the wire does not know.

extension OrderSide {
  package init(_ side: Side) { self = side == .buy ? .buy : .sell }
}

extension Side {
  package init(_ side: OrderSide) { self = side == .buy ? .buy : .sell }
}

extension OrderRole {
  package init(_ role: PendingOrder.Role) {
    self =
      switch role {
      case .entry: .entry
      case .close: .close
      case .stopLoss: .stopLoss
      case .takeProfit: .takeProfit
      }
  }
}

extension PendingOrder.Role {
  package init(_ role: OrderRole) {
    self =
      switch role {
      case .entry: .entry
      case .close: .close
      case .stopLoss: .stopLoss
      case .takeProfit: .takeProfit
      }
  }
}

extension EventKind {
  package init(_ kind: OrderEvent.Kind) {
    self =
      switch kind {
      case .accepted: .accepted
      case .rejected: .rejected
      case .triggered: .triggered
      case .filled: .filled
      case .partiallyClosed: .partiallyClosed
      case .cancelled: .cancelled
      case .expired: .expired
      }
  }
}

extension RuleBook {
  package init(_ profile: ExecutionProfile) {
    self =
      switch profile {
      case .compat: .compat
      case .strict: .strict
      }
  }
}

extension ExecutionProfile {
  package init(_ rules: RuleBook) {
    self =
      switch rules {
      case .compat: .compat
      case .strict: .strict
      }
  }
}
