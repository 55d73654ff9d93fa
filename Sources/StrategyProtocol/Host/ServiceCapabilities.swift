/// What the host can do for clients.
package struct ServiceCapabilities: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Modes it can drive.
  package var modes: [String]
  /// Encodings runs/series can answer in.
  package var encodings: [String]
  /// Rule books it knows.
  package var profiles: [String]
  /// Keys of a run's metrics.
  package var metrics: [String]
  /// Unofficial features, keyed `vendor/name`.
  package var experimental: WireValue?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case modes
    case encodings
    case profiles
    case metrics
    case experimental
  }

  /// Makes it of its fields.
  package init(
    modes: [String], encodings: [String], profiles: [String], metrics: [String], experimental: WireValue? = nil
  ) {
    self.modes = modes
    self.encodings = encodings
    self.profiles = profiles
    self.metrics = metrics
    self.experimental = experimental
  }

  package func check(_ path: WirePath) throws {
    try path.member("experimental").check(object: experimental)
  }
}
