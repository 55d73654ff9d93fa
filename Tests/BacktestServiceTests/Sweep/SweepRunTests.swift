import BacktestService
import Foundation
import MarketData
import PerformanceMetrics
import PluginHost
import RunStore
import StrategyKit
import Testing
import TradingModel

@Suite struct SweepRunTests {
  private static let service = BacktestService(
    catalog: StrategyCatalog(directory: PluginDirectory([], environment: { _ in nil }), pythonPackage: nil),
    pluginOptions: Plugin.Options(hostVersion: "0", hostProcessID: 1))
  private static let goog = DataSource.sample(name: "GOOG", adjusted: true)

  private func sweep(
    _ strategy: String, _ axes: [String], settings: ExecutionSettings = ExecutionSettings(),
    where condition: String? = nil,
    objective: SweepObjective = .standard, workers: Int = 3, strictOrders: Bool = false, store: SQLiteRunStore? = nil
  ) throws -> Sweep {
    try Self.service.sweep(
      SweepRequest(
        base: BacktestRequest(
          strategy: strategy, data: Self.goog, from: UTCText.parse("2006-01-01"), settings: settings, seed: 3,
          strictOrders: strictOrders),
        space: .grid(axes.map { .text($0) }), condition: condition, objective: objective, workers: workers,
        tags: ["tried"]), id: "s-1", store: store, engineVersion: "0", clock: { 1_700_000_000_000 })
  }

  private func finish(_ sweep: Sweep) throws -> [SweepTrial] {
    try sweep.start()
    #expect(sweep.wait(upTo: .seconds(120)))
    var trials: [SweepTrial] = []
    sweep.forEachTrial { trials.append($0) }
    return trials
  }

  private func single(
    _ strategy: String, _ parameters: ParameterValues, _ settings: ExecutionSettings, strictOrders: Bool
  ) throws -> BacktestReport {
    try Self.service.run(
      BacktestRequest(
        strategy: strategy, parameters: parameters.entries.map { ($0.name, .value($0.value)) }, data: Self.goog,
        from: UTCText.parse("2006-01-01"), settings: settings, seed: 3, strictOrders: strictOrders))
  }

  private func bits(_ metrics: [(key: String, value: Double?)]) -> [String] {
    metrics.map { "\($0.key) \($0.value.map { String($0.bitPattern, radix: 16) } ?? "nil")" }
  }

  private static let settings = [
    ExecutionSettings(),
    ExecutionSettings(
      cash: 5000, commission: .fixedAndRate(fixed: 1, rate: 0.001), spread: 0.0005, margin: 0.2, hedging: true,
      finalizeTrades: true, profile: .strict),
    ExecutionSettings(cash: 300, commission: .rate(0.002), margin: 0.05, tradeOnClose: true, exclusiveOrders: true),
  ]

  private static let spaces: [(strategy: String, axes: [String])] = [
    ("sma_cross", ["n1=5:20:5", "n2=10,30,3000"]), ("ema_cross", ["n1=5:20:5", "n2=10,30"]),
    ("rsi", ["period=5:15:5"]), ("macd", ["fast=8,12", "slow=20:30:5"]), ("la_bomba", ["n1=5,10", "n2=20:60:20"]),
    ("buy_and_hold", []),
  ]

  @Test(arguments: spaces.map(\.strategy), 0..<6)
  func everyTrialIsTheSingleRunToTheBit(strategy: String, number: Int) throws {
    let (setting, strictOrders) = (number % 3, number >= 3)
    let axes = try #require(Self.spaces.first { $0.strategy == strategy }).axes
    let settings = Self.settings[setting]
    let trials = try finish(sweep(strategy, axes, settings: settings, strictOrders: strictOrders))
    #expect(!trials.isEmpty)
    for trial in trials {
      let run = try single(strategy, trial.parameters, settings, strictOrders: strictOrders)
      #expect(trial.status == run.status)
      #expect(trial.failure?.message == run.failure?.message)
      #expect(bits(trial.metrics) == bits(run.metrics.values), "\(trial.parameters.entries)")
    }
  }

  @Test func scriptsAreSweptOverAsWell() throws {
    // One of the two files does not exist: that trial fails as the single run would be refused.
    let file = try TemporaryScript()
    let trials = try finish(sweep("scripted", ["script=\(file.path),/nowhere/script.json"]))
    #expect(trials.map(\.status) == [.completed, .failed])
    #expect(trials[1].failure?.message.contains("/nowhere/script.json") == true)
    #expect(trials[1].metrics.isEmpty)
    let run = try single("scripted", trials[0].parameters, ExecutionSettings(), strictOrders: false)
    #expect(bits(trials[0].metrics) == bits(run.metrics.values))
    #expect(trials[0][.tradeCount] == 1)
  }

  @Test func theNumberOfWorkersChangesNothing() throws {
    let one = try finish(sweep("sma_cross", ["n1=2:12", "n2=20:30"], workers: 1))
    let many = try finish(sweep("sma_cross", ["n1=2:12", "n2=20:30"], workers: 7))
    #expect(one.map(\.number) == Array(0..<121))
    #expect(one.map { bits($0.metrics) } == many.map { bits($0.metrics) })
    #expect(one.map(\.runID).first == "s-1-001" && one.map(\.runID) == many.map(\.runID))
  }

