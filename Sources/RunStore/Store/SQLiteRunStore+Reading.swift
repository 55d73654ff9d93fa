import GRDB
public import TradingModel

extension SQLiteRunStore {
  /// Reads a record; see ``RunStoring/record(_:)``.
  public func record(_ id: RunID) throws(RunStoreError) -> RunRecord {
    try read { db in
      guard let record = try db.record(row: db.requiredRunRow(id), file: file) else {
        throw RunStoreError.unknownRun(reference: id, near: [])
      }
      return record
    }
  }

  /// Reads closed trades; see ``RunStoring/trades(of:offset:limit:)``.
  public func trades(of id: RunID, offset: Int, limit: Int) throws(RunStoreError) -> RowPage<Trade> {
    let range = try Self.range(offset, limit)
    return try read { db in
      let row = try db.requiredRunRow(id)
      let total = try db.rowCount("SELECT max(position) FROM trade WHERE backtestRunID = ?", row: row)
      return RowPage(rows: try db.trades(row: row, range), offset: offset, total: total)
    }
  }

  /// Reads order events; see ``RunStoring/orderEvents(of:offset:limit:)``.
  public func orderEvents(of id: RunID, offset: Int, limit: Int) throws(RunStoreError) -> RowPage<OrderEvent> {
    let range = try Self.range(offset, limit)
    return try read { db in
      let row = try db.requiredRunRow(id)
      let total = try db.rowCount("SELECT max(sequence) FROM orderEvent WHERE backtestRunID = ?", row: row)
      return RowPage(rows: try db.orderEvents(row: row, range, file: file), offset: offset, total: total)
    }
  }

  /// Reads open trades; see ``RunStoring/openTrades(of:)``.
  public func openTrades(of id: RunID) throws(RunStoreError) -> [OpenTrade] {
    try read { db in try db.openTrades(row: db.requiredRunRow(id)) }
  }

  /// Reads the equity curve or a part of it; see ``RunStoring/equity(of:_:)``.
  public func equity(of id: RunID, _ range: SeriesRange) throws(RunStoreError) -> EquitySeries {
    try read { db in try db.equity(row: db.requiredRunRow(id), range) }
  }

  /// Reads annotations; see ``RunStoring/annotations(of:)``.
  public func annotations(of id: RunID) throws(RunStoreError) -> [BacktestRun.Annotation] {
    try read { db in try db.annotations(row: db.requiredRunRow(id), file: file) }
  }

  /// Reads everything a run produced; see ``RunStoring/result(of:)``.
  public func result(of id: RunID) throws(RunStoreError) -> RunResult {
    try read { db in
      let row = try db.requiredRunRow(id)
      return RunResult(
        equity: try db.equity(row: row, .all), trades: try db.trades(row: row, 0..<Int.max),
        openTrades: try db.openTrades(row: row),
        orderEvents: try db.orderEvents(row: row, 0..<Int.max, file: file),
        annotations: try db.annotations(row: row, file: file))
    }
  }

  private static func range(_ offset: Int, _ limit: Int) throws(RunStoreError) -> Range<Int> {
    if offset < 0 { throw .invalidQuery("The offset was \(offset); it must be 0 or more.") }
    if limit < 1 { throw .invalidQuery("The limit was \(limit); it must be 1 or more.") }
    let (end, overflows) = offset.addingReportingOverflow(limit)
    return offset..<(overflows ? Int.max : end)
  }
}

extension Database {
  /// Number of rows whose positions count from 0, from the query of the last position: a step into the key, not a count.
  fileprivate func rowCount(_ lastPosition: String, row: Int64) throws -> Int {
    let last = try firstRow(lastPosition, bind: { $0.bind(row) }) { $0.optionalInt() }
    return last.flatMap(\.self).map { $0 + 1 } ?? 0
  }

  fileprivate func trades(row: Int64, _ range: Range<Int>) throws -> [Trade] {
    var trades: [Trade] = []
    try forEachRow(
      """
      SELECT tradeID, instrument, size, entryIndex, exitIndex, entryTime, exitTime, entryPrice, exitPrice, pnl,
        returnFraction, commission, stopLoss, takeProfit, tag
      FROM trade WHERE backtestRunID = ? AND position >= ? AND position < ? ORDER BY position
      """,
      bind: { $0.bind(row, range) }
    ) { row in
      trades.append(
        Trade(
          id: row.int(), instrument: row.int(), size: row.double(), entryIndex: row.int(), exitIndex: row.int(),
          entryTime: row.int64(), exitTime: row.int64(), entryPrice: row.double(), exitPrice: row.double(),
          pnl: row.double(), returnFraction: row.double(), commission: row.double(), stopLoss: row.optionalDouble(),
          takeProfit: row.optionalDouble(), tag: row.optionalText()))
    }
    return trades
  }

