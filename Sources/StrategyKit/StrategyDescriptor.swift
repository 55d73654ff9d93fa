/// What the host knows about a strategy without running it.
public struct StrategyDescriptor: Sendable {
  /// The name users type, e.g. `sma_cross`.
  public var name: String
  /// One sentence about what it does.
  public var summary: String
  /// What can be tuned.
  public var parameters: [ParameterDefinition]

  /// Makes a descriptor.
  public init(name: String, summary: String, parameters: [ParameterDefinition] = []) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
  }
}
