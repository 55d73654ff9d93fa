import BacktestService
import Dispatch
import PerformanceMetrics
import PluginHost
import RunStore
import StrategyKit
import Synchronization
import Testing
import TradingModel

@Suite struct RunQueueTests {
  private let store: SQLiteRunStore
  private let queue: RunQueue

  init() throws {
    store = try SQLiteRunStore.inMemory(program: "tests")
    queue = try Self.queue(store, workers: 3)
  }

  private static func queue(
    _ store: SQLiteRunStore?, workers: Int, maximumQueued: Int = 1000
  ) throws -> RunQueue {
    let directory = PluginDirectory([], environment: { _ in nil })
    let service = BacktestService(
      catalog: StrategyCatalog(directory: directory, pythonPackage: nil),
      pluginOptions: Plugin.Options(hostVersion: "0", timeoutScale: 10_000, hostProcessID: 1))
    return try RunQueue(
      service: service, store: store,
      configuration: .init(workers: workers, maximumQueued: maximumQueued, engineVersion: "0"))
  }

  private static let goog = DataSource.sample(name: "GOOG", adjusted: true)

  private static func request(_ strategy: String = "sma_cross", n1: Int = 10) -> BacktestRequest {
    BacktestRequest(strategy: strategy, parameters: [("n1", .value(.integer(n1)))], data: goog)
  }

  /// A strategy that reads and never says a word, so that its run lasts until it is cancelled, however long that takes.
  private static let silent = BacktestRequest(
    strategy: "silent", command: PluginCommand(arguments: ["/bin/sh", "-c", "exec cat >/dev/null"]), data: goog)

  @Test func aRunGivesWhatADirectCallGivesAndIsStored() async throws {
    var options = RunQueue.SubmitOptions()
    options.tags = ["a", "b", "a"]
    options.dataset = "GOOG"
    let run = try queue.submit(Self.request(), options: options)
    let outcome = await run.outcome()
    let direct = try queue.service.run(Self.request())
    #expect(outcome.report?.fingerprint == direct.fingerprint)
    #expect(outcome.record.metrics.map(\.value) == direct.metrics.values.map(\.value))
    let stored = try store.record(run.id)
    #expect(stored == outcome.record)
    #expect(stored.status == .completed && stored.tags == ["a", "b"] && stored.dataset == "GOOG")
    #expect(stored.owner == nil && stored.created == run.created)
    #expect(try store.result(of: run.id).trades == direct.run.trades)
    #expect(queue.active.isEmpty && run.status == .completed && queue.run(run.id) == nil)
  }

  @Test func aRunNeverGetsTheNameOfAnother() async throws {
    let names = Mutex(["a", "a", "a", "b", "b", "c"])
    var configuration = RunQueue.Configuration(workers: 1, engineVersion: "0")
    configuration.makeID = { names.withLock { $0.removeFirst() } }
    let queue = try RunQueue(service: self.queue.service, store: store, configuration: configuration)
    // "a" is under way when "b" is asked for, and both are over when "c" is: the store alone knows them then.
    let first = try queue.submit(Self.silent)
    let second = try queue.submit(Self.request())
    queue.cancel(first.id)
    for run in [first, second] { _ = await run.outcome() }
    let third = try queue.submit(Self.request())
    _ = await third.outcome()
    #expect([first.id, second.id, third.id] == ["a", "b", "c"])
    #expect(try store.list(RunQuery()).total == 3)
  }

  @Test func manyRunsShareTheWorkers() async throws {
    let busy = Mutex((now: 0, most: 0))
    let runs = try (0..<60).map { number in
      try queue.submit(Self.request(n1: number % 15 + 2)) { _, change in
        guard case .status(let status) = change else { return }
        busy.withLock { busy in
          if status == .starting { busy.now += 1 }
          if status.isFinal { busy.now -= 1 }
          busy.most = max(busy.most, busy.now)
        }
      }
    }
    var fingerprints: [Int: Set<String>] = [:]
    for (number, run) in runs.enumerated() {
      let outcome = await run.outcome()
      #expect(outcome.record.status == .completed)
      fingerprints[number % 15, default: []].insert(outcome.record.fingerprint ?? "")
    }
    #expect(fingerprints.count == 15 && fingerprints.values.allSatisfy { $0.count == 1 })
    #expect(busy.withLock { $0.now } == 0 && busy.withLock { $0.most } <= 3)
    var query = RunQuery()
    query.statuses = [.completed]
    #expect(try store.list(query).total == 60)
  }

  @Test func runningAndWaitingRunsAreCancelled() async throws {
    let queue = try Self.queue(store, workers: 1)
    let running = try queue.submit(Self.silent)
    let waiting = try queue.submit(Self.request())
    #expect(try store.record(waiting.id).status == .queued)
    #expect(try store.record(waiting.id).owner == ProcessOwner.current)
    #expect(queue.active.map(\.id) == [running.id, waiting.id])
    #expect(queue.cancel(waiting.id))
    #expect(await waiting.outcome().record.status == .cancelled)
    #expect(queue.cancel(running.id))
    #expect(await running.outcome().record.status == .cancelled)
    for run in [running, waiting] {
      let stored = try store.record(run.id)
      #expect(stored.status == .cancelled && stored.failure == nil && stored.finished != nil)
    }
    #expect(!queue.cancel(running.id))
  }