  fileprivate func openTrades(row: Int64) throws -> [OpenTrade] {
    var trades: [OpenTrade] = []
    try forEachRow(
      """
      SELECT tradeID, instrument, size, entryPrice, entryIndex, stopLoss, takeProfit, tag, stopLossOrder,
        takeProfitOrder
      FROM openTrade WHERE backtestRunID = ? ORDER BY position
      """,
      bind: { $0.bind(row) }
    ) { row in
      trades.append(
        OpenTrade(
          id: row.int(), instrument: row.int(), size: row.double(), entryPrice: row.double(), entryIndex: row.int(),
          stopLoss: row.optionalDouble(), takeProfit: row.optionalDouble(), tag: row.optionalText(),
          stopLossOrder: row.optionalInt(), takeProfitOrder: row.optionalInt()))
    }
    return trades
  }

  fileprivate func orderEvents(row: Int64, _ range: Range<Int>, file: String) throws -> [OrderEvent] {
    var events: [OrderEvent] = []
    try forEachRow(
      """
      SELECT sequence, kind, barIndex, time, orderID, clientOrderID, role, instrument, side, size, price, commission,
        tradeID, reason, reasonDetail
      FROM orderEvent WHERE backtestRunID = ? AND sequence >= ? AND sequence < ? ORDER BY sequence
      """,
      bind: { $0.bind(row, range) }
    ) { row in
      let sequence = row.int()
      let kind = OrderEvent.Kind(rawValue: row.text())
      let (index, time, orderID) = (row.int(), row.int64(), row.int())
      let clientOrderID = row.optionalText()
      let role = PendingOrder.Role(rawValue: row.text())
      let instrument = row.int()
      let side = Side(rawValue: row.text())
      let (size, price, commission, tradeID) = (row.double(), row.optionalDouble(), row.double(), row.optionalInt())
      let stored = row.optionalText().map { StoredReason(code: $0, detail: row.optionalText()) }
      guard let kind, let role, let side, stored == nil || stored?.reason != nil else {
        throw RunStoreError.damaged(
          file: file, detail: "order event \(sequence) holds a word this version does not know")
      }
      events.append(
        OrderEvent(
          sequence: sequence, kind: kind, index: index, time: time, orderID: orderID, clientOrderID: clientOrderID,
          role: role, instrument: instrument, side: side, size: size, price: price, commission: commission,
          tradeID: tradeID, reason: stored?.reason))
    }
    return events
  }

  fileprivate func equity(row: Int64, _ range: SeriesRange) throws -> EquitySeries {
    let columns = "SELECT timestamp, equity FROM equityPoint WHERE backtestRunID = ?"
    var series = EquitySeries(times: [], equity: [])
    func append(_ row: inout RowReader) {
      series.times.append(row.int64())
      series.equity.append(row.double())
    }
    switch range {
    case .all:
      try forEachRow(columns + " ORDER BY timestamp", bind: { $0.bind(row) }, body: append)
    case .indexes(let indexes):
      let wanted = indexes.clamped(to: 0..<Int.max)
      try forEachRow(
        columns + " ORDER BY timestamp LIMIT ? OFFSET ?",
        bind: { binder in
          binder.bind(row)
          binder.bind(wanted.count)
          binder.bind(wanted.lowerBound)
        }, body: append)
    case .times(let times):
      let (lower, upper) = (times.from == nil ? "" : " AND timestamp >= ?", times.to == nil ? "" : " AND timestamp < ?")
      try forEachRow(
        columns + lower + upper + " ORDER BY timestamp",
        bind: { binder in
          binder.bind(row)
          if let from = times.from { binder.bind(from) }
          if let to = times.to { binder.bind(to) }
        }, body: append)
    }
    return series
  }

  fileprivate func annotations(row: Int64, file: String) throws -> [BacktestRun.Annotation] {
    var annotations: [BacktestRun.Annotation] = []
    try forEachRow(
      "SELECT name, series FROM annotation WHERE backtestRunID = ? ORDER BY position", bind: { $0.bind(row) }
    ) { row in
      let name = row.text()
      guard let values = row.withBlob(Column.values) else {
        throw RunStoreError.damaged(file: file, detail: "the series \(name) has a torn value")
      }
      annotations.append(BacktestRun.Annotation(name: name, values: values))
    }
    return annotations
  }
}

extension Binder {
  /// Binds a run's row and the positions wanted of it.
  fileprivate mutating func bind(_ row: Int64, _ range: Range<Int>) {
    bind(row)
    bind(range.lowerBound)
    bind(range.upperBound)
  }
}
