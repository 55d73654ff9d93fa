/// A strategy given by its command.
package struct StrategyCommand: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Program and arguments, run without a shell.
  package var command: [String]
  /// Working directory.
  package var workingDirectory: String?
  /// Environment variables to add.
  package var environment: OrderedMap<String>?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case command
    case workingDirectory = "cwd"
    case environment = "env"
  }

  /// Makes it of its fields.
  package init(command: [String], workingDirectory: String? = nil, environment: OrderedMap<String>? = nil) {
    self.command = command
    self.workingDirectory = workingDirectory
    self.environment = environment
  }

  package func check(_ path: WirePath) throws {
    try path.member("command").check(count: command.count, minimum: 1)
  }
}
