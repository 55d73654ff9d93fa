public import StrategyKit

/// One run for each of many parameter sets, over the same bars.
public struct SweepRequest: Sendable {
  /// Where the parameter sets come from.
  public enum Space: Sendable {
    /// All combinations of these parameters' values; the others keep what the base request gives them.
    case grid([Axis])
    /// These sets; parameters a set does not name keep what the base request gives them.
    case list([[(name: String, value: BacktestRequest.ParameterInput)]])
  }

  /// The values of one parameter as a user gives them.
  public enum Axis: Sendable, Equatable {
    /// `n1=5:50:5`, as ``ParameterAxis/init(_:of:)`` reads it.
    case text(String)
    /// Typed values, from JSON.
    case values(name: String, [ParameterValue])
  }

  /// Strategy, bars, settings and seed of every trial, and the parameters that stay the same.
  public var base: BacktestRequest
  /// What is tried.
  public var space: Space
  /// Try only a random part of the grid.
  public var random: RandomChoice?
  /// Try only what meets this condition; see ``SweepCondition``.
  public var condition: String?
  /// What is best.
  public var objective: SweepObjective
  /// Trials at the same time; all cores when `nil`.
  public var workers: Int?
  /// Words every trial is filed under.
  public var tags: [String]

  /// Makes a request.
  public init(
    base: BacktestRequest, space: Space, random: RandomChoice? = nil, condition: String? = nil,
    objective: SweepObjective = .standard, workers: Int? = nil, tags: [String] = []
  ) {
    self.base = base
    self.space = space
    self.random = random
    self.condition = condition
    self.objective = objective
    self.workers = workers
    self.tags = tags
  }
}
