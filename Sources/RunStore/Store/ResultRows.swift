import GRDB
import TradingModel

/// Writes what a run produced.
enum ResultRows {
  private static let tables = ["trade", "openTrade", "orderEvent", "equityPoint", "annotation"]

  static func insert(_ result: RunResult, row: Int64, _ db: Database) throws {
    try insert(result.trades, row: row, db)
    try insert(result.openTrades, row: row, db)
    try insert(result.orderEvents, row: row, db)
    try insert(result.equity, row: row, db)
    try insert(result.annotations, row: row, db)
  }

  static func delete(row: Int64, _ db: Database) throws {
    for table in tables { try db.run("DELETE FROM \(table) WHERE backtestRunID = ?") { $0.bind(row) } }
  }

  private static func insert(_ curve: EquitySeries, row: Int64, _ db: Database) throws {
    try curve.times.withUnsafeBufferPointer { times in
      try curve.equity.withUnsafeBufferPointer { equity in
        try db.insert(
          times.indices, into: "equityPoint", ["backtestRunID", "timestamp", "equity"]
        ) { binder, index in
          binder.bind(row)
          binder.bind(times[index])
          binder.bind(equity[index])
        }
      }
    }
  }

  private static func insert(_ trades: [Trade], row: Int64, _ db: Database) throws {
    let columns = [
      "backtestRunID", "position", "tradeID", "instrument", "size", "entryIndex", "exitIndex", "entryTime", "exitTime",
      "entryPrice", "exitPrice", "pnl", "returnFraction", "commission", "stopLoss", "takeProfit", "tag",
    ]
    try db.insert(trades.indices, into: "trade", columns) { binder, index in
      let trade = trades[index]
      binder.bind(row)
      binder.bind(index)
      binder.bind(trade.id)
      binder.bind(trade.instrument)
      binder.bind(trade.size)
      binder.bind(trade.entryIndex)
      binder.bind(trade.exitIndex)
      binder.bind(trade.entryTime)
      binder.bind(trade.exitTime)
      binder.bind(trade.entryPrice)
      binder.bind(trade.exitPrice)
      binder.bind(trade.pnl)
      binder.bind(trade.returnFraction)
      binder.bind(trade.commission)
      binder.bind(trade.stopLoss)
      binder.bind(trade.takeProfit)
      binder.bind(trade.tag)
    }
  }

  private static func insert(_ trades: [OpenTrade], row: Int64, _ db: Database) throws {
    let columns = [
      "backtestRunID", "position", "tradeID", "instrument", "size", "entryIndex", "entryPrice", "stopLoss",
      "takeProfit", "tag", "stopLossOrder", "takeProfitOrder",
    ]
    try db.insert(trades.indices, into: "openTrade", columns) { binder, index in
      let trade = trades[index]
      binder.bind(row)
      binder.bind(index)
      binder.bind(trade.id)
      binder.bind(trade.instrument)
      binder.bind(trade.size)
      binder.bind(trade.entryIndex)
      binder.bind(trade.entryPrice)
      binder.bind(trade.stopLoss)
      binder.bind(trade.takeProfit)
      binder.bind(trade.tag)
      binder.bind(trade.stopLossOrder)
      binder.bind(trade.takeProfitOrder)
    }
  }

  private static func insert(_ events: [OrderEvent], row: Int64, _ db: Database) throws {
    let columns = [
      "backtestRunID", "sequence", "kind", "barIndex", "time", "orderID", "clientOrderID", "role", "instrument", "side",
      "size", "price", "commission", "tradeID", "reason", "reasonDetail",
    ]
    try db.insert(events.indices, into: "orderEvent", columns) { binder, index in
      let event = events[index]
      let reason = event.reason.map { StoredReason($0) }
      binder.bind(row)
      binder.bind(event.sequence)
      binder.bind(literal: event.kind.literal)
      binder.bind(event.index)
      binder.bind(event.time)
      binder.bind(event.orderID)
      binder.bind(event.clientOrderID)
      binder.bind(literal: event.role.literal)
      binder.bind(event.instrument)
      binder.bind(literal: event.side.literal)
      binder.bind(event.size)
      binder.bind(event.price)
      binder.bind(event.commission)
      binder.bind(event.tradeID)
      binder.bind(reason?.code)
      binder.bind(reason?.detail)
    }
  }

  private static func insert(_ annotations: [BacktestRun.Annotation], row: Int64, _ db: Database) throws {
    for (position, annotation) in annotations.enumerated() {
      try db.run("INSERT INTO annotation (backtestRunID, position, name, series) VALUES (?, ?, ?, ?)") { binder in
        binder.bind(row)
        binder.bind(position)
        binder.bind(annotation.name)
        Column.withBytes(of: annotation.values) { binder.bind(blob: $0) }
      }
    }
  }
}

// The raw values once more, as literals, which cost nothing to bind.

extension OrderEvent.Kind {
  /// The raw value.
  var literal: StaticString {
    switch self {
    case .accepted: "accepted"
    case .rejected: "rejected"
    case .triggered: "triggered"
    case .filled: "filled"
    case .partiallyClosed: "partially_closed"
    case .cancelled: "cancelled"
    case .expired: "expired"
    }
  }
}

extension PendingOrder.Role {
  /// The raw value.
  var literal: StaticString {
    switch self {
    case .entry: "entry"
    case .close: "close"
    case .stopLoss: "stop_loss"
    case .takeProfit: "take_profit"
    }
  }
}

extension Side {
  /// The raw value.
  var literal: StaticString { self == .buy ? "buy" : "sell" }
}
