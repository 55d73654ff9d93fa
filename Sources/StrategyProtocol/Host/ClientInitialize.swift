/// The client introduces itself.
package struct ClientInitializeRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The newest version the client speaks, MAJOR.MINOR.
  package var protocolVersion: String
  /// The client program.
  package var client: Peer
  /// The client's process; the host ends when it is gone.
  package var processID: Int?
  /// What the client wants.
  package var capabilities: ClientCapabilities?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case protocolVersion = "protocol_version"
    case client
    case processID = "process_id"
    case capabilities
  }

  /// Makes the message of its fields.
  package init(protocolVersion: String, client: Peer, processID: Int? = nil, capabilities: ClientCapabilities? = nil) {
    self.protocolVersion = protocolVersion
    self.client = client
    self.processID = processID
    self.capabilities = capabilities
  }

  package func check(_ path: WirePath) throws {
    try path.member("protocol_version").check(version: protocolVersion)
    try client.check(path.member("client"))
    try path.member("process_id").check(processID, minimum: 1)
    try capabilities?.check(path.member("capabilities"))
  }
}

/// The host introduces itself.
package struct ClientInitializeResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The version that will be spoken.
  package var protocolVersion: String
  /// The host program.
  package var host: Peer
  /// What the host can do.
  package var capabilities: ServiceCapabilities
  /// Sizes in force.
  package var limits: ServiceLimits

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case protocolVersion = "protocol_version"
    case host
    case capabilities
    case limits
  }

  /// Makes the message of its fields.
  package init(protocolVersion: String, host: Peer, capabilities: ServiceCapabilities, limits: ServiceLimits) {
    self.protocolVersion = protocolVersion
    self.host = host
    self.capabilities = capabilities
    self.limits = limits
  }

  package func check(_ path: WirePath) throws {
    try path.member("protocol_version").check(version: protocolVersion)
    try host.check(path.member("host"))
    try capabilities.check(path.member("capabilities"))
    try limits.check(path.member("limits"))
  }
}
