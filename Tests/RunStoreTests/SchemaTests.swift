import GRDB
import RunStore
import Testing
import TradingModel

@Suite struct SchemaTests {
  private func columns(_ table: String, _ db: Database) throws -> Set<String> {
    Set(try String.fetchAll(db, sql: "SELECT name FROM pragma_table_xinfo(?)", arguments: [table]))
  }

  @Test func theReplacedSystemsTablesFieldsAndIndexesAreThere() throws {
    let directory = try TemporaryDirectory()
    try Place.file.open(in: directory).close()
    try DatabaseQueue(path: directory.file()).read { db in
      #expect(
        try columns("backtestRun", db).isSuperset(of: [
          "ticker", "startDate", "endDate", "strategy", "startingCapital", "interval", "totalReturnPct", "cagrPct",
          "sharpe", "maxDrawdownPct", "trades", "winratePct", "status", "request", "dataSHA256", "strategyHash",
          "engineVersion", "seed", "fingerprint", "failureKind",
        ]))
      #expect(
        try columns("trade", db).isSuperset(of: [
          "entryTime", "exitTime", "entryPrice", "exitPrice", "size", "pnl", "returnPct", "durationSeconds",
        ]))
      #expect(try columns("equityPoint", db) == ["backtestRunID", "timestamp", "equity"])
      #expect(try columns("orderEvent", db).isSuperset(of: ["kind", "reason", "price"]))
      let indexes = try String.fetchAll(
        db,
        sql: """
          SELECT il.name || ':' || group_concat(ii.name) FROM sqlite_master AS m, pragma_index_list(m.name) AS il,
            pragma_index_info(il.name) AS ii WHERE m.type = 'table' GROUP BY il.name
          """)
      #expect(indexes.contains("backtestRunByTicker:ticker,strategy,startDate,endDate"))
      #expect(indexes.contains("tradeByEntryTime:backtestRunID,entryTime"))
      #expect(indexes.contains("sqlite_autoindex_equityPoint_1:backtestRunID,timestamp"))
    }
  }

  @Test func plainSQLReadsTheReplacedSystemsValues() throws {
    let directory = try TemporaryDirectory()
    let store = try Place.file.open(in: directory)
    var record = Fixture.record(1)
    record.metrics = [
      RunMetric(name: "trades", value: 2), RunMetric(name: "sqn", value: 1.25), RunMetric(name: "sharpe", value: nil),
      RunMetric(name: "max_drawdown_pct", value: -33.5),
    ]
    try store.insert(record, result: Fixture.result(bars: 3, trades: 2))
    try store.close()
    try DatabaseQueue(path: directory.file()).read { db in
      let run = try Row.fetchOne(
        db, sql: "SELECT ticker, startingCapital, interval, trades, maxDrawdownPct, sharpe, cagrPct FROM backtestRun")
      let expectedRun: Row = [
        "ticker": "GOOG", "startingCapital": 10_000.0, "interval": "1d", "trades": 2, "maxDrawdownPct": -33.5,
        "sharpe": nil, "cagrPct": nil,
      ]
      #expect(run == expectedRun)
      let trade = try Row.fetchOne(db, sql: "SELECT returnPct, durationSeconds, pnl FROM trade WHERE position = 1")
      let expectedTrade: Row = ["returnPct": 1.0, "durationSeconds": 86_400.0, "pnl": 1.0]
      #expect(trade == expectedTrade)
      #expect(try Double.fetchOne(db, sql: "SELECT value FROM metric WHERE name = 'sqn'") == 1.25)
      #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM equityPoint WHERE timestamp > 0") == 2)
    }
  }

  @Test func theFileIsSetUpForReadersBesideAWriter() throws {
    let directory = try TemporaryDirectory()
    try Place.file.open(in: directory).close()
    try DatabaseQueue(path: directory.file()).read { db in
      let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
      let mark = try Int32.fetchOne(db, sql: "PRAGMA application_id")
      #expect(mode == "wal" && mark == Schema.applicationID)
    }
  }

  @Test(arguments: 0..<Schema.migrations.count) func anOlderFileIsUpgradedWithItsRuns(steps: Int) throws {
    let directory = try TemporaryDirectory()
    var options = SQLiteRunStore.Options()
    options.migrations = Array(Schema.migrations.prefix(steps))
    let old = try SQLiteRunStore(file: directory.file(), program: "tests 0.9", options: options)
    try old.close()
    let record = RunRecord(
      id: Fixture.id(1), status: .completed, strategy: "sma_cross", instruments: [Instrument(symbol: "GOOG")],
      interval: "1d", startingCapital: 10_000, created: 5)
    if steps > 0 {
      // In SQL, as the older program would have written it.
      try DatabaseQueue(path: directory.file()).write { db in
        try db.execute(
          sql: """
            INSERT INTO backtestRun (runID, status, ticker, strategy, startingCapital, interval, created)
            VALUES (?, 'completed', 'GOOG', 'sma_cross', 10000, '1d', 5);
            INSERT INTO instrument SELECT id, 0, 'GOOG', NULL FROM backtestRun;
            """, arguments: [Fixture.id(1)])
      }
    }

    options.readOnly = true
    options.migrations = Schema.migrations
    let error = #expect(throws: RunStoreError.self) {
      try SQLiteRunStore(file: directory.file(), program: "tests 1", options: options)
    }
    #expect(error == (steps > 0 ? .olderSchema(file: directory.file()) : .missingFile(file: directory.file())))

    let new = try Place.file.open(in: directory)
    if steps > 0 { #expect(exactText(try new.record(Fixture.id(1))) == exactText(record)) }
    try new.insert(Fixture.record(2), result: Fixture.fullResult())
    #expect(exactText(try new.result(of: Fixture.id(2))) == exactText(Fixture.fullResult()))
    try new.close()
    try DatabaseQueue(path: directory.file()).read { db in
      let programs = try String.fetchAll(
        db,
        sql: """
          SELECT program FROM schemaHistory JOIN grdb_migrations ON identifier = migration
          ORDER BY grdb_migrations.rowid
          """)
      let count = Schema.migrations.count - steps
      #expect(programs == Array(repeating: "tests 0.9", count: steps) + Array(repeating: "tests 1", count: count))
    }
  }

  @Test(arguments: [false, true]) func aNewerFileIsRefusedNamingItsWriter(readOnly: Bool) throws {
    let directory = try TemporaryDirectory()
    var options = SQLiteRunStore.Options()
    options.migrations.append(Schema.Migration(name: "addFuture", sql: "CREATE TABLE future (value)"))
    try SQLiteRunStore(file: directory.file(), program: "backtester 9.7", options: options).close()
    options.migrations = Schema.migrations
    options.readOnly = readOnly
    let error = #expect(throws: RunStoreError.self) {
      try SQLiteRunStore(file: directory.file(), program: "backtester 1.0", options: options)
    }
    #expect(error == .newerSchema(file: directory.file(), writer: "backtester 9.7", program: "backtester 1.0"))
    #expect(error?.description.contains("written by backtester 9.7, which is newer than this program") == true)
  }

  @Test(arguments: [false, true]) func anotherProgramsDatabaseIsLeftAlone(readOnly: Bool) throws {
    let directory = try TemporaryDirectory()
    let other = try DatabaseQueue(path: directory.file())
    try other.write { try $0.execute(sql: "CREATE TABLE places (url); CREATE TABLE grdb_migrations (identifier)") }
    try other.close()
    var options = SQLiteRunStore.Options()
    options.readOnly = readOnly
    #expect(throws: RunStoreError.otherDatabase(file: directory.file())) {
      try SQLiteRunStore(file: directory.file(), program: "tests 1", options: options)
    }
    try DatabaseQueue(path: directory.file()).read { db in
      let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode")
      let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master")
      #expect(mode == "delete" && tables == 2)
    }
  }

  @Test func openingAnUpToDateFileWritesNothing() throws {
    let directory = try TemporaryDirectory()
    try Place.file.open(in: directory).close()
    let watcher = try DatabaseQueue(path: directory.file())
    let before = try watcher.read { try Int.fetchOne($0, sql: "PRAGMA data_version") }
    let store = try Place.file.open(in: directory)
    _ = try store.list(RunQuery())
    try store.close()
    #expect(try watcher.read { try Int.fetchOne($0, sql: "PRAGMA data_version") } == before)
  }
}
