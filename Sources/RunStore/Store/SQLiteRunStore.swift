import GRDB
import Synchronization

/// Runs kept in one SQLite file, which several processes may open at once: one writes at a time, the others read meanwhile
/// (write-ahead log).
///
/// A commit survives the end of the process, whatever ends it. After a power cut the last commits may be missing, but the
/// database is whole (`synchronous = NORMAL`).
public final class SQLiteRunStore: RunStoring {
  /// How to open a database.
  public struct Options: Sendable {
    /// Whether to open for reading only. A missing file is then an error, and an older one is not upgraded.
    public var readOnly = false
    /// Connections for reading beside the one that writes, opened as they are needed. With 0 reads take turns with writes
    /// on the one connection, which opens fastest: right for a program that does one thing and ends.
    public var readers = 0
    /// How long to wait for another process that writes, in seconds.
    public var busyTimeout = 5.0
    /// The size in pages of 4,096 bytes above which the file does not grow; `nil` leaves it to the disk.
    package var maximumPageCount: Int?
    /// The steps that make the tables.
    package var migrations = Schema.migrations

    /// Makes the usual options.
    public init() {}
  }

  /// The database file as it was named; `:memory:` for a database in memory.
  public let file: String
  let database: any DatabaseWriter
  private let busyTimeout: Double
  private let isClosed = Mutex(false)

  /// Opens a database, and makes or upgrades it if need be.
  ///
  /// - Parameters:
  ///   - file: Its name; directories that are missing are made, unless it is opened for reading only.
  ///   - program: Name and version of the calling program, noted when it makes or upgrades the tables, e.g.
  ///     `backtester 0.1.0`.
  public convenience init(file: String, program: String, options: Options = Options()) throws(RunStoreError) {
    let opener = DatabaseOpener(file: file, program: program, options: options)
    try self.init(file: file, database: opener.open(), options: options)
  }

  private init(file: String, database: any DatabaseWriter, options: Options) {
    self.file = file
    self.database = database
    busyTimeout = options.busyTimeout
  }

  /// Makes an empty database in memory, which is gone with the store.
  public static func inMemory(program: String) throws(RunStoreError) -> SQLiteRunStore {
    let options = Options()
    let opener = DatabaseOpener(file: ":memory:", program: program, options: options)
    return try SQLiteRunStore(file: opener.file, database: opener.openInMemory(), options: options)
  }

  /// Closes the database; every later call fails. Without it the database is closed when the store is let go.
  public func close() throws(RunStoreError) {
    isClosed.withLock { $0 = true }
    do { try database.close() } catch { throw translate(error) }
  }

  /// Reads in one transaction: all of it sees the database as of one moment.
  func read<Value>(_ body: (Database) throws -> Value) throws(RunStoreError) -> Value {
    try checkIsOpen()
    do { return try database.read(body) } catch { throw translate(error) }
  }

  /// Writes in one transaction, which is undone when `body` throws.
  ///
  /// SQLite does not look up the run of every row that is inserted, nor does it delete the rows of a run that is deleted:
  /// `body` must see to both. The tables declare their foreign keys for other programs.
  func write<Value>(_ body: (Database) throws -> Value) throws(RunStoreError) -> Value {
    try checkIsOpen()
    do {
      return try database.writeWithoutTransaction { db in try Self.transaction(db, body) }
    } catch { throw translate(error) }
  }

  private static func transaction<Value>(_ db: Database, _ body: (Database) throws -> Value) throws -> Value {
    var value: Value?
    // Taking the write lock at once, and not at the first write, is what lets SQLite wait for another writer.
    try db.inTransaction(.immediate) {
      value = try body(db)
      return .commit
    }
    guard let value else { throw DatabaseError(resultCode: .SQLITE_INTERNAL) }
    return value
  }

  private func checkIsOpen() throws(RunStoreError) {
    if isClosed.withLock({ $0 }) { throw .closed(file: file) }
  }

  private func translate(_ error: any Error) -> RunStoreError {
    DatabaseFault(file: file, busyTimeout: busyTimeout).translate(error)
  }
}
