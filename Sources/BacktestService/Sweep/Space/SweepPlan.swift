public import StrategyKit

/// The trials of a sweep: every parameter set, checked, in the order in which they are numbered from 0.
public struct SweepPlan: Sendable {
  /// The most trials of a sweep.
  public static let maximumCount = 1_000_000

  /// The strategy, as the trials' records name it.
  public let strategy: StrategyDescriptor
  /// The grid the trials come from; `nil` for a list.
  public let grid: ParameterGrid?
  /// The number of trials, at least 1.
  public let count: Int
  /// Combinations of the grid, before condition and choice; the length of a list.
  public let candidateCount: Int
  /// The condition they meet.
  public let condition: SweepCondition?

  private let source: Source

  private enum Source: Sendable {
    /// Numbers of combinations, `nil` for all; `template` has every parameter, `places` says where each axis stands in it.
    case grid(chosen: [Int]?, template: [(name: String, value: ParameterValue)], places: [Int])
    case list([ParameterValues])
  }

  /// Makes the plan of a request.
  ///
  /// - Throws: ``SweepError`` and `ParameterError`, for the first thing that is wrong.
  public init(_ request: SweepRequest, for strategy: StrategyDescriptor) throws {
    self.strategy = strategy
    if let random = request.random, !(1...Self.maximumCount).contains(random.count) {
      throw SweepError.outOfRange(name: "random", value: random.count, minimum: 1, maximum: Self.maximumCount)
    }
    let condition = try request.condition.map { text throws(SweepError) in try SweepCondition(text, for: strategy) }
    self.condition = condition
    switch request.space {
    case .list(let sets):
      let all = try Self.list(sets, request.base, strategy)
      let kept = all.filter { condition?.holds(for: $0.entries.map(\.value)) ?? true }
      if kept.isEmpty { throw SweepError.nothingMatches(condition: condition?.text ?? "", combinations: all.count) }
      (grid, candidateCount, count, source) = (nil, all.count, kept.count, .list(kept))
    case .grid(let axes):
      let grid = try ParameterGrid(
        axes.map { axis in
          switch axis {
          case .text(let text): try ParameterAxis(text, of: strategy)
          case .values(let name, let values): try ParameterAxis(name, values, of: strategy)
          }
        })
      let template = try Self.template(grid, request.base, strategy)
      let places = grid.axes.map { axis in template.firstIndex { $0.name == axis.name } ?? 0 }
      let chosen = try Self.choose(grid, template, places, condition, request.random)
      (self.grid, candidateCount, count) = (grid, grid.count, chosen?.count ?? grid.count)
      source = .grid(chosen: chosen, template: template, places: places)
    }
  }

  /// The parameters of a trial, counted from 0; all of the strategy's.
  public func parameters(of trial: Int) -> ParameterValues {
    switch source {
    case .list(let sets): return sets[trial]
    case .grid(let chosen, let template, let places):
      guard let grid else { return ParameterValues(unchecked: template) }
      var entries = template
      var rest = chosen?[trial] ?? trial
      for (axis, place) in zip(grid.axes, places).reversed() {
        entries[place].value = axis.values[rest % axis.values.count]
        rest /= axis.values.count
      }
      return ParameterValues(unchecked: entries)
    }
  }

  /// The number of a trial's combination in ``grid``; `nil` for a list.
  public func combination(of trial: Int) -> Int? {
    guard case .grid(let chosen, _, _) = source else { return nil }
    return chosen?[trial] ?? trial
  }

  /// Names of the parameters that do not have the same value in every trial, in the strategy's order; for a list, of those
  /// that any two sets differ in.
  public var variedNames: [String] {
    switch source {
    case .list(let sets):
      return strategy.parameters.indices.filter { index in
        sets.contains { $0.entries[index].value != sets[0].entries[index].value }
      }.map { strategy.parameters[$0].name }
    case .grid:
      let varied = (grid?.axes ?? []).filter { $0.values.count > 1 }.map(\.name)
      return varied
    }
  }

  // MARK: Making it

  private static func list(
    _ sets: [[(name: String, value: BacktestRequest.ParameterInput)]], _ base: BacktestRequest,
    _ strategy: StrategyDescriptor
  ) throws -> [ParameterValues] {
    if sets.isEmpty { throw SweepError.emptyList }
    if sets.count > maximumCount { throw SweepError.tooManyCombinations(sets.count) }
    return try sets.enumerated().map { position, set in
      do { return try BacktestService.parameters(base.parameters + set, for: strategy) } catch let error
        as ParameterError
      {
        throw SweepError.badElement(position: position, fault: error.description)
      }
    }
  }

  /// Every parameter of the first combination, checked as one run's would be.
  private static func template(
    _ grid: ParameterGrid, _ base: BacktestRequest, _ strategy: StrategyDescriptor
  ) throws -> [(name: String, value: ParameterValue)] {
    if let twice = base.parameters.first(where: { given in grid.axes.contains { $0.name == given.name } }) {
      throw SweepError.repeatedParameter(twice.name)
    }
    let first = grid.axes.map { (name: $0.name, value: BacktestRequest.ParameterInput.value($0.values[0])) }
    return try BacktestService.parameters(base.parameters + first, for: strategy).entries
  }

  /// The numbers of the combinations to run; `nil` for all.
  private static func choose(
    _ grid: ParameterGrid, _ template: [(name: String, value: ParameterValue)], _ places: [Int],
    _ condition: SweepCondition?, _ random: RandomChoice?
  ) throws(SweepError) -> [Int]? {
    // One array for all combinations: a million of their own would take longer than the trials of a small sweep.
    var values = template.map(\.value)
    func matches(_ combination: Int) -> Bool {
      guard let condition else { return true }
      var rest = combination
      for (axis, place) in zip(grid.axes, places).reversed() {
        values[place] = axis.values[rest % axis.values.count]
        rest /= axis.values.count
      }
      return condition.holds(for: values)
    }
    let chosen: [Int]
    if let random {
      chosen = try random.combinations(of: grid.count, where: matches)
    } else {
      if grid.count > maximumCount { throw .tooManyCombinations(grid.count) }
      if condition == nil { return nil }
      chosen = (0..<grid.count).filter(matches)
    }
    if chosen.isEmpty { throw .nothingMatches(condition: condition?.text ?? "", combinations: grid.count) }
    return chosen
  }
}
