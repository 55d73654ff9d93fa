import GRDBSQLite

/// Reads the columns of a statement's current row, one after the other.
struct RowReader {
  private let statement: OpaquePointer
  private var index: Int32 = 0

  init(_ statement: OpaquePointer) { self.statement = statement }

  /// An integer; 0 for NULL.
  mutating func int64() -> Int64 {
    defer { index += 1 }
    return sqlite3_column_int64(statement, index)
  }

  /// An integer; 0 for NULL.
  mutating func int() -> Int { Int(int64()) }

  /// A number; NaN for NULL, which is how SQLite keeps a NaN.
  mutating func double() -> Double {
    defer { index += 1 }
    return isNull ? .nan : sqlite3_column_double(statement, index)
  }

  /// A text; empty for NULL.
  mutating func text() -> String {
    defer { index += 1 }
    guard let bytes = sqlite3_column_text(statement, index) else { return "" }
    let count = Int(sqlite3_column_bytes(statement, index))
    return String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
  }

  mutating func optionalInt64() -> Int64? { isNull ? skip() : int64() }
  mutating func optionalInt() -> Int? { isNull ? skip() : int() }
  mutating func optionalDouble() -> Double? { isNull ? skip() : double() }
  mutating func optionalText() -> String? { isNull ? skip() : text() }

  /// A value of whatever type it has; a BLOB as text.
  mutating func value() -> SQLValue {
    switch sqlite3_column_type(statement, index) {
    case SQLITE_NULL: skip() ?? .null
    case SQLITE_INTEGER: .integer(int64())
    case SQLITE_FLOAT: .real(double())
    default: .text(text())
    }
  }

  /// A BLOB's bytes, valid during the call.
  mutating func withBlob<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    defer { index += 1 }
    let start = sqlite3_column_blob(statement, index)
    return body(UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(statement, index))))
  }

  private var isNull: Bool { sqlite3_column_type(statement, index) == SQLITE_NULL }

  private mutating func skip<Value>() -> Value? {
    index += 1
    return nil
  }
}
