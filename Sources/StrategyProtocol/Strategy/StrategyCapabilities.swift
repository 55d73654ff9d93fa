/// What a strategy can do. Everything may be left out.
package struct StrategyCapabilities: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Modes it can be driven in; ["lockstep"] when left out.
  package var modes: [String]?
  /// Whether it wants account, positions, trades, orders and closed; true when left out.
  package var needsAccount: Bool?
  /// Whether it wants events; true when left out.
  package var needsEvents: Bool?
  /// When the account is sent; `changed` when left out.
  package var account: AccountUpdates?
  /// Whether it can trade several symbols in one run; false when left out.
  package var multiSymbol: Bool?
  /// What its answers to series/evaluate hold; ["actions"] when left out.
  package var outputs: [String]?
  /// Column encodings it reads; ["json"] when left out.
  package var encodings: [String]?
  /// Longest line it can read; 1048576 when left out.
  package var maxMessageBytes: Int?
  /// Whether one process can serve several runs, one after another; false when left out.
  package var reuse: Bool?
  /// Whether it reads $/cancelRequest while it works; false when left out.
  package var cancel: Bool?
  /// Whether it sends $/progress; false when left out.
  package var progress: Bool?
  /// Whether equal runs give equal answers; true when left out.
  package var deterministic: Bool?
  /// Whether series/evaluate depends on nothing but its run; false when left out.
  package var statelessSeries: Bool?
  /// Order types it uses; all when left out.
  package var orderTypes: [String]?
  /// Unofficial features, keyed `vendor/name`.
  package var experimental: WireValue?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case modes
    case needsAccount = "needs_account"
    case needsEvents = "needs_events"
    case account
    case multiSymbol = "multi_symbol"
    case outputs
    case encodings
    case maxMessageBytes = "max_message_bytes"
    case reuse
    case cancel
    case progress
    case deterministic
    case statelessSeries = "stateless_series"
    case orderTypes = "order_types"
    case experimental
  }

  /// Makes it of its fields.
  package init(
    modes: [String]? = nil, needsAccount: Bool? = nil, needsEvents: Bool? = nil, account: AccountUpdates? = nil,
    multiSymbol: Bool? = nil, outputs: [String]? = nil, encodings: [String]? = nil, maxMessageBytes: Int? = nil,
    reuse: Bool? = nil, cancel: Bool? = nil, progress: Bool? = nil, deterministic: Bool? = nil,
    statelessSeries: Bool? = nil, orderTypes: [String]? = nil, experimental: WireValue? = nil
  ) {
    self.modes = modes
    self.needsAccount = needsAccount
    self.needsEvents = needsEvents
    self.account = account
    self.multiSymbol = multiSymbol
    self.outputs = outputs
    self.encodings = encodings
    self.maxMessageBytes = maxMessageBytes
    self.reuse = reuse
    self.cancel = cancel
    self.progress = progress
    self.deterministic = deterministic
    self.statelessSeries = statelessSeries
    self.orderTypes = orderTypes
    self.experimental = experimental
  }

  package func check(_ path: WirePath) throws {
    try path.member("max_message_bytes").check(maxMessageBytes, minimum: 4096)
    try path.member("experimental").check(object: experimental)
  }
}

/// When account, positions, trades and orders are sent.
package enum AccountUpdates: String, WireName {
  /// When they differ from what was last sent.
  case changed
  /// With every bar.
  case always
}

/// What an answer to series/evaluate holds.
package enum VectorizedOutput: String, WireName {
  /// A list of actions with bar indices.
  case actions
  /// Units to hold, per bar.
  case targetPosition = "target_position"
  /// Part of the equity to hold, per bar.
  case targetWeight = "target_weight"
  /// When to enter and when to leave, per bar.
  case entriesExits = "entries_exits"
}

extension StrategyCapabilities {
  /// Longest line a strategy can read unless it says otherwise, bytes.
  package static let standardMessageBytes = 1_048_576

  /// Modes it can be driven in, in the order it names them; words of later versions are passed over.
  package var resolvedModes: [ExecutionMode] { modes.map { $0.compactMap(ExecutionMode.init) } ?? [.lockstep] }
  /// Whether it wants account, positions, trades, orders and closed.
  package var resolvedNeedsAccount: Bool { needsAccount ?? true }
  /// Whether it wants events.
  package var resolvedNeedsEvents: Bool { needsEvents ?? true }
  /// When the account is sent.
  package var resolvedAccount: AccountUpdates { account ?? .changed }
  /// Whether it can trade several symbols in one run.
  package var resolvedMultiSymbol: Bool { multiSymbol ?? false }
  /// What its answers to series/evaluate hold.
  package var resolvedOutputs: [VectorizedOutput] { outputs.map { $0.compactMap(VectorizedOutput.init) } ?? [.actions] }
  /// Column encodings it reads, in the order it names them.
  package var resolvedEncodings: [ColumnEncoding] { encodings.map { $0.compactMap(ColumnEncoding.init) } ?? [.json] }
  /// Longest line it can read, bytes.
  package var resolvedMessageBytes: Int { maxMessageBytes ?? Self.standardMessageBytes }
  /// Whether one process can serve several runs.
  package var resolvedReuse: Bool { reuse ?? false }
  /// Whether it reads $/cancelRequest while it works.
  package var resolvedCancel: Bool { cancel ?? false }
  /// Whether it sends $/progress.
  package var resolvedProgress: Bool { progress ?? false }
  /// Whether equal runs give equal answers.
  package var resolvedDeterministic: Bool { deterministic ?? true }
  /// Whether series/evaluate depends on nothing but its run.
  package var resolvedStatelessSeries: Bool { statelessSeries ?? false }

  /// Why the strategy cannot be driven in a mode, as the end of a sentence; `nil` when it can.
  package func obstacle(to mode: ExecutionMode) -> String? {
    if !resolvedModes.contains(mode) {
      return "it declares only the modes \(resolvedModes.map(\.rawValue).joined(separator: ", "))"
    }
    if mode == .streamed, resolvedNeedsAccount || resolvedNeedsEvents {
      return "streamed needs both needs_account and needs_events declared false"
    }
    return nil
  }
}
