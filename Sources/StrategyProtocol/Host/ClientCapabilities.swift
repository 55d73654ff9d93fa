/// What happens to a client's runs when it vanishes.
package enum DisconnectPolicy: String, WireName {
  /// They are cancelled.
  case cancel
  /// They go on.
  case keep
}

/// What the client wants. Everything may be left out.
package struct ClientCapabilities: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Whether it wants $/progress; true when left out.
  package var progress: Bool?
  /// Whether it wants runs/changed; true when left out.
  package var runsChanged: Bool?
  /// What happens to its runs when it vanishes; `cancel` when left out.
  package var onDisconnect: DisconnectPolicy?
  /// Unofficial features, keyed `vendor/name`.
  package var experimental: WireValue?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case progress
    case runsChanged = "runs_changed"
    case onDisconnect = "on_disconnect"
    case experimental
  }

  /// Makes it of its fields.
  package init(
    progress: Bool? = nil, runsChanged: Bool? = nil, onDisconnect: DisconnectPolicy? = nil,
    experimental: WireValue? = nil
  ) {
    self.progress = progress
    self.runsChanged = runsChanged
    self.onDisconnect = onDisconnect
    self.experimental = experimental
  }

  package func check(_ path: WirePath) throws {
    try path.member("experimental").check(object: experimental)
  }
}
