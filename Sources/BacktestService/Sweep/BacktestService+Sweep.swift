import BacktestEngine
import MarketData
import PerformanceMetrics
import PluginHost
public import RunStore
import StrategyKit
import StrategyProtocol
public import TradingModel

extension BacktestService {
  /// Gets a sweep ready: resolves the strategy, checks every value, plans the trials, loads the bars. Nothing runs before
  /// ``Sweep/start()``.
  ///
  /// A strategy process is started here, as only it knows its parameters; the first worker goes on with it.
  ///
  /// - Parameters:
  ///   - id: The sweep's id; ids of its runs begin with it.
  ///   - store: Where trials are stored as they end; `nil` keeps them in memory only.
  ///   - engineVersion: The program's version, for the records.
  ///   - clock: The present time, for the records.
  ///   - isCancelled: Asked while bars are loaded and a process is started.
  /// - Throws: ``SweepError``, ``ServiceError``, `PluginFailure`, `ParameterError` or `SettingsError`.
  public func sweep(
    _ request: SweepRequest, id: RunID, store: (any RunStoring)?, engineVersion: String,
    clock: @escaping @Sendable () -> EpochMilliseconds, isCancelled: (@Sendable () -> Bool)? = nil
  ) throws -> Sweep {
    let base = request.base
    try base.settings.validate()
    if let workers = request.workers, !(1...1024).contains(workers) {
      throw SweepError.outOfRange(name: "workers", value: workers, minimum: 1, maximum: 1024)
    }
    let strategy = try SweepStrategy(request, self, isCancelled: isCancelled)
    let bars = try LoadedData(
      base, recent: recentBars, marketData: marketData, isCancelled: isCancelled, progress: fetchProgress)
    var data = bars.description
    if store != nil, data.fetchedAt != nil {
      do { try marketData.service().keepSnapshotBlocking(sha256: data.sha256) } catch {
        data.notes.append("The cache may forget the bars of this sweep after 90 days: \(error)")
      }
    }
    if strategy.isAheadOfItsBars {
      data.notes.append(
        "Mode \(strategy.mode): the strategy had later bars before it decided, so it was able to look ahead; no look-ahead "
          + "check was made.")
    }
    var engine = BacktestEngine(
      instruments: [bars.instrument], series: [bars.series], settings: base.settings, seed: base.seed)
    engine.failsOnRejectedOrders = base.strictOrders
    engine.keepsOrderEvents = false
    let market = MetricsBasis(bars.series)
    let plan = strategy.plan
    let resolved = ResolvedRequest(
      strategy: plan.strategy.name, parameters: plan.parameters(of: 0), data: bars.dataSource,
      symbol: bars.instrument.symbol, from: bars.from, to: bars.to, settings: base.settings, mode: strategy.mode,
      seed: base.seed,
      strictOrders: base.strictOrders)
    let records = TrialRecords(
      sweep: id, count: plan.count, engineVersion: engineVersion, dataSHA256: data.sha256,
      dataNotes: data.loadNotes + data.notes,
      dataStart: data.start, dataEnd: data.end, dataset: bars.dataSource.datasetID, instruments: engine.instruments,
      interval: Timeframe.name(of: bars.series.times), tags: request.tags, request: resolved)
    let makeTrials = strategy.trials(engine, market)
    return Sweep(
      id: id, plan: plan, objective: request.objective, request: resolved, data: data,
      workerCount: min(request.workers ?? ServiceThread.coreCount, plan.count), store: store, records: records,
      clock: clock, makeTrials: makeTrials)
  }
}

/// A strategy found and asked about its parameters, and the trials planned with them.
private struct SweepStrategy {
  let plan: SweepPlan
  let mode: String
  /// Whether the strategy has later bars than the one it decides on.
  let isAheadOfItsBars: Bool
  private let kind: Kind

  private enum Kind {
    case builtIn(StrategyCatalog.BuiltIn)
    case plugin(PluginTrials.Start, Plugin)
  }

  init(_ request: SweepRequest, _ service: BacktestService, isCancelled: (@Sendable () -> Bool)?) throws {
    switch try service.catalog.resolve(request.base) {
    case .builtIn(let strategy):
      kind = .builtIn(strategy)
      mode = "in_process"
      isAheadOfItsBars = false
      plan = try SweepPlan(request, for: strategy.descriptor)
    case .plugin(let name, let command):
      let plugin = try Plugin(
        command, options: service.pluginOptions, hooks: .init(isCancelled: isCancelled, log: service.pluginLog))
      let chosen = try plugin.mode(for: request.base.mode.wish)
      plan = try SweepPlan(request, for: plugin.descriptor(named: name))
      mode = chosen.rawValue
      isAheadOfItsBars = chosen != .lockstep
      kind = .plugin(
        PluginTrials.Start(
          name: name, command: command, options: service.pluginOptions, mode: chosen, log: service.pluginLog),
        plugin)
    }
  }

  func trials(
    _ engine: BacktestEngine, _ market: MetricsBasis
  ) -> @Sendable (_ worker: Int, _ isCancelled: @escaping @Sendable () -> Bool) -> any Trials {
    switch kind {
    case .builtIn(let strategy):
      return { _, isCancelled in BuiltInTrials(strategy, engine, market, isCancelled: isCancelled) }
    case .plugin(let start, let plugin):
      let first = HandedOver(plugin)
      return { worker, isCancelled in
        PluginTrials(start, engine, market, plugin: worker == 0 ? first.take() : nil, isCancelled: isCancelled)
      }
    }
  }
}
