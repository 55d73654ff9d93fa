public import BacktestEngine
public import MarketData
import PerformanceMetrics
public import PluginHost
import StrategyKit
import StrategyProtocol
import TradingModel

/// One entry for every face of the program: a request in, a report out.
///
/// It composes market data, strategies, engine, statistics and store; nothing else does. Calls block the caller's thread
/// and may be made from several threads at once.
public struct BacktestService: Sendable {
  /// The strategies it can run.
  public let catalog: StrategyCatalog
  /// How strategy processes are treated.
  public var pluginOptions: Plugin.Options
  /// Told each line a strategy process writes to standard error, and its log messages.
  public var pluginLog: (@Sendable (String) -> Void)?
  /// Where the conversation with a strategy process is written down; `nil` does not.
  public var transcriptPath: String?
  /// Where Yahoo's bars and imported ones come from.
  public let marketData: MarketDataProvider
  /// Bars that earlier runs loaded; copies of the service share them.
  let recentBars: RecentBars
  /// Told of each request sent while bars are fetched, on another thread.
  public var fetchProgress: (@Sendable (FetchProgress) -> Void)?

  /// Makes a service.
  public init(
    catalog: StrategyCatalog, pluginOptions: Plugin.Options, marketData: MarketDataProvider = .ofProcess
  ) {
    self.init(
      catalog: catalog, pluginOptions: pluginOptions, marketData: marketData,
      recentBars: RecentBars(now: { ProcessOwner.now }))
  }

  /// Makes a service with bars that are there already.
  package init(
    catalog: StrategyCatalog, pluginOptions: Plugin.Options, marketData: MarketDataProvider, recentBars: RecentBars
  ) {
    self.catalog = catalog
    self.marketData = marketData
    self.pluginOptions = pluginOptions
    self.recentBars = recentBars
  }

  /// The same for whoever reaches a server; see ``StrategyCatalog/Access/remote``.
  public var remote: BacktestService {
    var service = BacktestService(
      catalog: catalog.remote, pluginOptions: pluginOptions, marketData: marketData, recentBars: recentBars)
    service.pluginLog = pluginLog
    return service
  }

  /// Runs one backtest to its end.
  ///
  /// A strategy that fails, or a user who cancels, still gives a report with everything up to the last whole bar.
  ///
  /// - Throws: ``ServiceError``, `PluginFailure`, `ParameterError` or `SettingsError` when the request cannot be run at all.
  public func run(_ request: BacktestRequest, hooks: RunHooks = RunHooks()) throws -> BacktestReport {
    let clock = ContinuousClock()
    let started = clock.now
    try request.settings.validate()
    let resolution = try catalog.resolve(request)
    if case .builtIn(let strategy) = resolution {
      // Before the bars are read: a slip in a parameter should not wait for a large file.
      _ = try Self.parameters(request.parameters, for: strategy.descriptor)
    }
    let bars = try LoadedData(
      request, recent: recentBars, marketData: marketData, isCancelled: hooks.isCancelled, progress: fetchProgress)
    let description = bars.description
    var engine = BacktestEngine(
      instruments: [bars.instrument], series: [bars.series], settings: request.settings,
      seed: request.seed)
    engine.failsOnRejectedOrders = request.strictOrders

    let executed: Execution
    switch resolution {
    case .builtIn(let strategy): executed = try execute(strategy, request, engine, hooks)
    case .plugin(let name, let command):
      executed =
        request.lookaheadCheck
        ? try executeChecked(name, command, request, engine, hooks, dataHash: description.sha256)
        : try execute(name, command, request, engine, hooks, dataHash: description.sha256)
    }
    let resolved = ResolvedRequest(
      strategy: executed.strategy, parameters: executed.parameters, data: bars.dataSource,
      symbol: bars.instrument.symbol, from: bars.from, to: bars.to, settings: request.settings, mode: executed.mode,
      seed: request.seed,
      strictOrders: request.strictOrders)
    var run = executed.run
    run.warnings += executed.warnings + Self.lookaheadWarnings(executed)
    var report = BacktestReport(
      runID: nil, status: executed.status, request: resolved, data: description, bars: bars.series, run: run,
      metrics: PerformanceMetrics(run, closes: bars.series.close, profile: request.settings.profile),
      failure: executed.failure,
      fingerprint: Fingerprint.run(request: resolved.fingerprintJSON, dataHash: description.sha256, run: run),
      engineTime: executed.time, totalTime: clock.now - started)
    report.lookahead = executed.lookahead
    if description.fetchedAt != nil {
      let hash = description.sha256
      report.keeper = { [marketData] in try marketData.service().keepSnapshotBlocking(sha256: hash) }
    }
    return report
  }

