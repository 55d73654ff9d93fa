import BacktestService
import JSONRPC
import RunStore
import StrategyProtocol
import TradingModel
import WireText

/// `runs/…`: what is stored, and what is under way.
extension ServerSession {
  private var store: SQLiteRunStore {
    get throws(RPCError) {
      guard let store = queue.store else {
        throw RPCError(
          .unknownRun, "This host keeps no runs.", hint: "Start the host with a database (--db FILE) to keep runs.")
      }
      return store
    }
  }

  func listRuns(_ request: RunsListRequest) throws -> RunsListResponse {
    var query = RunQuery()
    if let status = request.status {
      guard let stored = status.stored else { return RunsListResponse(items: []) }
      query.statuses = [stored]
    }
    query.strategies = request.strategy.map { [$0] } ?? []
    query.dataset = request.dataset.map(canonicalID)
    query.symbol = request.symbol
    query.tags = request.tag.map { [$0] } ?? []
    query.sweepID = request.sweepID
    query.created = TimeRange(from: request.from, to: request.to)
    query.cursor = request.cursor
    query.limit = request.limit ?? 100
    query.countsTotal = false
    let page = try store.list(query)
    return RunsListResponse(
      items: page.runs.map { describe($0, [.metrics, .warnings]) }, nextCursor: page.nextCursor)
  }

  func run(_ request: RunsGetRequest) throws -> StrategyProtocol.RunRecord {
    let parts = Set(request.include ?? Array(RunRecord.usualParts))
    if let run = queue.run(request.runID), !run.isSaved {
      return RunRecord(runID: run.id, status: RunStatus(run.status))
    }
    return describe(try stored(request.runID), parts)
  }

  /// A stored run; one of this host's own that is under way is a step ahead of what is stored.
  private func describe(_ record: RunStore.RunRecord, _ parts: Set<RunPart>) -> StrategyProtocol.RunRecord {
    guard !record.status.isFinal, let run = queue.run(record.id) else { return RunRecord(record, parts: parts) }
    var described = RunRecord(record, parts: parts, progress: run.progress)
    let status = run.status
    // The moment before its end is stored it is still under way for everybody else.
    if !status.isFinal { described.status = RunStatus(status) }
    return described
  }

  func trades(_ request: RunsTradesRequest) throws -> RunsTradesResponse {
    let page = try Page(cursor: request.cursor, limit: request.limit)
    let record = try whole(request.runID)
    let symbols = SymbolTable(record.instruments)
    let rows = try store.trades(of: record.id, offset: page.offset, limit: page.limit)
    return RunsTradesResponse(
      items: rows.rows.map { TradeRecord($0, symbols: symbols) }, nextCursor: page.next(total: rows.total))
  }

  func events(_ request: RunsEventsRequest) throws -> RunsEventsResponse {
    let page = try Page(cursor: request.cursor, limit: request.limit)
    let record = try whole(request.runID)
    let symbols = SymbolTable(record.instruments)
    guard let kinds = request.kinds.map(Set.init) else {
      let rows = try store.orderEvents(of: record.id, offset: page.offset, limit: page.limit)
      return RunsEventsResponse(
        items: rows.rows.map { Event($0, symbols: symbols) }, nextCursor: page.next(total: rows.total))
    }
    // The store knows no kinds, so rows are read until a page of the wanted ones is together.
    var items: [Event] = []
    var offset = page.offset
    while true {
      let rows = try store.orderEvents(of: record.id, offset: offset, limit: 1000)
      for row in rows.rows {
        offset += 1
        let event = Event(row, symbols: symbols)
        if kinds.contains(event.kind) { items.append(event) }
        if items.count == page.limit { break }
      }
      if offset >= rows.total || rows.rows.isEmpty { return RunsEventsResponse(items: items) }
      if items.count == page.limit { return RunsEventsResponse(items: items, nextCursor: "o\(offset)") }
    }
  }

  /// Stops a run or a sweep; answered when it is over, within a bar or the deadline of a process, with how it ended: it may
  /// have been faster. One that is over already stays as it is.
  func cancel(_ request: RunsCancelRequest, _ id: JSONRPCID) throws {
    if let sweep = sweep(request.runID) {
      sweep.cancel()
      sweep.whenEnded { [self] in
        finish(id, RunStatusResponse(runID: sweep.id, status: RunStatus(sweep.progress.status)))
      }
    } else if let run = queue.run(request.runID) {
      queue.cancel(run.id)
      run.whenFinished { [self] outcome in
        finish(id, RunStatusResponse(runID: run.id, status: RunStatus(outcome.record.status)))
      }
    } else {
      finish(id, RunStatusResponse(runID: request.runID, status: RunStatus(try stored(request.runID).status)))
    }
  }

  /// A stored run's record.
  private func stored(_ id: RunID) throws -> RunStore.RunRecord {
    do {
      return try store.record(id)
    } catch let error as RunStoreError {
      var trials = RunQuery()
      trials.sweepID = id
      trials.limit = 1
      trials.countsTotal = false
      guard case .unknownRun = error, try sweep(id) != nil || !store.list(trials).runs.isEmpty else { throw error }
      throw RPCError(
        .unknownRun, "\(id) is a sweep, not a run.", pointer: "/run_id",
        hint: "Ask runs/list with this id as sweep_id for its trials, each of which is a run.")
    }
  }

