import GRDB

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Opens a database file and brings its tables up to date.
struct DatabaseOpener {
  let file: String
  let program: String
  let options: SQLiteRunStore.Options

  func open() throws(RunStoreError) -> any DatabaseWriter {
    if file.isEmpty || file.utf8.contains(0) { throw .invalidPath(file) }
    if PathProbe.isDirectory(file) || file.hasSuffix("/") { throw .isDirectory(path: file) }
    if !PathProbe.isFreeOrRegular(file) { throw .notADatabase(file: file) }
    if options.readOnly {
      guard PathProbe.exists(file) else { throw .missingFile(file: file) }
    } else {
      try makeDirectory()
    }
    return try retryingWhileBusy { try connect(path) }
  }

  func openInMemory() throws(RunStoreError) -> any DatabaseWriter {
    do {
      let database = try DatabaseQueue(configuration: configuration)
      try prepareTables(database)
      return database
    } catch { throw fault.translate(error) }
  }

  /// The name as SQLite is to see it. With a directory in front no name means anything special to it, as `:memory:` and
  /// `file:…` would.
  private var path: String { file.hasPrefix("/") ? file : "./" + file }

  private var fault: DatabaseFault { DatabaseFault(file: file, busyTimeout: options.busyTimeout) }

  private func connect(_ path: String) throws -> any DatabaseWriter {
    do {
      return try prepared(path)
    } catch let error as DatabaseError where options.readOnly && Self.maySucceedImmutable(error) {
      // Even a reader has to write the index of the write-ahead log. Where it cannot, and there is no log that could hold
      // commits, the file is read as if nobody could change it.
      guard !PathProbe.isWritable(PathProbe.directory(of: file)), !PathProbe.exists(path + "-wal") else { throw error }
      guard let immutable = try? prepared(Self.immutableURI(path)) else { throw error }
      return immutable
    }
  }

  private func prepared(_ path: String) throws -> any DatabaseWriter {
    let database: any DatabaseWriter =
      options.readers > 0
      ? try DatabasePool(path: path, configuration: configuration)
      : try DatabaseQueue(path: path, configuration: configuration)
    try prepareTables(database)
    return database
  }

  private var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "RunStore"
    // Looking up the run of every inserted row is a fifth of SQLite's work on it, and the run was inserted just before.
    configuration.foreignKeysEnabled = false
    configuration.readonly = options.readOnly
    configuration.busyMode = .timeout(options.busyTimeout)
    configuration.maximumReaderCount = max(1, options.readers)
    let (options, file) = (options, file)
    configuration.prepareDatabase { db in
      guard !db.configuration.readonly else { return }
      try Self.checkOwnership(db, file: file)
      let mode = try db.firstRow("PRAGMA journal_mode = WAL") { $0.text() }
      guard mode == "wal" || mode == "memory" else {
        throw RunStoreError.inputOutput(
          file: file, detail: "its file system has no shared memory for a write-ahead log")
      }
      try db.run("PRAGMA synchronous = NORMAL")
      // A log that one large run has made long is cut back to this when it is reused.
      try db.forEachRow("PRAGMA journal_size_limit = 67108864") { _ in }
      if let pages = options.maximumPageCount { try db.forEachRow("PRAGMA max_page_count = \(pages)") { _ in } }
    }
    return configuration
  }

  /// Refuses a file that has tables but not our mark, before anything is changed in it.
  private static func checkOwnership(_ db: Database, file: String) throws {
    // The tables are counted first: ours appear together with the mark, but for the migrator's own, so that a process that
    // makes them at this moment is not taken for a stranger.
    let tables =
      try db.firstRow("SELECT count(*) FROM sqlite_master WHERE tbl_name <> 'grdb_migrations'") { $0.int() } ?? 0
    let mark = try db.firstRow("PRAGMA application_id") { $0.int64() } ?? 0
    if mark == Int64(Schema.applicationID) || (mark == 0 && tables == 0) { return }
    throw RunStoreError.otherDatabase(file: file)
  }

  /// Applies the migrations that are missing.
  private func prepareTables(_ database: any DatabaseWriter) throws {
    let known = options.migrations.map(\.name)
    var applied = try appliedMigrations(database)
    while applied != known {
      if let foreign = applied.first(where: { !known.contains($0) }) {
        throw RunStoreError.newerSchema(file: file, writer: try writer(of: foreign, database), program: program)
      }
      if options.readOnly {
        throw applied.isEmpty ? RunStoreError.missingFile(file: file) : RunStoreError.olderSchema(file: file)
      }
      let before = applied
      do {
        try Schema.migrator(options.migrations, program: program).migrate(database)
        applied = try appliedMigrations(database)
      } catch let error as DatabaseError
        where error.resultCode == .SQLITE_ERROR || error.resultCode == .SQLITE_CONSTRAINT
      {
        // Another process may have made the same step between our look and our try. Then there is more now than before.
        applied = try appliedMigrations(database)
        if applied == before { throw error }
      }
    }
  }

  /// Names of the migrations in the database, in the order of ours, unknown ones last.
  private func appliedMigrations(_ database: any DatabaseWriter) throws -> [String] {
    let names = try database.writeWithoutTransaction { db in
      if options.readOnly { try Self.checkOwnership(db, file: file) }
      let hasTable = try db.firstRow("SELECT 1 FROM sqlite_master WHERE name = 'grdb_migrations'") { _ in true }
      guard hasTable == true else { return [String]() }
      var names: [String] = []
      try db.forEachRow("SELECT identifier FROM grdb_migrations ORDER BY identifier") { names.append($0.text()) }
      return names
    }
    let known = options.migrations.map(\.name)
    return known.filter(names.contains) + names.filter { !known.contains($0) }
  }

  private func writer(of migration: String, _ database: any DatabaseWriter) throws -> String {
    let name = try database.writeWithoutTransaction { db in
      try db.firstRow("SELECT program FROM schemaHistory WHERE migration = ?", bind: { $0.bind(migration) }) {
        $0.text()
      }
    }
    return name ?? "another version"
  }

  private func makeDirectory() throws(RunStoreError) {
    let directory = PathProbe.directory(of: file)
    if PathProbe.isDirectory(directory) { return }
    if let reason = PathProbe.makeDirectories(directory) {
      throw .directoryNotCreatable(directory: directory, reason: reason)
    }
  }

  /// SQLite reports some collisions while a file is opened without waiting (the switch to the write-ahead log is one), so
  /// the whole of it is tried again until the timeout.
  private func retryingWhileBusy(_ body: () throws -> any DatabaseWriter) throws(RunStoreError) -> any DatabaseWriter {
    let deadline = ContinuousClock.now + .seconds(options.busyTimeout)
    while true {
      do {
        return try body()
      } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY && ContinuousClock.now < deadline {
        usleep(10_000)
      } catch { throw fault.translate(error) }
    }
  }

  private static func maySucceedImmutable(_ error: DatabaseError) -> Bool {
    switch error.resultCode {
    case .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_IOERR, .SQLITE_PERM: true
    default: false
    }
  }

  /// The file as a URI that tells SQLite that nobody will change it. Every byte that could mean something in a URI is escaped.
  private static func immutableURI(_ path: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var escaped: [UInt8] = []
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
        UInt8(ascii: "_"):
        escaped.append(byte)
      default: escaped += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return "file:" + String(decoding: escaped, as: UTF8.self) + "?immutable=1"
  }
}
