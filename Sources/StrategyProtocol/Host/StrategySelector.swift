/// Names a strategy: by name or path, or by the command that starts it.
package enum StrategySelector: Codable, Equatable, Sendable, WireChecked {
  /// A name of strategies/list, or a path to an executable, script or manifest.
  case name(String)
  /// Program and arguments.
  case command(StrategyCommand)

  package init(from decoder: any Decoder) throws {
    if let name = try? decoder.singleValueContainer().decode(String.self) {
      self = .name(name)
      return
    }
    do {
      self = .command(try StrategyCommand(from: decoder))
    } catch let error as WireError where error.problem.hasPrefix("must be an object, ") {
      // Of the two forms that it may have, that error would only name the second.
      guard error.pointer == WirePath(decoder.codingPath).pointer else { throw error }
      let received = error.problem.dropFirst("must be an object, ".count)
      throw WirePath(decoder.codingPath).error("must be a name or path, or an object with a command, \(received)")
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .name(let name):
      var container = encoder.singleValueContainer()
      try container.encode(name)
    case .command(let command): try command.encode(to: encoder)
    }
  }

  package func check(_ path: WirePath) throws {
    switch self {
    case .name(let name): try path.check(length: name, minimum: 1)
    case .command(let command): try command.check(path)
    }
  }
}
