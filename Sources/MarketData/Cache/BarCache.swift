internal import Foundation
internal import GRDB
internal import Synchronization
internal import TradingModel

/// The file that keeps fetched and imported bars. Several processes may use it at once.
final class BarCache: Sendable {
  /// Where the file lies.
  let path: String
  private let queue: DatabaseQueue
  /// Data sets as they were read, while nothing in the file changes. Used with the database in hand only, one at a time.
  private let recent = RecentlyUsed<DataSetKey, StoredDataSet>(maximumBytes: 128 << 20, maximumCount: 32)
  /// Series built from them, with their hashes.
  private let built = RecentlyUsed<BuiltSeries.Key, BuiltSeries>(maximumBytes: 128 << 20, maximumCount: 64)
  private struct Reading {
    /// SQLite's count of other connections' commits when the first of ``recent`` was read.
    var version: Int64?
    /// Goes up with every change of the file that is noticed.
    var generation: UInt64 = 1
  }
  private let reading = Mutex(Reading())

  /// Opens the file `bars.sqlite` in a folder, making both when they are not there.
  init(directory: String) throws(MarketDataError) {
    path = "\(directory)/bars.sqlite"
    do {
      try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
      var configuration = Configuration()
      // Readers do not wait for a writer, and writers of other processes for each other only so long.
      configuration.journalMode = .wal
      configuration.busyMode = .timeout(10)
      configuration.label = "bars"
      queue = try Self.open(path, configuration)
    } catch {
      throw Self.error(error, path: "\(directory)/bars.sqlite")
    }
  }

  /// Opens the file and makes its tables. Of several processes that open a new file at once one makes them; the
  /// others may fail at it, and find them made when they look again.
  private static func open(_ path: String, _ configuration: Configuration) throws -> DatabaseQueue {
    var triesLeft = 5
    while true {
      do {
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        try BarCacheSchema.migrator.migrate(queue)
        return queue
      } catch let error as DatabaseError where error.resultCode != .SQLITE_NOTADB && triesLeft > 0 {
        triesLeft -= 1
        Thread.sleep(forTimeInterval: 0.02)
      }
    }
  }

  private static func error(_ error: any Error, path: String) -> MarketDataError {
    if let error = error as? MarketDataError { return error }
    if let error = error as? DatabaseError {
      if error.resultCode == .SQLITE_BUSY { return .cacheBusy(path: path) }
      return .cache(path: path, reason: error.message ?? "SQLite error \(error.resultCode.rawValue)")
    }
    return .cache(path: path, reason: (error as NSError).localizedDescription)
  }

  private func read<Value>(_ body: (Database) throws -> Value) throws(MarketDataError) -> Value {
    do { return try queue.read(body) } catch { throw Self.error(error, path: path) }
  }

  private func write<Value>(_ body: (Database) throws -> Value) throws(MarketDataError) -> Value {
    do { return try queue.write(body) } catch { throw Self.error(error, path: path) }
  }

  /// Writes to data sets. What was read of them is forgotten within, before anybody can ask for it again; SQLite's count
  /// leaves a connection's own commits out.
  private func writeDataSets<Value>(_ body: (Database) throws -> Value) throws(MarketDataError) -> Value {
    try write { db in
      defer { forget() }
      return try body(db)
    }
  }

  private func forget() {
    reading.withLock { $0.generation += 1 }
    recent.forgetAll()
    built.forgetAll()
  }

  /// A series of a data set, made if it was not lately.
  ///
  /// - Parameters:
  ///   - held: The data set; only one as ``dataSet(_:)`` gives it, unchanged, is looked up.
  ///   - make: Makes the series, by what the key says alone.
  func series(
    of held: StoredDataSet, range: Range<EpochMilliseconds>, interval: String, adjusted: Bool,
    make: () throws(MarketDataError) -> BuiltSeries
  ) throws(MarketDataError) -> BuiltSeries {
    guard held.generation > 0 else { return try make() }
    let key = BuiltSeries.Key(
      set: held.key, generation: held.generation, range: range, interval: interval, adjusted: adjusted)
    if let found = built.value(key) { return found }
    let made = try make()
    built.keep(made, under: key, bytes: 1024 + made.series.count * MemoryLayout<Bar>.size)
    return made
  }

  // MARK: Data sets

