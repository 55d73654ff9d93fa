import GRDB
import TradingModel

extension SQLiteRunStore {
  /// Stores a new run in one transaction; see ``RunStoring/insert(_:result:)``.
  public func insert(_ record: RunRecord, result: RunResult?) throws(RunStoreError) {
    try RunCheck.check(record, result)
    try write { db in
      if try db.runRow(record.id) != nil { throw RunStoreError.duplicateRun(id: record.id) }
      let row = try RunRow.insert(record, db)
      try RunRow.insertLists(of: record, row: row, db)
      if let result { try ResultRows.insert(result, row: row, db) }
    }
  }

  /// Stores many new runs in one transaction; see ``RunStoring/insert(contentsOf:)``.
  public func insert(contentsOf records: [RunRecord]) throws(RunStoreError) {
    var checked: [RunMetric] = []
    for record in records {
      // Trials of a sweep have the same metrics, whose names then need no second look.
      let hasSameNames = record.metrics.elementsEqual(checked) { $0.name == $1.name }
      try RunCheck.check(record, nil, metricsToo: !hasSameNames)
      checked = record.metrics
    }
    try write { db in
      var rows: [Int64] = []
      rows.reserveCapacity(records.count)
      for record in records {
        if try db.runRow(record.id) != nil { throw RunStoreError.duplicateRun(id: record.id) }
        rows.append(try RunRow.insert(record, db))
      }
      try RunRow.insertLists(of: records, rows: rows, db)
    }
  }

  /// Replaces a run in one transaction; see ``RunStoring/update(_:result:)``.
  public func update(_ record: RunRecord, result: RunResult?) throws(RunStoreError) {
    try RunCheck.check(record, result)
    try write { db in
      let row = try db.requiredRunRow(record.id)
      try RunRow.update(record, row: row, db)
      try RunRow.deleteLists(row: row, db)
      try RunRow.insertLists(of: record, row: row, db)
      if let result {
        try ResultRows.delete(row: row, db)
        try ResultRows.insert(result, row: row, db)
      }
    }
  }

  /// Removes a run; see ``RunStoring/delete(_:)``. The file does not shrink: later runs take the place.
  public func delete(_ id: RunID) throws(RunStoreError) -> Bool {
    try write { db in
      guard let row = try db.runRow(id) else { return false }
      try ResultRows.delete(row: row, db)
      try RunRow.deleteLists(row: row, db)
      try db.run("DELETE FROM backtestRun WHERE id = ?") { $0.bind(row) }
      return true
    }
  }
}

/// Refuses what would contradict the tables, in words about the run instead of SQLite's about a constraint.
private enum RunCheck {
  static func check(_ record: RunRecord, _ result: RunResult?, metricsToo: Bool = true) throws(RunStoreError) {
    func refuse(_ fault: String) -> RunStoreError { .invalidRun(id: record.id, fault: fault) }
    if record.id.isEmpty { throw refuse("its id is empty") }
    if record.id == "latest" { throw refuse("\"latest\" stands for the newest run and cannot be an id") }
    if metricsToo, let name = firstDuplicate(record.metrics.map(\.name)) {
      throw refuse("it has two metrics named \(name)")
    }
    if let tag = firstDuplicate(record.tags) { throw refuse("it has the tag \(tag) twice") }
    guard let result else { return }
    let (times, values) = (result.equity.times, result.equity.equity)
    if times.count != values.count {
      throw refuse("it has \(values.count) equity values for \(times.count) times")
    }
    if let row = times.indices.dropFirst().first(where: { times[$0] <= times[$0 - 1] }) {
      throw refuse("the times of its equity points \(row - 1) and \(row) do not increase")
    }
    for (index, event) in result.orderEvents.enumerated() where event.sequence != index {
      throw refuse("its order event at position \(index) has sequence \(event.sequence)")
    }
  }

  /// Compares as the database does, by bytes: Swift takes two spellings of one accented letter for the same.
  private static func firstDuplicate(_ texts: [String]) -> String? {
    var seen = Set<[UInt8]>()
    return texts.first { !seen.insert(Array($0.utf8)).inserted }
  }
}

extension Database {
  /// The row of a run in `backtestRun`; `nil` when there is none.
  func runRow(_ id: RunID) throws -> Int64? {
    try firstRow("SELECT id FROM backtestRun WHERE runID = ?", bind: { $0.bind(id) }) { $0.int64() }
  }

  /// The row of a run in `backtestRun`.
  ///
  /// - Throws: ``RunStoreError/unknownRun(reference:near:)``.
  func requiredRunRow(_ id: RunID) throws -> Int64 {
    guard let row = try runRow(id) else {
      throw RunStoreError.unknownRun(reference: id, near: try runIDs(near: id))
    }
    return row
  }
}
