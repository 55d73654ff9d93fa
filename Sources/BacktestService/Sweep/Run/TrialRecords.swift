import JSONRPC
import PerformanceMetrics
import RunStore
import StrategyKit
import TradingModel

/// Makes the records trials are stored as: what a single run's record has, without what only its rows could give (equity,
/// trades, events, and the fingerprint over them).
struct TrialRecords: Sendable {
  let sweep: RunID
  let count: Int
  let engineVersion: String
  let dataSHA256: String
  let dataNotes: [String]
  let dataStart: EpochMilliseconds
  let dataEnd: EpochMilliseconds
  let dataset: String?
  let instruments: [Instrument]
  let interval: String
  let tags: [String]
  /// The request of every trial but for its parameters.
  let request: ResolvedRequest

  func record(_ trial: Int, _ result: TrialResult, _ parameters: ParameterValues, ended: EpochMilliseconds) -> RunRecord
  {
    let time = result.duration.components
    let microseconds = time.seconds * 1_000_000 + time.attoseconds / 1_000_000_000_000
    var record = RunRecord(
      id: TrialName.make(sweep, trial, of: count), status: result.status == .completed ? .completed : .failed,
      strategy: request.strategy, instruments: instruments, interval: interval,
      startingCapital: request.settings.cash, created: ended - microseconds / 1000)
    record.start = dataStart
    record.end = dataEnd
    record.started = record.created
    record.finished = ended
    record.durationMicroseconds = microseconds
    record.bars = result.bars
    record.warmUpIndex = result.warmUpIndex
    record.ruinIndex = result.ruinIndex
    record.commissions = result.commissions
    if let metrics = result.metrics { record.metrics = metrics.values.map { RunMetric(name: $0.key, value: $0.value) } }
    record.tags = tags
    record.warnings = dataNotes + result.warnings
    record.failure = result.failure?.stored
    var request = request
    request.parameters = parameters
    record.request = String(decoding: request.json, as: UTF8.self)
    record.parameters = request.parametersJSON
    record.dataset = dataset
    record.sweepID = sweep
    record.dataSHA256 = dataSHA256
    record.engineVersion = engineVersion
    record.profile = request.settings.profile.rawValue
    record.mode = request.mode
    record.seed = request.seed
    return record
  }
}