  @Test func aFullQueueRefuses() async throws {
    let queue = try Self.queue(store, workers: 1, maximumQueued: 1)
    // The worker is held where it has taken the run up, so that the next one waits for as long as the test takes.
    let gate = DispatchSemaphore(value: 0)
    let isTaken = Atomic(false)
    let running = try queue.submit(Self.request()) { _, change in
      guard case .status(.starting) = change else { return }
      isTaken.store(true, ordering: .releasing)
      gate.wait()
    }
    while !isTaken.load(ordering: .acquiring) { await Task.yield() }
    let waiting = try queue.submit(Self.request())
    #expect(throws: QueueError.full(limit: 1)) { try queue.submit(Self.request()) }
    #expect(try store.list(RunQuery()).total == 2)
    queue.shutDown(cancelling: true) {}
    gate.signal()
    await queue.shutDown(cancelling: true)
    #expect(running.status == .cancelled, "\(String(describing: running.outcomeIfFinished?.record.failure))")
    #expect(waiting.status == .cancelled)
    #expect(throws: QueueError.shuttingDown) { try queue.submit(Self.request()) }
  }

  @Test func shuttingDownWithoutCancellingFinishesAll() async throws {
    let runs = try (0..<20).map { try queue.submit(Self.request(n1: $0 + 2)) }
    await queue.shutDown(cancelling: false)
    #expect(runs.allSatisfy { $0.status == .completed })
  }

  @Test func aWrongRequestIsRefusedAndLeavesNothing() throws {
    #expect(throws: ServiceError.self) { try queue.submit(Self.request("sma_crosss")) }
    #expect(throws: ParameterError.self) { try queue.submit(Self.request(n1: 0)) }
    var request = Self.request()
    request.settings.margin = 2
    #expect(throws: SettingsError.self) { try queue.submit(request) }
    #expect(try store.list(RunQuery()).total == 0 && queue.active.isEmpty)
  }

  @Test func aCommandIsRefusedFromOtherMachines() throws {
    var service = queue.service
    service = BacktestService(catalog: service.catalog.remote, pluginOptions: service.pluginOptions)
    #expect(throws: ServiceError.localOnly(strategy: "silent")) { try service.run(Self.silent) }
  }

  @Test func aRunWithoutBarsIsStoredAsFailed() async throws {
    var request = Self.request()
    request.from = 0
    request.to = 1
    let outcome = try await queue.submit(request).outcome()
    #expect(outcome.report == nil && outcome.refusal is ServiceError)
    let stored = try store.record(outcome.record.id)
    #expect(stored.status == .failed && stored.failure?.kind == "data_error")
    #expect(stored.failure?.message.contains("leaves no bar of GOOG") == true)
  }

  @Test func aCrashingStrategyIsStoredAsFailed() async throws {
    let request = BacktestRequest(
      strategy: "crash", command: PluginCommand(arguments: ["/bin/sh", "-c", "echo oh >&2; exit 3"]), data: Self.goog)
    let outcome = try await queue.submit(request).outcome()
    #expect(outcome.record.failure?.kind == "crashed" && outcome.record.failure?.fault == "strategy")
    #expect(outcome.record.failure?.detail?.contains("\"exit_code\":3") == true)
    #expect(try store.record(outcome.record.id).status == .failed)
  }

  @Test func anUnsavedRunIsNotStored() async throws {
    var options = RunQueue.SubmitOptions()
    options.saves = false
    let outcome = try await queue.submit(Self.request(), options: options).outcome()
    #expect(outcome.record.status == .completed && outcome.report != nil)
    #expect(try store.list(RunQuery()).total == 0)
  }

  @Test func runsOfADeadProgramAreMarkedAndOthersAreNot() throws {
    func insert(_ id: String, _ owner: RunOwner?) throws {
      var record = RunRecord(
        id: id, status: .running, strategy: "x", instruments: [], interval: "1d", startingCapital: 1, created: 1)
      record.owner = owner
      try store.insert(record)
    }
    let living = ProcessOwner.current
    var reborn = living
    reborn.instance = "another boot"
    try insert("dead", RunOwner(host: living.host, processID: 0x7FFF_FFFF, instance: nil))
    try insert("reborn", reborn)
    try insert("living", living)
    try insert("elsewhere", RunOwner(host: "another machine", processID: 1, instance: nil))
    _ = try Self.queue(store, workers: 1)
    #expect(try store.record("dead").status == .interrupted)
    #expect(try store.record("living").status == .running)
    #expect(try store.record("elsewhere").status == .interrupted)
    #if os(Linux)
    #expect(try store.record("reborn").status == .interrupted)
    #endif
  }

  @Test func aResultThatCannotBeSavedIsStillGiven() async throws {
    let run = try queue.submit(Self.silent)
    #expect(try store.delete(run.id))
    queue.cancel(run.id)
    let outcome = await run.outcome()
    #expect(outcome.record.status == .cancelled)
    #expect(outcome.saveFailure?.contains("was not saved") == true)
  }
}