  @Test(arguments: [SweepObjective(.maximize, .totalReturnPercent), SweepObjective(.minimize, .winRatePercent)])
  func theBestComeFirstUndefinedOnesLastAndTiesByTrial(objective: SweepObjective) throws {
    // With n2 = 3000, or n1 = n2, there are no trades: no win rate, and the same return for all of them.
    let sweep = try sweep("sma_cross", ["n1=5,10,20", "n2=5,10,20,3000"], objective: objective)
    let trials = try finish(sweep)
    let ranked = sweep.best(limit: 100)
    let expected = trials.sorted { left, right in
      switch (left[objective.metric], right[objective.metric]) {
      case (nil, nil): return left.number < right.number
      case (nil, _): return false
      case (_, nil): return true
      case (let first?, let second?):
        if first == second { return left.number < right.number }
        return objective.direction == .maximize ? first > second : first < second
      }
    }
    #expect(ranked.map(\.number) == expected.map(\.number))
    #expect(sweep.best(offset: 3, limit: 4).map(\.number) == Array(ranked.map(\.number)[3..<7]))
    #expect(sweep.best(offset: 12, limit: 4).isEmpty)
    #expect(sweep.progress.best?.number == ranked.first?.number)
    #expect(sweep.objectiveValues.count == 12)
  }

  @Test func trialsAreStoredWithWhatASingleRunsRecordHas() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests")
    let sweep = try sweep("sma_cross", ["n1=2:9", "n2=10:29"], store: store)
    let trials = try finish(sweep)
    let progress = sweep.progress
    #expect(progress.status == .completed && progress.done == 160 && progress.failed == 0)
    #expect(progress.saved == 160 && progress.saveFailure == nil)
    var query = RunQuery()
    query.sweepID = "s-1"
    query.limit = 1000
    query.sort = .metric("sharpe")
    let stored = try store.list(query)
    #expect(stored.total == 160)
    #expect(stored.runs.map { $0.metric("sharpe") } == sweep.best(limit: 1000).map { $0[.sharpe] })
    for trial in trials {
      let record = try store.record(trial.runID)
      let report = try single("sma_cross", trial.parameters, ExecutionSettings(), strictOrders: false)
      var expected = report.record(id: trial.runID, finished: 1_700_000_000_000, engineVersion: "0")
      expected.fingerprint = nil
      expected.sweepID = "s-1"
      expected.tags = ["tried"]
      expected.created = record.created
      expected.started = record.started
      expected.durationMicroseconds = record.durationMicroseconds
      #expect(record == expected)
    }
    #expect(try store.equity(of: trials[0].runID).times.isEmpty)
    query.sweepID = nil
    query.leavesOutTrials = true
    #expect(try store.list(query).runs.isEmpty)
  }

  @Test func aStoreThatFailsIsToldAndLosesNoResult() throws {
    let store = try SQLiteRunStore.inMemory(program: "tests")
    // The ids are taken: the first batch cannot be stored.
    _ = try finish(sweep("sma_cross", ["n1=2:9", "n2=10"], store: store))
    let again = try sweep("sma_cross", ["n1=2:9", "n2=10"], store: store)
    #expect(try finish(again).count == 8)
    let progress = again.progress
    #expect(progress.status == .completed && progress.saved == 0)
    #expect(progress.saveFailure?.contains("already a run s-1-") == true)
  }

  @Test func aSweepIsCancelledAndKeepsWhatIsDone() async throws {
    let store = try SQLiteRunStore.inMemory(program: "tests")
    // So many that no machine is done before it is told to stop.
    let sweep = try sweep("sma_cross", ["n1=1:1000", "n2=1:1000"], workers: 2, store: store)
    try sweep.start()
    while sweep.progress.done < 50 { try await Task.sleep(for: .milliseconds(1)) }
    #expect(sweep.progress.status == .running)
    #expect(sweep.progress.remaining != nil && !sweep.best(limit: 3).isEmpty)
    sweep.cancel()
    await sweep.finished()
    let progress = sweep.progress
    #expect(progress.status == .cancelled)
    #expect(progress.done >= 50 && progress.done < 1_000_000)
    #expect(progress.saved == progress.done)
    var query = RunQuery()
    query.sweepID = "s-1"
    query.limit = 1
    #expect(try store.list(query).total == progress.done)
    #expect(sweep.wait(upTo: .zero) && sweep.wait(upTo: .zero))
  }

  @Test func aSweepCancelledBeforeItsStartNeverRuns() async throws {
    let sweep = try sweep("sma_cross", ["n1=5:10"])
    sweep.cancel()
    await sweep.finished()
    try sweep.start()
    #expect(sweep.progress.status == .cancelled && sweep.progress.done == 0)
  }

  @Test func wrongRequestsAreRefusedBeforeAnythingRuns() {
    #expect(throws: SweepError.self) { try sweep("sma_cross", ["n1=5:10"], workers: 0) }
    #expect(throws: ServiceError.self) { try sweep("sma_cros", ["n1=5:10"]) }
    #expect(throws: ParameterError.self) { try sweep("sma_cross", ["n9=5:10"]) }
    #expect(throws: SettingsError.self) { try sweep("sma_cross", ["n1=5"], settings: ExecutionSettings(cash: -1)) }
  }
}

/// A script of one trade, removed with this value.
private final class TemporaryScript {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "script-\(UUID().uuidString).json"
    try #"[{"bar": 5, "op": "buy"}, {"bar": 50, "op": "close"}]"#.write(toFile: path, atomically: true, encoding: .utf8)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
