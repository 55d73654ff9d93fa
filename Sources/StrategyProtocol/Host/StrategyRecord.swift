/// Where a strategy comes from.
package enum StrategySource: String, WireName {
  /// Compiled into the host.
  case builtin
  /// A folder with a manifest.
  case plugin
  /// An executable or script given by path.
  case file
}

/// What the host knows about a strategy.
package struct StrategyRecord: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Its name.
  package var name: String
  /// Where it comes from.
  package var source: StrategySource
  /// One sentence about what it does.
  package var description: String?
  /// Its own version.
  package var version: String?
  /// Programming language.
  package var language: String?
  /// Modes it can be driven in.
  package var modes: [String]
  /// JSON Schema of what can be tuned.
  package var parameters: WireValue
  /// Program and arguments; left out when compiled in.
  package var command: [String]?
  /// Working directory of the process.
  package var workingDirectory: String?
  /// Environment variables added for the process.
  package var environment: OrderedMap<String>?
  /// Why it cannot be used; left out when it can.
  package var fault: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case name
    case source
    case description
    case version
    case language
    case modes
    case parameters
    case command
    case workingDirectory = "cwd"
    case environment = "env"
    case fault
  }

  /// Makes it of its fields.
  package init(
    name: String, source: StrategySource, description: String? = nil, version: String? = nil, language: String? = nil,
    modes: [String], parameters: WireValue, command: [String]? = nil, workingDirectory: String? = nil,
    environment: OrderedMap<String>? = nil, fault: String? = nil
  ) {
    self.name = name
    self.source = source
    self.description = description
    self.version = version
    self.language = language
    self.modes = modes
    self.parameters = parameters
    self.command = command
    self.workingDirectory = workingDirectory
    self.environment = environment
    self.fault = fault
  }

  package func check(_ path: WirePath) throws {
    try path.member("parameters").check(parameters: parameters)
  }
}
