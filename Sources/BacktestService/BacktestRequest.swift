public import PluginHost
public import StrategyKit
public import TradingModel

/// Everything that decides a run's result: the same request gives the same bytes.
public struct BacktestRequest: Sendable {
  /// A built-in strategy's name or alias, a plugin's name, or a path.
  public var strategy: String
  /// How to start the strategy's process, for one that is given by its command; ``strategy`` is then only its name.
  public var command: PluginCommand?
  /// Parameters given by the user; the strategy's defaults fill the rest.
  public var parameters: [(name: String, value: ParameterInput)]
  /// Where the bars come from.
  public var data: DataSource
  /// First bar time to use; `nil` starts at the first bar.
  public var from: EpochMilliseconds?
  /// First bar time to leave out; `nil` goes to the last bar.
  public var to: EpochMilliseconds?
  /// How orders are executed.
  public var settings: ExecutionSettings
  /// How a strategy process is given its bars; without meaning for built-in strategies.
  public var mode: RunMode
  /// Seed for the strategy's own randomness.
  public var seed: UInt64
  /// Whether a rejected order ends the run as failed.
  public var strictOrders: Bool
  /// Whether a strategy process that has later bars is run again on changed histories; a run it fails has failed.
  public var lookaheadCheck = false

  /// A parameter as a user gives it.
  public enum ParameterInput: Sendable, Equatable {
    /// Text to be read by the parameter's type, from a command line.
    case text(String)
    /// A typed value, from JSON.
    case value(ParameterValue)
  }

  /// Makes a request.
  public init(
    strategy: String, command: PluginCommand? = nil, parameters: [(name: String, value: ParameterInput)] = [],
    data: DataSource,
    from: EpochMilliseconds? = nil, to: EpochMilliseconds? = nil, settings: ExecutionSettings = ExecutionSettings(),
    mode: RunMode = .auto, seed: UInt64 = 0, strictOrders: Bool = false
  ) {
    self.strategy = strategy
    self.command = command
    self.parameters = parameters
    self.data = data
    self.from = from
    self.to = to
    self.settings = settings
    self.mode = mode
    self.seed = seed
    self.strictOrders = strictOrders
  }
}
