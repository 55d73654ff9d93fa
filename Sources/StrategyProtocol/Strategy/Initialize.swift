/// The host introduces itself.
package struct InitializeRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The newest version the host speaks, MAJOR.MINOR.
  package var protocolVersion: String
  /// The host program.
  package var host: Peer
  /// Process id of the host, for watchers.
  package var hostProcessID: Int
  /// What the host can do.
  package var capabilities: HostCapabilities
  /// Sizes and times in force.
  package var limits: Limits
  /// Free settings from the strategy's manifest or the user; {} when there are none.
  package var options: WireValue

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case protocolVersion = "protocol_version"
    case host
    case hostProcessID = "host_pid"
    case capabilities
    case limits
    case options
  }

  /// Makes the message of its fields.
  package init(
    protocolVersion: String, host: Peer, hostProcessID: Int, capabilities: HostCapabilities, limits: Limits,
    options: WireValue = .emptyObject
  ) {
    self.protocolVersion = protocolVersion
    self.host = host
    self.hostProcessID = hostProcessID
    self.capabilities = capabilities
    self.limits = limits
    self.options = options
  }

  package func check(_ path: WirePath) throws {
    try path.member("protocol_version").check(version: protocolVersion)
    try host.check(path.member("host"))
    try path.member("host_pid").check(hostProcessID, minimum: 0)
    try capabilities.check(path.member("capabilities"))
    try limits.check(path.member("limits"))
    try path.member("options").check(object: options)
  }
}

/// The strategy introduces itself.
package struct InitializeResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The version that will be spoken: the host's, or an older one.
  package var protocolVersion: String
  /// The strategy.
  package var strategy: StrategyInfo
  /// What it can do; {} when left out.
  package var capabilities: StrategyCapabilities?
  /// JSON Schema of what can be tuned; no parameters when left out.
  package var parameters: WireValue?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case protocolVersion = "protocol_version"
    case strategy
    case capabilities
    case parameters
  }

  /// Makes the message of its fields.
  package init(
    protocolVersion: String, strategy: StrategyInfo, capabilities: StrategyCapabilities? = nil,
    parameters: WireValue? = nil
  ) {
    self.protocolVersion = protocolVersion
    self.strategy = strategy
    self.capabilities = capabilities
    self.parameters = parameters
  }

  package func check(_ path: WirePath) throws {
    try path.member("protocol_version").check(version: protocolVersion)
    try strategy.check(path.member("strategy"))
    try capabilities?.check(path.member("capabilities"))
    try path.member("parameters").check(parameters: parameters)
  }
}

/// Names a strategy.
package struct StrategyInfo: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Name users see.
  package var name: String
  /// Its own version.
  package var version: String?
  /// One sentence about what it does.
  package var description: String?
  /// Programming language.
  package var language: String?
  /// Library it is written with, and its version.
  package var sdk: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case name
    case version
    case description
    case language
    case sdk
  }

  /// Makes it of its fields.
  package init(
    name: String, version: String? = nil, description: String? = nil, language: String? = nil, sdk: String? = nil
  ) {
    self.name = name
    self.version = version
    self.description = description
    self.language = language
    self.sdk = sdk
  }

  package func check(_ path: WirePath) throws {
    try path.member("name").check(length: name, minimum: 1, maximum: 100)
  }
}
