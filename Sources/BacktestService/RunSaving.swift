import JSONRPC
import PerformanceMetrics
public import RunStore
public import TradingModel

extension BacktestReport.Failure {
  /// The failure as the store keeps it.
  package var stored: RunFailure {
    RunFailure(kind: kind, message: message, fault: fault, detail: detail.flatMap { try? $0.text() })
  }
}

extension BacktestReport {
  /// The report as the store keeps it.
  ///
  /// - Parameters:
  ///   - id: The run's id.
  ///   - finished: The present time.
  ///   - engineVersion: The program's version.
  public func record(id: RunID, finished: EpochMilliseconds, engineVersion: String) -> RunRecord {
    let status: RunStatus =
      switch self.status {
      case .completed: .completed
      case .failed: .failed
      case .cancelled: .cancelled
      }
    let microseconds = totalTime.components.seconds * 1_000_000 + totalTime.components.attoseconds / 1_000_000_000_000
    var record = RunRecord(
      id: id, status: status, strategy: request.strategy, instruments: run.instruments,
      interval: Timeframe.name(of: run.times),
      startingCapital: request.settings.cash, created: finished - microseconds / 1000)
    record.start = data.start
    record.end = data.end
    record.started = record.created
    record.finished = finished
    record.durationMicroseconds = microseconds
    record.bars = run.times.count
    record.warmUpIndex = run.warmUpIndex
    record.ruinIndex = run.ruinIndex
    record.commissions = run.commissions
    record.metrics = metrics.values.map { RunMetric(name: $0.key, value: $0.value) }
    record.warnings = data.loadNotes + warnings
    record.failure = failure?.stored
    record.request = String(decoding: request.json, as: UTF8.self)
    record.dataset = request.data.datasetID
    record.parameters = request.parametersJSON
    record.dataSHA256 = data.sha256
    record.engineVersion = engineVersion
    record.profile = request.settings.profile.rawValue
    record.mode = request.mode
    record.seed = request.seed
    record.fingerprint = fingerprint
    return record
  }

  /// Keeps the run's bars in the cache, or says in the warnings why not; a run without its bars is still a result.
  mutating func keepBarsOrWarn() {
    do { try keepBars() } catch {
      run.warnings.append("The cache may forget the bars of this run after 90 days: \(error)")
    }
  }

  /// Saves the run, and notes in the report where, or why not: a report that cannot be saved is still a result.
  ///
  /// - Parameters:
  ///   - file: The database.
  ///   - now: The present time.
  ///   - makeID: Makes names for the run; asked again while another run has the name.
  public mutating func save(
    in file: String, now: EpochMilliseconds, engineVersion: String, makeID: () -> RunID
  ) {
    keepBarsOrWarn()
    do {
      let store = try SQLiteRunStore(file: file, program: "backtester \(engineVersion)")
      let id = try insert(into: store, now: now, engineVersion: engineVersion, makeID: makeID)
      try store.close()
      runID = id
      savedIn = file
    } catch {
      saveFailure = "The run was not saved: \(error)"
    }
  }

  private func insert(
    into store: SQLiteRunStore, now: EpochMilliseconds, engineVersion: String, makeID: () -> RunID
  ) throws(RunStoreError) -> RunID {
    var attempt = 0
    while true {
      attempt += 1
      let id = makeID()
      do {
        try store.insert(record(id: id, finished: now, engineVersion: engineVersion), result: RunResult(run))
        return id
      } catch {
        guard case .duplicateRun = error, attempt < RunIdentifier.attempts else { throw error }
      }
    }
  }
}
