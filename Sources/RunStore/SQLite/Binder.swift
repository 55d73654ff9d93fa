import GRDBSQLite

/// Binds values to a prepared statement's parameters, one after the other.
///
/// GRDB's own binding boxes each value, and ends the process when SQLite refuses one (a text above 1 GB); here a refusal is
/// remembered and thrown when the statement is stepped. A NaN is bound as NULL, by SQLite.
struct Binder {
  /// What SQLite said about the first value it refused.
  private(set) var failure = SQLITE_OK
  private let statement: OpaquePointer
  private var index: Int32 = 0

  /// Tells SQLite to copy a text or BLOB before the call returns: `SQLITE_TRANSIENT`, a C macro Swift cannot import.
  private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

  init(_ statement: OpaquePointer) { self.statement = statement }

  @inline(__always)
  mutating func bind(_ value: Int64) {
    index += 1
    note(sqlite3_bind_int64(statement, index, value))
  }

  @inline(__always)
  mutating func bind(_ value: Int) { bind(Int64(value)) }

  @inline(__always)
  mutating func bind(_ value: Double) {
    index += 1
    note(sqlite3_bind_double(statement, index, value))
  }

  mutating func bind(_ value: Int64?) {
    if let value { bind(value) } else { bindNull() }
  }

  mutating func bind(_ value: Int?) {
    if let value { bind(value) } else { bindNull() }
  }

  mutating func bind(_ value: Double?) {
    if let value { bind(value) } else { bindNull() }
  }

  mutating func bind(_ value: String?) {
    if let value { bind(value) } else { bindNull() }
  }

  mutating func bind(_ value: String) {
    index += 1
    var value = value
    let code = value.withUTF8 { bytes in
      bytes.withMemoryRebound(to: CChar.self) { characters in
        // A null pointer would bind NULL, so the empty text needs an address.
        guard let start = characters.baseAddress else {
          return sqlite3_bind_text64(statement, index, "", 0, Self.copied, UInt8(SQLITE_UTF8))
        }
        return sqlite3_bind_text64(
          statement, index, start, UInt64(characters.count), Self.copied, UInt8(SQLITE_UTF8))
      }
    }
    note(code)
  }

  /// Binds a literal. It lives as long as the program, so SQLite keeps its address and copies nothing.
  @inline(__always)
  mutating func bind(literal text: StaticString) {
    index += 1
    note(
      UnsafeRawPointer(text.utf8Start).withMemoryRebound(to: CChar.self, capacity: text.utf8CodeUnitCount) {
        sqlite3_bind_text64(statement, index, $0, UInt64(text.utf8CodeUnitCount), nil, UInt8(SQLITE_UTF8))
      })
  }

  mutating func bind(blob bytes: UnsafeRawBufferPointer) {
    index += 1
    guard let start = bytes.baseAddress, !bytes.isEmpty else {
      return note(sqlite3_bind_zeroblob(statement, index, 0))
    }
    note(sqlite3_bind_blob64(statement, index, start, UInt64(bytes.count), Self.copied))
  }

  private mutating func bindNull() {
    index += 1
    note(sqlite3_bind_null(statement, index))
  }

  @inline(__always)
  private mutating func note(_ code: Int32) {
    if code != SQLITE_OK, failure == SQLITE_OK { failure = code }
  }
}