  /// A data set; `nil` when the cache has none of that key.
  func dataSet(_ key: DataSetKey) throws(MarketDataError) -> StoredDataSet? {
    let path = path
    return try read { db in
      // First, so that a commit that comes in between makes what is read now be read again.
      let version = try Int64.fetchOne(db, sql: "PRAGMA data_version")
      let isUnchanged = reading.withLock { reading in
        defer { reading.version = version }
        return reading.version == version
      }
      if !isUnchanged { forget() }
      if let held = recent.value(key) { return held }
      guard
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT id, revision, currency, exchange, instrumentType, name, timeZone, sessionEnd, host, fetchedAt,
              provisionalFrom, coverage, barCount, adjustedClose IS NOT NULL AS hasAdjustedClose
            FROM dataSet WHERE provider = ? AND symbol = ? AND interval = ? AND extendedHours = ?
            """,
          arguments: [key.provider, key.symbol, key.interval, key.extendedHours])
      else { return nil }
      let actions = try Row.fetchAll(
        db, sql: "SELECT * FROM corporateAction WHERE dataSetId = ? ORDER BY time, rowid",
        arguments: [row["id"] as Int64])
      let columns = BlobColumns(db: db, table: "dataSet", row: row["id"])
      guard var dataSet = try Self.dataSet(row, columns, actions: actions, key: key) else {
        throw MarketDataError.cache(path: path, reason: "what it holds of \(key.symbol) is damaged")
      }
      dataSet.generation = reading.withLock { $0.generation }
      recent.keep(dataSet, under: key, bytes: 1024 + dataSet.bars.count * 56 + dataSet.actions.count * 64)
      return dataSet
    }
  }

  /// The zone of a symbol by any of its data sets.
  func timeZone(ofSymbol symbol: String) throws(MarketDataError) -> String? {
    try read { db in
      try String.fetchOne(
        db, sql: "SELECT timeZone FROM dataSet WHERE provider = 'yahoo' AND symbol = ? ORDER BY id LIMIT 1",
        arguments: [symbol])
    }
  }

  /// Stores a data set in place of the revision it was made from.
  ///
  /// - Returns: `false`, and nothing is stored, when another process has stored a revision meanwhile.
  func save(_ dataSet: StoredDataSet) throws(MarketDataError) -> Bool {
    let key = dataSet.key
    return try writeDataSets { db in
      let current = try Int64.fetchOne(
        db,
        sql: "SELECT revision FROM dataSet WHERE provider = ? AND symbol = ? AND interval = ? AND extendedHours = ?",
        arguments: [key.provider, key.symbol, key.interval, key.extendedHours])
      guard (current ?? 0) == dataSet.revision else { return false }
      try Self.insert(dataSet, db)
      return true
    }
  }

  /// Deletes one data set.
  ///
  /// - Returns: Whether it was there.
  func delete(_ key: DataSetKey) throws(MarketDataError) -> Bool {
    try writeDataSets { db in
      try db.execute(
        sql: "DELETE FROM dataSet WHERE provider = ? AND symbol = ? AND interval = ? AND extendedHours = ?",
        arguments: [key.provider, key.symbol, key.interval, key.extendedHours])
      return db.changesCount > 0
    }
  }

  /// Deletes data sets.
  ///
  /// - Returns: How many.
  func delete(symbol: String?, interval: String?, provider: String?) throws(MarketDataError) -> Int {
    try writeDataSets { db in
      try db.execute(
        sql: """
          DELETE FROM dataSet WHERE (?1 IS NULL OR symbol = ?1) AND (?2 IS NULL OR interval = ?2)
            AND (?3 IS NULL OR provider = ?3)
          """, arguments: [symbol, interval, provider])
      return db.changesCount
    }
  }

  /// What the cache holds, by provider, symbol and interval.
  func summaries() throws(MarketDataError) -> [DataSetSummary] {
    try read { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT provider, symbol, interval, extendedHours, currency, exchange, name, barCount, firstTime, lastTime,
            fetchedAt, host FROM dataSet ORDER BY provider DESC, symbol, interval, extendedHours
          """
      ).map { row in
        DataSetSummary(
          source: row["provider"], symbol: row["symbol"], interval: row["interval"],
          extendedHours: row["extendedHours"], currency: row["currency"], exchange: row["exchange"],
          name: row["name"], barCount: row["barCount"], firstTime: row["firstTime"], lastTime: row["lastTime"],
          fetchedAt: row["fetchedAt"], host: row["host"])
      }
    }
  }

  private static func insert(_ dataSet: StoredDataSet, _ db: Database) throws {
    let key = dataSet.key
    let bars = dataSet.bars
    // A new row in place of the old one; its actions go with it.
    try db.execute(
      sql: "DELETE FROM dataSet WHERE provider = ? AND symbol = ? AND interval = ? AND extendedHours = ?",
      arguments: [key.provider, key.symbol, key.interval, key.extendedHours])
    let coverage = dataSet.coverage.ranges.flatMap { [$0.lowerBound, $0.upperBound] }
    let blob = "zeroblob(\(bars.count * 8))"
    let blobs = (Array(repeating: blob, count: 6) + [bars.adjustedClose == nil ? "NULL" : blob]).joined(separator: ", ")
    try db.execute(
      sql: """
        INSERT INTO dataSet (provider, symbol, interval, extendedHours, revision, currency, exchange, instrumentType,
          name, timeZone, sessionEnd, host, fetchedAt, provisionalFrom, coverage, barCount, firstTime, lastTime, times,
          open, high, low, close, volume, adjustedClose)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, \(blobs))
        """,
      arguments: [
        key.provider, key.symbol, key.interval, key.extendedHours, dataSet.revision + 1, dataSet.currency,
        dataSet.exchange, dataSet.instrumentType, dataSet.name, dataSet.timeZone, dataSet.sessionEnd, dataSet.host,
        dataSet.fetchedAt, dataSet.provisionalFrom, Self.blob(coverage), bars.count, bars.times.first, bars.times.last,
      ])
    let id = db.lastInsertedRowID
    let columns = BlobColumns(db: db, table: "dataSet", row: id)
    try columns.write(bars.times, to: "times")
    try columns.write(bars.open, to: "open")
    try columns.write(bars.high, to: "high")
    try columns.write(bars.low, to: "low")
    try columns.write(bars.close, to: "close")
    try columns.write(bars.volume, to: "volume")
    if let adjustedClose = bars.adjustedClose { try columns.write(adjustedClose, to: "adjustedClose") }
    let statement = try db.makeStatement(
      sql: """
        INSERT INTO corporateAction (dataSetId, time, kind, amount, numerator, denominator) VALUES (?, ?, ?, ?, ?, ?)
        """)
    for action in dataSet.actions {
      switch action.kind {
      case .dividend(let amount): try statement.execute(arguments: [id, action.time, "dividend", amount, nil, nil])
      case .capitalGain(let amount):
        try statement.execute(arguments: [id, action.time, "capitalGain", amount, nil, nil])
      case .split(let numerator, let denominator):
        try statement.execute(arguments: [id, action.time, "split", nil, numerator, denominator])
      }
    }
  }

  private static func dataSet(
    _ row: Row, _ columns: BlobColumns, actions: [Row], key: DataSetKey
  ) throws -> StoredDataSet? {
    let count: Int = row["barCount"]
    func doubles(_ name: String) throws -> [Double]? { try columns.doubles(name, count: count) }
    guard let coverage = ColumnBlob.integers([UInt8](row["coverage"] as Data)[...]), coverage.count % 2 == 0,
      let times = try columns.integers("times", count: count), let open = try doubles("open"),
      let high = try doubles("high"), let low = try doubles("low"), let close = try doubles("close"),
      let volume = try doubles("volume"), zip(times, times.dropFirst()).allSatisfy({ $0 < $1 })
    else { return nil }
    var adjustedClose: [Double]?
    if row["hasAdjustedClose"] {
      guard let values = try doubles("adjustedClose") else { return nil }
      adjustedClose = values
    }
    let pairs = stride(from: 0, to: coverage.count, by: 2).map { (coverage[$0], coverage[$0 + 1]) }
    guard pairs.allSatisfy({ $0.0 <= $0.1 }) else { return nil }
    var bars = RawBars()
    (bars.times, bars.open, bars.high, bars.low) = (times, open, high, low)
    (bars.close, bars.volume, bars.adjustedClose) = (close, volume, adjustedClose)
    return StoredDataSet(
      key: key, revision: row["revision"], currency: row["currency"], exchange: row["exchange"],
      instrumentType: row["instrumentType"], name: row["name"], timeZone: row["timeZone"],
      sessionEnd: row["sessionEnd"], host: row["host"], fetchedAt: row["fetchedAt"],
      coverage: Coverage(pairs.map { $0.0..<$0.1 }), provisionalFrom: row["provisionalFrom"], bars: bars,
      actions: actions.compactMap(action))
  }

  private static func action(_ row: Row) -> CorporateAction? {
    switch row["kind"] as String {
    case "dividend": CorporateAction(time: row["time"], kind: .dividend(row["amount"] ?? 0))
    case "capitalGain": CorporateAction(time: row["time"], kind: .capitalGain(row["amount"] ?? 0))
    case "split":
      CorporateAction(
        time: row["time"], kind: .split(numerator: row["numerator"] ?? 1, denominator: row["denominator"] ?? 1))
    default: nil
    }
  }

  private static func blob(_ values: [Int64]) -> Data {
    var bytes: [UInt8] = []
    ColumnBlob.append(values, to: &bytes)
    return Data(bytes)
  }

}

