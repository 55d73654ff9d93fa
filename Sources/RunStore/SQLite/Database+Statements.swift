import GRDB
import GRDBSQLite

extension Database {
  /// Runs a statement and hands over each row it gives.
  ///
  /// - Parameters:
  ///   - isCached: Whether to keep the compiled statement for the next time; right for a text that stays the same.
  ///   - bind: Binds the parameters, in order.
  ///   - body: Reads the columns, in order.
  func forEachRow(
    _ sql: String, isCached: Bool = true, bind: (inout Binder) -> Void = { _ in },
    body: (inout RowReader) throws -> Void
  ) throws {
    let owner = try isCached ? cachedStatement(sql: sql) : makeStatement(sql: sql)
    try withExtendedLifetime(owner) {
      let statement = owner.sqliteStatement
      defer { rewind(statement) }
      var binder = Binder(statement)
      bind(&binder)
      try check(binder)
      while try step(statement) {
        var row = RowReader(statement)
        try body(&row)
      }
    }
  }

  /// Runs a cached statement that gives no rows.
  func run(_ sql: String, bind: (inout Binder) -> Void = { _ in }) throws {
    try forEachRow(sql, bind: bind) { _ in }
  }

  /// Runs a cached statement and reads the first row it gives; `nil` when it gives none.
  func firstRow<Value>(
    _ sql: String, bind: (inout Binder) -> Void = { _ in }, body: (inout RowReader) throws -> Value
  ) throws -> Value? {
    let statement = try cachedStatement(sql: sql).sqliteStatement
    defer { rewind(statement) }
    var binder = Binder(statement)
    bind(&binder)
    try check(binder)
    guard try step(statement) else { return nil }
    var row = RowReader(statement)
    return try body(&row)
  }

  /// Inserts rows, many with each statement: less than half the instructions of a statement a row.
  ///
  /// - Parameter bind: Binds the values of one row, in the order of `columns`.
  @inline(__always)
  func insert<Rows: RandomAccessCollection>(
    _ rows: Rows, into table: String, _ columns: [String], bind: (inout Binder, Rows.Element) -> Void
  ) throws {
    let batch = max(1, Self.valuesPerStatement / columns.count)
    var next = rows.startIndex
    var left = rows.count
    // What is left by the large statement goes by eights and then one by one, so that three cached statements serve all.
    for count in [batch, 8, 1] where count <= min(batch, left) {
      let statement = try cachedStatement(sql: Self.insertion(into: table, columns, rows: count)).sqliteStatement
      defer { rewind(statement) }
      while left >= count {
        var binder = Binder(statement)
        for _ in 0..<count {
          bind(&binder, rows[next])
          rows.formIndex(after: &next)
        }
        left -= count
        try check(binder)
        _ = try step(statement)
        sqlite3_reset(statement)
      }
    }
  }

  /// Values bound by one inserting statement. Three times as many save 2 % of the instructions of a large run, and cost a
  /// small one more in compiling the statement.
  private static let valuesPerStatement = 300

  private static func insertion(into table: String, _ columns: [String], rows: Int) -> String {
    let row = "(?" + String(repeating: ",?", count: columns.count - 1) + ")"
    return "INSERT INTO \(table) (\(columns.joined(separator: ","))) VALUES " + row
      + String(repeating: "," + row, count: rows - 1)
  }

  /// Steps to the next row.
  ///
  /// - Returns: Whether there is one.
  private func step(_ statement: OpaquePointer) throws -> Bool {
    switch sqlite3_step(statement) {
    case SQLITE_ROW: return true
    case SQLITE_DONE: return false
    case let code: throw DatabaseError(resultCode: ResultCode(rawValue: code), message: lastErrorMessage)
    }
  }

  private func check(_ binder: Binder) throws {
    if binder.failure != SQLITE_OK { throw DatabaseError(resultCode: ResultCode(rawValue: binder.failure)) }
  }

  /// Makes a statement ready for its next use. What `sqlite3_reset` returns is the failure of the last step, thrown before.
  private func rewind(_ statement: OpaquePointer) {
    sqlite3_reset(statement)
    sqlite3_clear_bindings(statement)
  }
}
