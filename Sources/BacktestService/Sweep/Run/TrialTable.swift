import PerformanceMetrics

/// What is kept in memory of the trials that have ended, in their order: 257 bytes each.
struct TrialTable {
  private static let metricCount = MetricKey.allCases.count
  /// Trials whose metrics are kept in one array, made when the first of them ends.
  private static let chunkSize = 1024

  /// How a trial ended; `nil` before.
  private var states: [State]
  private var chunks: [[Double]]
  private var failures: [Int: BacktestReport.Failure] = [:]
  private let objective: SweepObjective
  private let objectiveIndex: Int
  private(set) var done = 0
  /// The best trial so far.
  private(set) var best: Int?

  private enum State: UInt8 {
    case open, completed, failed, failedBeforeFirstBar
  }

  init(count: Int, objective: SweepObjective) {
    states = [State](repeating: .open, count: count)
    chunks = [[Double]](repeating: [], count: (count + Self.chunkSize - 1) / Self.chunkSize)
    self.objective = objective
    objectiveIndex = MetricKey.allCases.firstIndex(of: objective.metric) ?? 0
  }

  var count: Int { states.count }
  var failed: Int { failures.count }

  /// Notes the end of a trial.
  ///
  /// - Parameter values: One number a metric, NaN where undefined.
  mutating func note(_ trial: Int, values: [Double]?, failure: BacktestReport.Failure?) {
    done += 1
    if let values {
      let (chunk, start) = (trial / Self.chunkSize, trial % Self.chunkSize * Self.metricCount)
      if chunks[chunk].isEmpty {
        let room = min(Self.chunkSize, count - chunk * Self.chunkSize) * Self.metricCount
        chunks[chunk] = [Double](repeating: .nan, count: room)
      }
      for index in 0..<Self.metricCount { chunks[chunk][start + index] = values[index] }
    }
    if let failure {
      failures[trial] = BacktestReport.Failure(
        kind: failure.kind, message: String(failure.message.prefix(2000)), fault: failure.fault)
      states[trial] = values == nil ? .failedBeforeFirstBar : .failed
      return
    }
    states[trial] = .completed
    let value = self.value(of: trial)
    if value.isNaN { return }
    // Workers end trials in any order: among equals the first in the order of trials is best all the same.
    guard let best else {
      self.best = trial
      return
    }
    let bestValue = self.value(of: best)
    if objective.isBetter(value, than: bestValue) || (value == bestValue && trial < best) { self.best = trial }
  }

  /// The objective of a trial; NaN when it is undefined, or the trial failed or has not ended.
  func value(of trial: Int) -> Double {
    guard states[trial] == .completed else { return .nan }
    return chunks[trial / Self.chunkSize][trial % Self.chunkSize * Self.metricCount + objectiveIndex]
  }

  /// What is known about a trial; `nil` when it has not ended.
  func trial(_ number: Int, of plan: SweepPlan, id: String) -> SweepTrial? {
    let state = states[number]
    if state == .open { return nil }
    let start = number % Self.chunkSize * Self.metricCount
    let values =
      state == .failedBeforeFirstBar
      ? [] : Array(chunks[number / Self.chunkSize][start..<start + Self.metricCount])
    return SweepTrial(
      number: number, runID: TrialName.make(id, number, of: count), status: state == .completed ? .completed : .failed,
      parameters: plan.parameters(of: number), failure: failures[number], values: values)
  }

  /// Numbers of the trials that have ended, best first; those without a defined objective last, equal ones in their order.
  func ranking() -> [Int] {
    let ended = states.indices.filter { states[$0] != .open }
    let values = ended.map(value(of:))
    let order = ended.indices.sorted { left, right in
      let (leftValue, rightValue) = (values[left], values[right])
      if objective.isBetter(leftValue, than: rightValue) { return true }
      if objective.isBetter(rightValue, than: leftValue) { return false }
      return left < right
    }
    return order.map { ended[$0] }
  }
}

/// The ids of a sweep's runs.
enum TrialName {
  /// `SWEEP-0042` for the trial numbered 41, with as many digits as the last trial needs, so that they sort.
  static func make(_ sweep: String, _ trial: Int, of count: Int) -> String {
    let digits = String(trial + 1)
    return sweep + "-" + String(repeating: "0", count: String(count).utf8.count - digits.utf8.count) + digits
  }
}
