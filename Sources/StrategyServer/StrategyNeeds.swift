import StrategyProtocol

/// What a strategy reads, which decides how a host may drive it.
public enum StrategyNeeds: Sendable {
  /// Prices alone: no cash, equity, trades, orders or events. Bars may come in chunks, which is many times faster.
  ///
  /// A strategy served this way that reads the account all the same fails its run.
  case prices
  /// Prices, the account, its trades, its resting orders and order events, bar by bar.
  case account
  /// As ``account``, and all bars in `prepare`: such a strategy can look ahead, and its runs are labelled so.
  ///
  /// The others find no series in `prepare` unless the host happens to send them ahead.
  case columns

  var modes: [ExecutionMode] {
    switch self {
    case .prices: [.lockstep, .preload, .streamed, .vectorized]
    case .account: [.lockstep, .preload]
    case .columns: [.preload]
    }
  }

  var readsAccount: Bool { self != .prices }
}