  func delete(_ request: RunsDeleteRequest) throws -> RunStatusResponse {
    if queue.run(request.runID) != nil {
      throw RPCError(
        .runNotFinished, "The run \(request.runID) is not over yet.", pointer: "/run_id",
        hint: "Cancel it with runs/cancel and wait for its end.", runID: request.runID)
    }
    let record = try stored(request.runID)
    guard try store.delete(record.id) else {
      throw RPCError(.unknownRun, "There is no run \(record.id) any more.", pointer: "/run_id")
    }
    if wantsRunsChanged { notify(.runsChanged, RunsChangedNotification(runID: record.id, status: .deleted)) }
    return RunStatusResponse(runID: record.id, status: .deleted)
  }

  /// The record of a run that has produced all it will.
  private func finished(_ id: RunID) throws -> RunStore.RunRecord {
    let record = try stored(id)
    if record.status.isFinal { return record }
    throw RPCError(
      .runNotFinished, "The run \(id) is not over yet; it is \(record.status.rawValue).", pointer: "/run_id", runID: id)
  }

  /// The record of a run whose equity, trades and events are kept. Of a trial they are not, and to answer that there are
  /// none would be a lie.
  private func whole(_ id: RunID) throws -> RunStore.RunRecord {
    let record = try finished(id)
    guard let sweep = record.sweepID else { return record }
    throw RPCError(
      .invalidParams,
      "The run \(id) is a trial of the sweep \(sweep), of which parameters and metrics are kept, not more.",
      pointer: "/run_id", hint: "Run it with backtest/run and its parameters: the result is the same to the last bit.")
  }

  // MARK: Series

  func series(_ request: RunsSeriesRequest) throws -> RunsSeriesResponse {
    let record = try whole(request.runID)
    let curve = try store.equity(of: record.id, .all)
    var source = SeriesSource(record: record, curve: curve, store: try store)
    let from = request.from.map { start in curve.times.firstIndex { $0 >= start } ?? curve.times.count } ?? 0
    let to = request.to.map { end in curve.times.firstIndex { $0 >= end } ?? curve.times.count } ?? curve.times.count
    let range = from..<max(from, to)
    let encoding = request.encoding ?? .json
    if encoding == .f64leFile {
      throw RPCError(
        .capabilityMissing, "Series are not written to files.", pointer: "/encoding", hint: "Use json or f64le+base64.")
    }
    var columns = OrderedMap<Column>()
    for (place, name) in request.columns.enumerated() where columns[name] == nil {
      let column: Column
      if name == "time" {
        column = Column(Array(curve.times[range]), encoding: encoding)
      } else {
        let values = try source.values(name, pointer: "/columns/\(place)")
        // A run that broke off has bars behind its last equity, an annotation may be shorter than the run.
        let wanted = range.map { $0 < values.count ? values[$0] : .nan }
        column = try Column(wanted, encoding: encoding)
      }
      columns.entries.append(.init(name, column))
    }
    return RunsSeriesResponse(runID: record.id, count: range.count, columns: columns)
  }
}

/// Where the columns of a run come from; each source is read once, when a column needs it.
private struct SeriesSource {
  let record: RunStore.RunRecord
  let curve: EquitySeries
  let store: SQLiteRunStore
  private var bars: BarSeries?

  private static let known = [
    "time", "equity", "drawdown_pct", "position", "open", "high", "low", "close", "volume", "annotation:NAME",
  ]

  init(record: RunStore.RunRecord, curve: EquitySeries, store: SQLiteRunStore) {
    self.record = record
    self.curve = curve
    self.store = store
  }

  /// One value a bar.
  mutating func values(_ name: String, pointer: String) throws -> [Double] {
    switch name {
    case "equity": return curve.equity
    case "drawdown_pct": return drawdown
    case "position": return try position()
    case "open": return try loadedBars(pointer).open
    case "high": return try loadedBars(pointer).high
    case "low": return try loadedBars(pointer).low
    case "close": return try loadedBars(pointer).close
    case "volume": return try loadedBars(pointer).volume
    default: return try annotation(name, pointer)
    }
  }

  private func annotation(_ name: String, _ pointer: String) throws -> [Double] {
    let notes = try store.annotations(of: record.id)
    if let found = notes.first(where: { "annotation:\($0.name)" == name }) { return found.values }
    let known = Self.known.dropLast() + notes.map { "annotation:\($0.name)" }
    throw RPCError(
      .invalidParams, "The run has no column \(name); it has \(known.joined(separator: ", ")).", pointer: pointer,
      runID: record.id)
  }

  /// How far the account is below its highest value so far, in per cent, 0 or negative.
  private var drawdown: [Double] {
    var peak = -Double.infinity
    return curve.equity.map { equity in
      peak = max(peak, equity)
      return peak > 0 ? (equity / peak - 1) * 100 : .nan
    }
  }

  /// Units held after each bar.
  private func position() throws -> [Double] {
    var changes = [Double](repeating: 0, count: curve.times.count + 1)
    var offset = 0
    while true {
      let page = try store.trades(of: record.id, offset: offset, limit: 1000)
      for trade in page.rows where trade.entryIndex < changes.count {
        changes[trade.entryIndex] += trade.size
        changes[min(trade.exitIndex, changes.count - 1)] -= trade.size
      }
      offset += page.rows.count
      if offset >= page.total || page.rows.isEmpty { break }
    }
    for trade in try store.openTrades(of: record.id) where trade.entryIndex < changes.count {
      changes[trade.entryIndex] += trade.size
    }
    var held = 0.0
    return changes.dropLast().map { change in
      held += change
      return held
    }
  }

  private mutating func loadedBars(_ pointer: String) throws -> BarSeries {
    if let bars { return bars }
    switch StoredBars.load(record) {
    case .loaded(let series):
      bars = series
      return series
    case .unavailable(let sentence):
      throw RPCError(.dataUnavailable, sentence, pointer: pointer, runID: record.id)
    }
  }
}
