import GRDB

extension SQLiteRunStore {
  /// Lists runs; see ``RunStoring/list(_:)``.
  public func list(_ query: RunQuery) throws(RunStoreError) -> RunPage {
    let cursor = try query.checkedCursor()
    return try read { db in
      let filter = ListSQL(query)
      // Rows and sort values first, records after: SQLite then sorts numbers, not whole records.
      var found: [(row: Int64, value: SQLValue)] = []
      let page = filter.page(query, after: cursor)
      try db.forEachRow(page.sql, isCached: filter.isCommon, bind: page.bind) { found.append(($0.int64(), $0.value())) }
      // One more was asked for than wanted, to see whether there is a next page.
      let hasMore = found.count > query.limit
      if hasMore { found.removeLast() }
      let runs = try found.compactMap { found in
        query.summarizes ? try db.summary(row: found.row, file: file) : try db.record(row: found.row, file: file)
      }
      var next: RunCursor?
      if hasMore, let value = found.last?.value, let id = runs.last?.id {
        next = RunCursor(sort: query.sort, descending: query.descending, value: value, id: id)
      }
      var total: Int?
      if query.countsTotal {
        let count = filter.count
        try db.forEachRow(count.sql, isCached: filter.isCommon, bind: count.bind) { total = $0.int() }
      }
      return RunPage(runs: runs, nextCursor: next?.text, total: total)
    }
  }

  /// How SQLite would go about the statements of a list, a line each: for tests.
  package func plan(of query: RunQuery) throws(RunStoreError) -> [String] {
    let cursor = try query.checkedCursor()
    return try read { db in
      let filter = ListSQL(query)
      var lines: [String] = []
      for statement in [filter.page(query, after: cursor), filter.count] {
        try db.forEachRow("EXPLAIN QUERY PLAN " + statement.sql, isCached: false, bind: statement.bind) { row in
          _ = (row.int64(), row.int64(), row.int64())
          lines.append(row.text())
        }
      }
      return lines
    }
  }
}

extension RunQuery {
  /// Checks the query and reads its cursor.
  fileprivate func checkedCursor() throws(RunStoreError) -> RunCursor? {
    if !(1...1000).contains(limit) { throw .invalidQuery("The limit was \(limit); it must be from 1 to 1000.") }
    if offset < 0 { throw .invalidQuery("The offset was \(offset); it must be 0 or more.") }
    // SQLite takes a limited number of conditions; nobody means so many.
    if strategies.count > 100 || tags.count > 100 {
      throw .invalidQuery("A query may name at most 100 strategies and 100 tags; make several queries of it.")
    }
    guard let text = cursor else { return nil }
    guard let cursor = RunCursor(text), cursor.sort == sort, cursor.descending == descending else {
      throw .invalidQuery(
        "The cursor \(text.prefix(80)) is not one of a list sorted this way; leave it out to start with the first page."
      )
    }
    return cursor
  }
}