// MARK: - Snapshots

extension BarCache {
  /// How long a snapshot that no stored run keeps stays, in milliseconds.
  static let snapshotLife: Int64 = 90 * Day.milliseconds

  /// Stores a series under its hash, unless it is there, and forgets old ones that nobody keeps.
  func saveSnapshot(_ loaded: LoadedBars, interval: String, now: EpochMilliseconds) throws(MarketDataError) {
    let sha256 = loaded.provenance.snapshot
    let isThere = try read { db in
      try Bool.fetchOne(db, sql: "SELECT 1 FROM dataSnapshot WHERE sha256 = ?", arguments: [sha256]) ?? false
    }
    if isThere { return }
    let content = DataSnapshot.content(of: loaded.series)
    let provenance = loaded.provenance
    try write { db in
      try db.execute(
        sql: "DELETE FROM dataSnapshot WHERE isKept = 0 AND createdAt < ?", arguments: [now - Self.snapshotLife])
      try db.execute(
        sql: """
          INSERT OR IGNORE INTO dataSnapshot (sha256, symbol, interval, currency, adjusted, source, host, fetchedAt,
            createdAt, isKept, barCount, content) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, ?, zeroblob(?))
          """,
        arguments: [
          sha256, loaded.instrument.symbol, interval, loaded.instrument.currency, provenance.adjusted,
          provenance.source, provenance.host, provenance.fetchedAt, now, loaded.series.count, content.count,
        ])
      // Ignored when another process has just stored it.
      guard db.changesCount > 0 else { return }
      try BlobColumns(db: db, table: "dataSnapshot", row: db.lastInsertedRowID).write(content, to: "content")
    }
  }

