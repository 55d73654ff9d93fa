/// What the host can do.
package struct HostCapabilities: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Modes it can drive.
  package var modes: [String]
  /// Column encodings it reads and writes.
  package var encodings: [String]
  /// Order types it can execute.
  package var orderTypes: [String]
  /// How long orders may rest.
  package var timeInForce: [String]
  /// Kinds of order events it sends.
  package var eventKinds: [String]
  /// Look-ahead checks it can make.
  package var lookaheadChecks: [String]
  /// Whether it understands next_index in the answer to bar/next; false when left out.
  package var nextIndex: Bool?
  /// Unofficial features, keyed `vendor/name`.
  package var experimental: WireValue?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case modes
    case encodings
    case orderTypes = "order_types"
    case timeInForce = "time_in_force"
    case eventKinds = "event_kinds"
    case lookaheadChecks = "lookahead_checks"
    case nextIndex = "next_index"
    case experimental
  }

  /// Makes it of its fields.
  package init(
    modes: [String], encodings: [String], orderTypes: [String], timeInForce: [String], eventKinds: [String],
    lookaheadChecks: [String], nextIndex: Bool? = nil, experimental: WireValue? = nil
  ) {
    self.modes = modes
    self.encodings = encodings
    self.orderTypes = orderTypes
    self.timeInForce = timeInForce
    self.eventKinds = eventKinds
    self.lookaheadChecks = lookaheadChecks
    self.nextIndex = nextIndex
    self.experimental = experimental
  }

  package func check(_ path: WirePath) throws {
    try path.member("experimental").check(object: experimental)
  }
}

extension HostCapabilities {
  /// What this version of the protocol describes.
  package static let standard = HostCapabilities(
    modes: ExecutionMode.allCases.map(\.rawValue), encodings: ColumnEncoding.allCases.map(\.rawValue),
    orderTypes: OrderType.allCases.map(\.rawValue), timeInForce: ["gtc"],
    eventKinds: EventKind.allCases.map(\.rawValue), lookaheadChecks: ["truncation", "perturbation"], nextIndex: true)
}