  /// The label of a run whose strategy was able to look ahead.
  private static func lookaheadWarnings(_ execution: Execution) -> [String] {
    let ability = "Mode \(execution.mode): the strategy had later bars before it decided, so it was able to look ahead;"
    return switch execution.lookahead {
    case .skipped: ["\(ability) no look-ahead check was made."]
    case .passed(let histories):
      ["\(ability) the look-ahead check found nothing in \(histories) runs on changed histories."]
    case .failed, nil: []
    }
  }

  /// What a strategy's run gave, whatever kind of strategy it is.
  struct Execution {
    var strategy: String
    var parameters: ParameterValues
    var mode: String
    var status = BacktestReport.Status.completed
    var run: BacktestRun
    var failure: BacktestReport.Failure?
    var warnings: [String] = []
    /// `nil` when the strategy was not able to look ahead.
    var lookahead: LookaheadCheckResult?
    var time: Duration
  }

  private func execute(
    _ strategy: StrategyCatalog.BuiltIn, _ request: BacktestRequest, _ engine: BacktestEngine, _ hooks: RunHooks
  ) throws -> Execution {
    let parameters = try Self.parameters(request.parameters, for: strategy.descriptor)
    return try Self.timed(strategy.descriptor.name, parameters, mode: "in_process") {
      try strategy.run(parameters, engine, hooks)
    }
  }

  func execute(
    _ name: String, _ command: PluginCommand, _ request: BacktestRequest, _ engine: BacktestEngine, _ hooks: RunHooks,
    dataHash: String, log: DecisionLog? = nil
  ) throws -> Execution {
    var recorder: TranscriptRecorder?
    if transcriptPath != nil || log != nil {
      recorder = try TranscriptRecorder(path: transcriptPath, observer: log.map { log in { log.take($0, $1) } })
    }
    let plugin = try Plugin(
      command, options: pluginOptions, hooks: .init(isCancelled: hooks.isCancelled, log: pluginLog),
      recorder: recorder, datasetHash: dataHash)
    defer {
      plugin.close()
      recorder?.flush()
    }
    let parameters = try Self.parameters(request.parameters, for: plugin.descriptor(named: name))
    let mode = try plugin.mode(for: request.mode.wish)
    var strategy = PluginStrategy(plugin, mode: mode, parameters: parameters)
    var hooks = hooks
    // A process takes its time over a bar; whoever watches should not wait thousands of them.
    hooks.progressInterval = min(hooks.progressInterval, 32)
    var execution = try Self.timed(name, parameters, mode: mode.rawValue) {
      try engine.run(&strategy, hooks: hooks)
    }
    execution.lookahead = mode == .lockstep ? nil : .skipped
    execution.warnings = strategy.warnings
    if let failure = recorder?.failure { execution.warnings.append(failure) }
    return execution
  }

  /// Runs the bar loop and sorts its endings.
  private static func timed(
    _ strategy: String, _ parameters: ParameterValues, mode: String, _ body: () throws -> BacktestRun
  ) throws -> Execution {
    let clock = ContinuousClock()
    let started = clock.now
    do {
      let run = try body()
      return Execution(
        strategy: strategy, parameters: parameters, mode: mode, run: run, time: clock.now - started)
    } catch let interrupted as InterruptedRun {
      let isCancelled =
        interrupted.isCancellation || (interrupted.cause as? PluginFailure).map { $0.kind == .cancelled } ?? false
      return Execution(
        strategy: strategy, parameters: parameters, mode: mode, status: isCancelled ? .cancelled : .failed,
        run: interrupted.partial, failure: isCancelled ? nil : BacktestReport.Failure(interrupted.cause),
        time: clock.now - started)
    }
  }

  /// Reads and checks the parameters of a request.
  static func parameters(
    _ given: [(name: String, value: BacktestRequest.ParameterInput)], for strategy: StrategyDescriptor
  ) throws -> ParameterValues {
    try ParameterValues(
      given.map { name, input in
        switch input {
        case .value(let value): return (name, value)
        case .text(let text):
          // An unknown name is refused by ParameterValues, which knows the near misses.
          let definition = strategy.parameters.first { $0.name == name }
          return (name, try definition?.parse(text) ?? .string(text))
        }
      }, for: strategy)
  }
}
