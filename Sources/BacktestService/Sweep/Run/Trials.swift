import BacktestEngine
import PerformanceMetrics
import PluginHost
import StrategyKit
import StrategyProtocol
import TradingModel

/// Runs one trial after another on one thread.
protocol Trials: AnyObject {
  func run(_ parameters: ParameterValues) -> TrialResult
  /// Lets go of what was kept for the next trial.
  func close()
  /// Set when no further trial can succeed.
  var obstacle: BacktestReport.Failure? { get }
}

/// Trials of a strategy compiled in.
final class BuiltInTrials: Trials {
  private let strategy: StrategyCatalog.BuiltIn
  private let engine: BacktestEngine
  private let market: MetricsBasis
  private let hooks: RunHooks

  init(
    _ strategy: StrategyCatalog.BuiltIn, _ engine: BacktestEngine, _ market: MetricsBasis,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.strategy = strategy
    self.engine = engine
    self.market = market
    hooks = RunHooks(isCancelled: isCancelled)
  }

  func run(_ parameters: ParameterValues) -> TrialResult {
    TrialResult(market: market, profile: engine.settings.profile) {
      try strategy.run(parameters, engine, hooks)
    }
  }

  func close() {}
  var obstacle: BacktestReport.Failure? { nil }
}

/// Trials of a strategy process, which is kept from one trial to the next as long as it is in step with us.
final class PluginTrials: Trials {
  /// How to start processes.
  struct Start: Sendable {
    var name: String
    var command: PluginCommand
    var options: Plugin.Options
    var mode: ExecutionMode
    var log: (@Sendable (String) -> Void)?
  }

  /// A program that cannot be started so often in a row will not start next time either.
  private static let maximumStartFailures = 3

  private let start: Start
  private let engine: BacktestEngine
  private let market: MetricsBasis
  private let isCancelled: @Sendable () -> Bool
  private var plugin: Plugin?
  private var startFailures = 0
  private(set) var obstacle: BacktestReport.Failure?

  /// - Parameter plugin: A process that is started already, for the first trial.
  init(
    _ start: Start, _ engine: BacktestEngine, _ market: MetricsBasis, plugin: Plugin?,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.start = start
    self.engine = engine
    self.market = market
    self.plugin = plugin
    self.isCancelled = isCancelled
  }

  func run(_ parameters: ParameterValues) -> TrialResult {
    let plugin: Plugin
    do { plugin = try ready() } catch {
      let result = TrialResult(failure: error)
      if startFailures >= Self.maximumStartFailures { obstacle = result.failure }
      return result
    }
    // The end of a run stops its being cancellable, as a strategy is to hear of the end in any case.
    plugin.connection.hooks.isCancelled = isCancelled
    var strategy = PluginStrategy(plugin, mode: start.mode, parameters: parameters)
    var result = TrialResult(market: market, profile: engine.settings.profile) {
      try engine.run(&strategy, hooks: RunHooks(isCancelled: isCancelled))
    }
    result.warnings += strategy.warnings
    // What a failure has left behind in a process must not reach the next trial.
    if result.status == .failed { close() }
    return result
  }

  private func ready() throws(PluginFailure) -> Plugin {
    if let plugin, plugin.isReady { return plugin }
    plugin?.close()
    plugin = nil
    do throws(PluginFailure) {
      let fresh = try Plugin(
        start.command, options: start.options, hooks: .init(isCancelled: isCancelled, log: start.log))
      startFailures = 0
      plugin = fresh
      return fresh
    } catch {
      startFailures += 1
      throw error
    }
  }

  func close() {
    plugin?.close()
    plugin = nil
  }
}

extension BacktestReport.Failure {
  /// Why a trial did not begin: its parameters may be impossible together, which a single run refuses as wrong usage.
  init(trialCause cause: any Error) {
    if let cause = cause as? ParameterError {
      self.init(kind: "strategy_error", message: cause.description, fault: "user")
    } else {
      self.init(cause)
    }
  }
}
