internal import GRDB

/// The tables of the cache file. A migration that has shipped is never edited.
enum BarCacheSchema {
  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("createDataSets") { db in
      // Columns of bars are little-endian 64-bit words, one per bar.
      try db.execute(
        sql: """
          CREATE TABLE dataSet (
            id INTEGER PRIMARY KEY,
            provider TEXT NOT NULL,
            symbol TEXT NOT NULL,
            interval TEXT NOT NULL,
            extendedHours INTEGER NOT NULL CHECK (extendedHours IN (0, 1)),
            revision INTEGER NOT NULL,
            currency TEXT,
            exchange TEXT NOT NULL,
            instrumentType TEXT NOT NULL,
            name TEXT,
            timeZone TEXT NOT NULL,
            sessionEnd INTEGER,
            host TEXT NOT NULL,
            fetchedAt INTEGER NOT NULL,
            provisionalFrom INTEGER NOT NULL,
            coverage BLOB NOT NULL,
            barCount INTEGER NOT NULL,
            firstTime INTEGER,
            lastTime INTEGER,
            times BLOB NOT NULL,
            open BLOB NOT NULL,
            high BLOB NOT NULL,
            low BLOB NOT NULL,
            close BLOB NOT NULL,
            volume BLOB NOT NULL,
            adjustedClose BLOB,
            UNIQUE (provider, symbol, interval, extendedHours)
          );
          CREATE TABLE corporateAction (
            dataSetId INTEGER NOT NULL REFERENCES dataSet (id) ON DELETE CASCADE,
            time INTEGER NOT NULL,
            kind TEXT NOT NULL CHECK (kind IN ('dividend', 'capitalGain', 'split')),
            amount REAL,
            numerator REAL,
            denominator REAL
          );
          CREATE INDEX corporateActionByDataSet ON corporateAction (dataSetId, time);
          CREATE TABLE dataSnapshot (
            sha256 TEXT PRIMARY KEY,
            symbol TEXT NOT NULL,
            interval TEXT NOT NULL,
            currency TEXT,
            adjusted INTEGER NOT NULL CHECK (adjusted IN (0, 1)),
            source TEXT NOT NULL,
            host TEXT NOT NULL,
            fetchedAt INTEGER NOT NULL,
            createdAt INTEGER NOT NULL,
            isKept INTEGER NOT NULL CHECK (isKept IN (0, 1)),
            barCount INTEGER NOT NULL,
            content BLOB NOT NULL
          );
          CREATE INDEX dataSnapshotByAge ON dataSnapshot (isKept, createdAt);
          """)
    }
    return migrator
  }
}
