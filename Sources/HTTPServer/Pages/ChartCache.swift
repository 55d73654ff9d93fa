import BacktestService
import RunStore
import Synchronization
import WebPage

/// The runs whose charts were asked for last, ready to be drawn: a chart that is zoomed asks again and again.
final class ChartCache: Sendable {
  /// A run that has ended.
  struct Run: Sendable {
    let record: RunRecord
    let result: RunResult
    let chart: RunChart
  }

  private struct State {
    var runs: [Run] = []
  }

  /// A year of minutes takes about 30 MB.
  private static let capacity = 6
  private let state = Mutex(State())

  /// A run of the store; one that has not ended, or is not there, is not found.
  func run(_ id: RunID, in store: SQLiteRunStore) throws -> Run {
    let record = try RunReference.reading { try store.record(id) }
    if !record.status.isFinal { throw ReplyError.conflict("The run is not over; its chart comes when it is.") }
    let known = state.withLock { state -> Run? in
      guard let place = state.runs.firstIndex(where: { $0.record == record }) else { return nil }
      // A stored run keeps its rows; what changes is its bars, which are looked for anew with the page of the run.
      let run = state.runs.remove(at: place)
      state.runs.append(run)
      return run
    }
    if let known { return known }
    let result = try RunReference.reading { try store.result(of: id) }
    let run = Run(record: record, result: result, chart: RunChart(record, result, bars: StoredBars.load(record)))
    state.withLock { state in
      state.runs.removeAll { $0.record.id == id }
      state.runs.append(run)
      if state.runs.count > Self.capacity { state.runs.removeFirst() }
    }
    return run
  }
}
