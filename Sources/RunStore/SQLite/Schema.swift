import GRDB

/// The tables, as a list of migrations. One that was shipped is never edited; a change is a new one at the end.
///
/// Numbers that must come back bit for bit (-0.0 among them) are in columns without a type: in a REAL column SQLite keeps
/// 0 for -0.0. NULL in the place of a number that every row has means NaN.
package enum Schema {
  /// Marks the file as a run database, for `file(1)` and for us: "bktr".
  package static let applicationID: Int32 = 0x626B_7472

  /// A step from one version of the tables to the next.
  package struct Migration: Sendable {
    /// What it is for; its name in the database.
    package var name: String
    package var sql: String

    package init(name: String, sql: String) {
      self.name = name
      self.sql = sql
    }
  }

  package static let migrations = [
    createRuns, createTradesAndEquity, createOrderEvents, createAnnotations, addDatasetsAndSweeps,
    addListIndex,
  ]

  /// Makes the migrator.
  ///
  /// - Parameter program: Name and version to note beside each migration it applies.
  static func migrator(_ migrations: [Migration], program: String) -> DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for migration in migrations {
      // Tables and columns are only added so far, hence no foreign key can break and the costly check of all of them is left out.
      migrator.registerMigration(migration.name, foreignKeyChecks: .immediate) { db in
        try db.execute(sql: migration.sql)
        try db.run("INSERT INTO schemaHistory (migration, program) VALUES (?, ?)") { binder in
          binder.bind(migration.name)
          binder.bind(program)
        }
      }
    }
    return migrator
  }

  private static let createRuns = Migration(
    name: "createRuns",
    sql: """
      PRAGMA application_id = \(applicationID);
      CREATE TABLE schemaHistory (
        migration TEXT NOT NULL PRIMARY KEY,
        program TEXT NOT NULL
      ) WITHOUT ROWID;
      CREATE TABLE backtestRun (
        id INTEGER PRIMARY KEY,
        runID TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL,
        ticker TEXT NOT NULL,
        startDate INTEGER,
        endDate INTEGER,
        strategy TEXT NOT NULL,
        startingCapital,
        interval TEXT NOT NULL,
        totalReturnPct,
        cagrPct,
        sharpe,
        maxDrawdownPct,
        trades INTEGER,
        winratePct,
        created INTEGER NOT NULL,
        started INTEGER,
        finished INTEGER,
        durationMicroseconds INTEGER,
        bars INTEGER,
        warmUpIndex INTEGER,
        ruinIndex INTEGER,
        commissions,
        dataSHA256 TEXT,
        strategyHash TEXT,
        engineVersion TEXT,
        profile TEXT,
        mode TEXT,
        seed INTEGER,
        fingerprint TEXT,
        ownerHost TEXT,
        ownerProcessID INTEGER,
        ownerInstance TEXT,
        heartbeat INTEGER,
        failureKind TEXT,
        failureMessage TEXT,
        failureFault TEXT,
        -- Texts of any length come last: a scan of the columns before them then never follows an overflow page.
        failureDetail TEXT,
        warnings TEXT,
        parameters TEXT,
        request TEXT
      );
      CREATE INDEX backtestRunByTicker ON backtestRun (ticker, strategy, startDate, endDate);
      CREATE INDEX backtestRunByCreated ON backtestRun (created, runID);
      CREATE INDEX backtestRunUnfinished ON backtestRun (status) WHERE status IN ('queued', 'starting', 'running');
      CREATE TABLE instrument (
        backtestRunID INTEGER NOT NULL REFERENCES backtestRun (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        symbol TEXT NOT NULL,
        currency TEXT,
        PRIMARY KEY (backtestRunID, position)
      ) WITHOUT ROWID;
      CREATE INDEX instrumentBySymbol ON instrument (symbol);
      CREATE TABLE metric (
        backtestRunID INTEGER NOT NULL REFERENCES backtestRun (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        position INTEGER NOT NULL,
        value,
        PRIMARY KEY (backtestRunID, name)
      ) WITHOUT ROWID;
      CREATE TABLE tag (
        backtestRunID INTEGER NOT NULL REFERENCES backtestRun (id) ON DELETE CASCADE,
        name TEXT NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (backtestRunID, name)
      ) WITHOUT ROWID;
      CREATE INDEX tagByName ON tag (name);
      """)

  private static let createTradesAndEquity = Migration(
    name: "createTradesAndEquity",
    sql: """
      CREATE TABLE trade (
        backtestRunID INTEGER NOT NULL REFERENCES backtestRun (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        tradeID INTEGER NOT NULL,
        instrument INTEGER NOT NULL,
        size,
        entryIndex INTEGER NOT NULL,
        exitIndex INTEGER NOT NULL,
        entryTime INTEGER NOT NULL,
        exitTime INTEGER NOT NULL,
        entryPrice,
        exitPrice,
        pnl,
        returnFraction,
        commission,
        stopLoss,
        takeProfit,
        tag TEXT,
        returnPct GENERATED ALWAYS AS (returnFraction * 100) VIRTUAL,
        durationSeconds GENERATED ALWAYS AS ((exitTime - entryTime) / 1000.0) VIRTUAL,
        PRIMARY KEY (backtestRunID, position)
      ) WITHOUT ROWID;
      CREATE INDEX tradeByEntryTime ON trade (backtestRunID, entryTime);
      CREATE TABLE openTrade (
        backtestRunID INTEGER NOT NULL REFERENCES backtestRun (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        tradeID INTEGER NOT NULL,
        instrument INTEGER NOT NULL,
        size,
        entryIndex INTEGER NOT NULL,
        entryPrice,
        stopLoss,
        takeProfit,
        tag TEXT,
        stopLossOrder INTEGER,
        takeProfitOrder INTEGER,
        PRIMARY KEY (backtestRunID, position)
      ) WITHOUT ROWID;
      -- The key is the index: a point takes 24 bytes, where a rowid table with an index takes 42.
      CREATE TABLE equityPoint (
        backtestRunID INTEGER NOT NULL REFERENCES backtestRun (id) ON DELETE CASCADE,
        timestamp INTEGER NOT NULL,
        equity,
        PRIMARY KEY (backtestRunID, timestamp)
      ) WITHOUT ROWID;
      """)

  private static let createOrderEvents = Migration(
    name: "createOrderEvents",
    sql: """
      CREATE TABLE orderEvent (
        backtestRunID INTEGER NOT NULL REFERENCES backtestRun (id) ON DELETE CASCADE,
        sequence INTEGER NOT NULL,
        kind TEXT NOT NULL,
        barIndex INTEGER NOT NULL,
        time INTEGER NOT NULL,
        orderID INTEGER NOT NULL,
        clientOrderID TEXT,
        role TEXT NOT NULL,
        instrument INTEGER NOT NULL,
        side TEXT NOT NULL,
        size,
        price,
        commission,
        tradeID INTEGER,
        reason TEXT,
        reasonDetail TEXT,
        PRIMARY KEY (backtestRunID, sequence)
      ) WITHOUT ROWID;
      """)

  private static let createAnnotations = Migration(
    name: "createAnnotations",
    sql: """
      -- One BLOB a series: 64-bit little-endian doubles, one per bar.
      CREATE TABLE annotation (
        backtestRunID INTEGER NOT NULL REFERENCES backtestRun (id) ON DELETE CASCADE,
        position INTEGER NOT NULL,
        name TEXT NOT NULL,
        series BLOB NOT NULL,
        PRIMARY KEY (backtestRunID, position)
      );
      """)

  private static let addDatasetsAndSweeps = Migration(
    name: "addDatasetsAndSweeps",
    sql: """
      ALTER TABLE backtestRun ADD COLUMN dataset TEXT;
      ALTER TABLE backtestRun ADD COLUMN sweepID TEXT;
      CREATE INDEX backtestRunBySweep ON backtestRun (sweepID, created, runID) WHERE sweepID IS NOT NULL;
      """)

  private static let addListIndex = Migration(
    name: "addListIndex",
    sql: """
      -- All that lists filter, sort and count by: an eighth of the pages that the rows themselves take.
      CREATE INDEX backtestRunList ON backtestRun (
        created, runID, status, strategy, ticker, interval, startDate, endDate, startingCapital, totalReturnPct, cagrPct,
        sharpe, maxDrawdownPct, trades, winratePct, bars, started, finished, durationMicroseconds, sweepID, dataset
      );
      """)
}
