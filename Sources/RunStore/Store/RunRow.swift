import GRDB
import TradingModel

/// Writes and reads the row of a run and its lists: instruments, metrics, tags.
enum RunRow {
  /// Columns in the order in which ``bind(_:to:)`` writes and ``read(_:file:)`` reads them.
  private static let columns = [
    "runID", "status", "ticker", "startDate", "endDate", "strategy", "startingCapital", "interval", "created",
    "started", "finished", "durationMicroseconds", "bars", "warmUpIndex", "ruinIndex", "commissions", "dataSHA256",
    "strategyHash", "engineVersion", "profile", "mode", "seed", "fingerprint", "ownerHost", "ownerProcessID",
    "ownerInstance", "heartbeat", "failureKind", "failureMessage", "failureFault", "failureDetail", "warnings",
    "parameters", "request", "dataset", "sweepID",
  ]

  /// The statistics the replaced system had as columns, by their keys. They are in the table `metric` too; here they can
  /// be read and sorted by in plain SQL.
  static let metricColumns = [
    ("total_return_pct", "totalReturnPct"), ("cagr_pct", "cagrPct"), ("sharpe", "sharpe"),
    ("max_drawdown_pct", "maxDrawdownPct"), ("trades", "trades"), ("winrate_pct", "winratePct"),
  ]

  fileprivate static let selection = "SELECT \(columns.joined(separator: ", ")) FROM backtestRun WHERE id = ?"

  /// The columns in the order in which ``readSummary(_:file:)`` reads them.
  fileprivate static let summarySelection =
    "SELECT runID, status, ticker, startDate, endDate, strategy, startingCapital, interval, created, started, finished, "
    + "durationMicroseconds, bars, failureKind, failureMessage, failureFault, parameters, dataset, sweepID, "
    + metricColumns.map(\.1).joined(separator: ", ") + " FROM backtestRun WHERE id = ?"

  private static let written = columns + metricColumns.map(\.1)
  private static let placeholders = written.map { _ in "?" }.joined(separator: ", ")
  private static let insertion =
    "INSERT INTO backtestRun (\(written.joined(separator: ", "))) VALUES (\(placeholders))"
  private static let replacement =
    "UPDATE backtestRun SET (\(written.joined(separator: ", "))) = (\(placeholders)) WHERE id = ?"

  static func insert(_ record: RunRecord, _ db: Database) throws -> Int64 {
    try db.run(insertion) { bind(record, to: &$0) }
    return db.lastInsertedRowID
  }

  static func update(_ record: RunRecord, row: Int64, _ db: Database) throws {
    try db.run(replacement) { binder in
      bind(record, to: &binder)
      binder.bind(row)
    }
  }

  static func insertLists(of record: RunRecord, row: Int64, _ db: Database) throws {
    try insertLists(of: [record], rows: [row], db)
  }

  /// Inserts the lists of many runs, whose rows are in `rows`: the longer a list, the fewer statements a row.
  static func insertLists(of records: [RunRecord], rows: [Int64], _ db: Database) throws {
    try db.insert(
      flattened(records, rows, \.instruments), into: "instrument", ["backtestRunID", "position", "symbol", "currency"]
    ) { binder, item in
      binder.bind(item.row)
      binder.bind(item.position)
      binder.bind(item.element.symbol)
      binder.bind(item.element.currency)
    }
    try db.insert(
      flattened(records, rows, \.metrics), into: "metric", ["backtestRunID", "position", "name", "value"]
    ) { binder, item in
      binder.bind(item.row)
      binder.bind(item.position)
      binder.bind(item.element.name)
      binder.bind(item.element.value)
    }
    try db.insert(
      flattened(records, rows, \.tags), into: "tag", ["backtestRunID", "position", "name"]
    ) { binder, item in
      binder.bind(item.row)
      binder.bind(item.position)
      binder.bind(item.element)
    }
  }

  /// The elements of every run's list one after the other, each with its run's row and its position in the list.
  private static func flattened<Element>(
    _ records: [RunRecord], _ rows: [Int64], _ list: (RunRecord) -> [Element]
  ) -> [(row: Int64, position: Int, element: Element)] {
    var flat: [(row: Int64, position: Int, element: Element)] = []
    for (record, row) in zip(records, rows) {
      for (position, element) in list(record).enumerated() { flat.append((row, position, element)) }
    }
    return flat
  }

  static func deleteLists(row: Int64, _ db: Database) throws {
    for table in ["instrument", "metric", "tag"] {
      try db.run("DELETE FROM \(table) WHERE backtestRunID = ?") { $0.bind(row) }
    }
  }

  private static func bind(_ record: RunRecord, to binder: inout Binder) {
    binder.bind(record.id)
    binder.bind(record.status.rawValue)
    binder.bind(record.ticker)
    binder.bind(record.start)
    binder.bind(record.end)
    binder.bind(record.strategy)
    binder.bind(record.startingCapital)
    binder.bind(record.interval)
    binder.bind(record.created)
    binder.bind(record.started)
    binder.bind(record.finished)
    binder.bind(record.durationMicroseconds)
    binder.bind(record.bars)
    binder.bind(record.warmUpIndex)
    binder.bind(record.ruinIndex)
    binder.bind(record.commissions)
    binder.bind(record.dataSHA256)
    binder.bind(record.strategyHash)
    binder.bind(record.engineVersion)
    binder.bind(record.profile)
    binder.bind(record.mode)
    binder.bind(record.seed.map { Int64(bitPattern: $0) })
    binder.bind(record.fingerprint)
    binder.bind(record.owner?.host)
    binder.bind(record.owner?.processID)
    binder.bind(record.owner?.instance)
    binder.bind(record.heartbeat)
    binder.bind(record.failure?.kind)
    binder.bind(record.failure?.message)
    binder.bind(record.failure?.fault)
    binder.bind(record.failure?.detail)
    binder.bind(TextList.encode(record.warnings))
    binder.bind(record.parameters)
    binder.bind(record.request)
    binder.bind(record.dataset)
    binder.bind(record.sweepID)
    for (name, _) in metricColumns { binder.bind(record.metric(name)) }
  }