  /// Keeps a snapshot for good.
  ///
  /// - Returns: `false` when there is none of that hash.
  func keepSnapshot(_ sha256: String) throws(MarketDataError) -> Bool {
    // Run after run keeps the same bars: only the first needs to write, which would make other programs read anew.
    let isKept = try read { db in
      try Bool.fetchOne(db, sql: "SELECT isKept FROM dataSnapshot WHERE sha256 = ?", arguments: [sha256])
    }
    if isKept == true { return true }
    return try write { db in
      try db.execute(sql: "UPDATE dataSnapshot SET isKept = 1 WHERE sha256 = ?", arguments: [sha256])
      return db.changesCount > 0
    }
  }

  /// The bars under a hash; `nil` when there are none.
  func snapshot(_ sha256: String, now: EpochMilliseconds) throws(MarketDataError) -> LoadedBars? {
    let path = path
    return try read { db in
      guard
        let row = try Row.fetchOne(
          db,
          sql: """
            SELECT rowid, symbol, interval, currency, adjusted, source, host, fetchedAt
            FROM dataSnapshot WHERE sha256 = ?
            """, arguments: [sha256])
      else { return nil }
      let columns = BlobColumns(db: db, table: "dataSnapshot", row: row["rowid"])
      guard let content = try columns.bytes("content"), DataSnapshot.sha256(of: content) == sha256,
        let series = DataSnapshot.series(of: content)
      else {
        throw MarketDataError.cache(path: path, reason: "the bars of snapshot \(sha256) are damaged")
      }
      let fetchedAt: Int64 = row["fetchedAt"]
      return LoadedBars(
        series: series, instrument: Instrument(symbol: row["symbol"], currency: row["currency"]),
        provenance: BarsProvenance(
          source: row["source"], host: row["host"], fetchedAt: fetchedAt, age: max(0, now - fetchedAt),
          wasFetched: false, snapshot: sha256, adjusted: row["adjusted"]))
    }
  }

  /// Deletes the snapshots that no stored run keeps, or all.
  ///
  /// - Returns: How many.
  func deleteSnapshots(evenKept: Bool) throws(MarketDataError) -> Int {
    try write { db in
      try db.execute(sql: "DELETE FROM dataSnapshot WHERE isKept = 0 OR ?", arguments: [evenKept])
      return db.changesCount
    }
  }
}