  /// Reads a run without its lists.
  fileprivate static func read(_ row: inout RowReader, file: String) throws -> RunRecord {
    let id = row.text()
    let statusText = row.text()
    guard let status = RunStatus(rawValue: statusText) else {
      throw RunStoreError.damaged(file: file, detail: "run \(id) has the unknown status \(statusText)")
    }
    _ = row.text()  // The ticker is the first instrument's symbol.
    let (start, end) = (row.optionalInt64(), row.optionalInt64())
    var record = RunRecord(
      id: id, status: status, strategy: row.text(), instruments: [], interval: "", startingCapital: row.double(),
      created: 0)
    record.interval = row.text()
    record.created = row.int64()
    record.start = start
    record.end = end
    record.started = row.optionalInt64()
    record.finished = row.optionalInt64()
    record.durationMicroseconds = row.optionalInt64()
    record.bars = row.optionalInt()
    record.warmUpIndex = row.optionalInt()
    record.ruinIndex = row.optionalInt()
    record.commissions = row.optionalDouble()
    record.dataSHA256 = row.optionalText()
    record.strategyHash = row.optionalText()
    record.engineVersion = row.optionalText()
    record.profile = row.optionalText()
    record.mode = row.optionalText()
    record.seed = row.optionalInt64().map { UInt64(bitPattern: $0) }
    record.fingerprint = row.optionalText()
    let (host, processID, instance) = (row.optionalText(), row.optionalInt(), row.optionalText())
    if let host, let processID { record.owner = RunOwner(host: host, processID: processID, instance: instance) }
    record.heartbeat = row.optionalInt64()
    let (kind, message, fault, detail) = (
      row.optionalText(), row.optionalText(), row.optionalText(), row.optionalText()
    )
    if let kind, let message { record.failure = RunFailure(kind: kind, message: message, fault: fault, detail: detail) }
    guard let warnings = TextList.decode(row.optionalText() ?? "[]") else {
      throw RunStoreError.damaged(file: file, detail: "the warnings of run \(id) are not a list")
    }
    record.warnings = warnings.compactMap(\.self)
    record.parameters = row.optionalText()
    record.request = row.optionalText()
    record.dataset = row.optionalText()
    record.sweepID = row.optionalText()
    return record
  }

  /// Reads what ``RunQuery/summarizes`` asks for.
  fileprivate static func readSummary(_ row: inout RowReader, file: String) throws -> RunRecord {
    let id = row.text()
    let statusText = row.text()
    guard let status = RunStatus(rawValue: statusText) else {
      throw RunStoreError.damaged(file: file, detail: "run \(id) has the unknown status \(statusText)")
    }
    let ticker = row.text()
    let (start, end) = (row.optionalInt64(), row.optionalInt64())
    var record = RunRecord(
      id: id, status: status, strategy: row.text(), instruments: ticker.isEmpty ? [] : [Instrument(symbol: ticker)],
      interval: "", startingCapital: row.double(), created: 0)
    record.interval = row.text()
    record.created = row.int64()
    (record.start, record.end) = (start, end)
    record.started = row.optionalInt64()
    record.finished = row.optionalInt64()
    record.durationMicroseconds = row.optionalInt64()
    record.bars = row.optionalInt()
    let (kind, message, fault) = (row.optionalText(), row.optionalText(), row.optionalText())
    if let kind, let message { record.failure = RunFailure(kind: kind, message: message, fault: fault, detail: nil) }
    record.parameters = row.optionalText()
    record.dataset = row.optionalText()
    record.sweepID = row.optionalText()
    for (name, _) in metricColumns {
      if let value = row.optionalDouble() { record.metrics.append(RunMetric(name: name, value: value)) }
    }
    return record
  }

  /// Reads the lists of a run.
  fileprivate static func readLists(into record: inout RunRecord, row: Int64, _ db: Database) throws {
    try db.forEachRow(
      "SELECT symbol, currency FROM instrument WHERE backtestRunID = ? ORDER BY position", bind: { $0.bind(row) }
    ) { record.instruments.append(Instrument(symbol: $0.text(), currency: $0.optionalText())) }
    try db.forEachRow(
      "SELECT name, value FROM metric WHERE backtestRunID = ? ORDER BY position", bind: { $0.bind(row) }
    ) { record.metrics.append(RunMetric(name: $0.text(), value: $0.optionalDouble())) }
    try db.forEachRow("SELECT name FROM tag WHERE backtestRunID = ? ORDER BY position", bind: { $0.bind(row) }) {
      record.tags.append($0.text())
    }
  }
}

extension Database {
  /// What a table shows of a run, by its row; `nil` when there is none.
  func summary(row: Int64, file: String) throws -> RunRecord? {
    try firstRow(RunRow.summarySelection, bind: { $0.bind(row) }) { try RunRow.readSummary(&$0, file: file) }
  }

  /// The whole record of a run by its row; `nil` when there is none.
  func record(row: Int64, file: String) throws -> RunRecord? {
    let found = try firstRow(RunRow.selection, bind: { $0.bind(row) }) { try RunRow.read(&$0, file: file) }
    guard var record = found else { return nil }
    try RunRow.readLists(into: &record, row: row, self)
    return record
  }
}
