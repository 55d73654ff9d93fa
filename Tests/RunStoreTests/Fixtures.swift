import Foundation
import GRDB
import RunStore
import Testing
import TradingModel

/// A directory of its own for a test, removed with this value.
final class TemporaryDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/RunStoreTests-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    // A test may have taken away the permission to remove what is inside.
    for name in (try? FileManager.default.subpathsOfDirectory(atPath: path)) ?? [] { chmod(path + "/" + name, 0o700) }
    chmod(path, 0o700)
    try? FileManager.default.removeItem(atPath: path)
  }

  func file(_ name: String = "runs.sqlite") -> String { path + "/" + name }
}

/// Where a test keeps its runs.
enum Place: CaseIterable {
  case memory, file, fileWithReaders

  /// An empty store there; `directory` must outlive it.
  func open(in directory: TemporaryDirectory) throws -> SQLiteRunStore {
    var options = SQLiteRunStore.Options()
    switch self {
    case .memory: return try SQLiteRunStore.inMemory(program: "tests 1")
    case .file: break
    case .fileWithReaders: options.readers = 3
    }
    return try SQLiteRunStore(file: directory.file(), program: "tests 1", options: options)
  }
}

enum Fixture {
  /// A record with the least in it; `number` decides id and time of creation.
  static func record(_ number: Int, status: RunStatus = .completed) -> RunRecord {
    RunRecord(
      id: id(number), status: status, strategy: "sma_cross", instruments: [Instrument(symbol: "GOOG", currency: "USD")],
      interval: "1d", startingCapital: 10_000, created: 1_700_000_000_000 + Int64(number))
  }

  static func id(_ number: Int) -> RunID {
    let digits = String(number)
    return "01j" + String(repeating: "0", count: 7 - digits.count) + digits
  }

  /// A record with something in every field.
  static func fullRecord(_ number: Int = 1) -> RunRecord {
    var record = record(number, status: .failed)
    record.instruments = [
      Instrument(symbol: "GOOG", currency: "USD"), Instrument(symbol: "Ω\u{0}—株", currency: nil),
      Instrument(symbol: "", currency: ""),
    ]
    record.strategy = "it's \"quoted\"; DROP TABLE backtestRun; --"
    record.interval = "1wk"
    record.startingCapital = 0x1p-1074
    record.start = -1
    record.end = .max
    record.started = 0
    record.finished = .min
    record.durationMicroseconds = 1 << 53
    record.bars = 1 << 53 + 1
    record.warmUpIndex = 0
    record.ruinIndex = 17
    record.commissions = -0.0
    record.metrics = [
      RunMetric(name: "sharpe", value: nil), RunMetric(name: "total_return_pct", value: -0.0),
      RunMetric(name: "cagr_pct", value: 0x1.fffffffffffffp+1023), RunMetric(name: "trades", value: 93),
      RunMetric(name: "winrate_pct", value: -0x1p-1074), RunMetric(name: "max_drawdown_pct", value: -.infinity),
      RunMetric(name: "end", value: 1_362_096_000_000), RunMetric(name: "profit factor \u{1F4C8}", value: 0.1 + 0.2),
    ]
    record.dataset = "yahoo:GOOG:1d"
    record.sweepID = "s-é"
    record.tags = ["", "übung", "u\u{308}bung", "👩‍👩‍👧", "a,b\n\"c\"", "nul\u{0}nul"]
    record.warnings = ["first \"quoted\" \\ line\n\t\u{1}", "", "zweite Zeile – 株"]
    record.failure = RunFailure(
      kind: "strategy_error", message: "It divided by zero.", fault: "strategy", detail: #"{"line": 3}"#)
    record.request = #"{"strategy": "sma_cross"}"#
    record.parameters = #"{"n1": 10}"#
    record.dataSHA256 = "00ff"
    record.strategyHash = "ab"
    record.engineVersion = "0.1.0"
    record.profile = "strict"
    record.mode = "lockstep"
    record.seed = .max
    record.fingerprint = "cd"
    record.owner = RunOwner(host: "host", processID: 1 << 31, instance: "started 12")
    record.heartbeat = 42
    return record
  }

  /// A result with every kind of row, every reason, and numbers that are easily damaged.
  static func fullResult() -> RunResult {
    let odd = [-0.0, 0x1p-1074, -0x1p-1074, .nan, .infinity, -.infinity, 0.1 + 0.2, 0x1p53 + 2, 100, 1e300]
    let trades = odd.enumerated().map { index, value in
      Trade(
        id: 1 << 53 + index, instrument: index, size: value, entryIndex: index, exitIndex: .max,
        entryTime: .min, exitTime: .max, entryPrice: value, exitPrice: -value, pnl: value, returnFraction: value,
        commission: value, stopLoss: index == 0 ? nil : -0.0, takeProfit: index == 1 ? nil : 0x1p-1074,
        tag: index == 2 ? nil : "tag \(index) ü\u{0}")
    }
    let openTrades = [
      OpenTrade(
        id: 1 << 53 + 1, instrument: 1, size: -0.0, entryPrice: 12.5, entryIndex: 3, stopLoss: 11, takeProfit: 14,
        tag: "", stopLossOrder: 1 << 53 + 3, takeProfitOrder: 9),
      OpenTrade(id: 2, instrument: 0, size: 1, entryPrice: .nan, entryIndex: 4),
    ]
    let reasons: [OrderReason?] = [
      nil, .invalidSize(.nan), .invalidSize(-0.0), .invalidPrice(name: "limit \"x\"", value: -.infinity),
      .invalidBracket(side: .sell, stopLoss: nil, reference: 0.1 + 0.2, takeProfit: 0x1p-1074),
      .invalidBracket(side: .buy, stopLoss: 1, reference: .nan, takeProfit: nil),
      .lessThanOneUnit(available: 1.5, unitCost: 1e300), .insufficientMargin(required: 2, available: -1),
      .unknownInstrument(symbol: "BRK.B \"x\""), .unknownInstrument(symbol: nil), .unknownTrade(1 << 53 + 1),
      .unknownOrder("ünbekannt\u{0}\n"),
      .duplicateClientOrderID(""), .warmUp, .tooManyActions(limit: 100), .unsupported("time in force"), .requested,
      .amended, .tradeClosed, .excluded, .ruin, .endOfData,
    ]
    let kinds: [OrderEvent.Kind] = [.accepted, .rejected, .triggered, .filled, .partiallyClosed, .cancelled, .expired]
    let roles: [PendingOrder.Role] = [.entry, .close, .stopLoss, .takeProfit]
    let events = reasons.enumerated().map { index, reason in
      OrderEvent(
        sequence: index, kind: kinds[index % kinds.count], index: index, time: Int64(index) - 5,
        orderID: 1 << 53 + index, clientOrderID: index % 3 == 0 ? nil : "c\(index)", role: roles[index % roles.count],
        instrument: index % 2, side: index % 2 == 0 ? .buy : .sell, size: odd[index % odd.count],
        // A price of `nil` and one of NaN are the same to the store.
        price: index % 4 == 0 ? nil : -0.0, commission: odd[index % odd.count],
        tradeID: index % 5 == 0 ? nil : index, reason: reason)
    }
    return RunResult(
      equity: EquitySeries(
        times: odd.indices.map { $0 == 0 ? .min : Int64($0) * 1000 - 3000 }, equity: odd), trades: trades,
      openTrades: openTrades, orderEvents: events,
      annotations: [
        BacktestRun.Annotation(name: "SMA(10) ü", values: odd), BacktestRun.Annotation(name: "empty", values: []),
      ])
  }

  /// A result of plain rows.
  static func result(bars: Int, trades: Int = 0, events: Int = 0) -> RunResult {
    let times = (0..<bars).map { Int64($0) * 86_400_000 }
    let equity = (0..<bars).map { 10_000 + Double($0 * 7919 % 10_007) * 0.37 }
    let tradeRows = (0..<trades).map { index in
      Trade(
        id: index + 1, instrument: 0, size: 10, entryIndex: index, exitIndex: index + 1,
        entryTime: Int64(index) * 86_400_000, exitTime: Int64(index + 1) * 86_400_000, entryPrice: 100, exitPrice: 101,
        pnl: Double(index), returnFraction: 0.01, commission: 0)
    }
    let eventRows = (0..<events).map { index in
      OrderEvent(
        sequence: index, kind: .accepted, index: index, time: Int64(index), orderID: index + 1, role: .entry,
        side: .buy, size: 1)
    }
    return RunResult(
      equity: EquitySeries(times: times, equity: equity), trades: tradeRows, orderEvents: eventRows)
  }
}

/// A value as text in which two values look alike only if they are the same to the bit, all NaN apart: `==` takes -0.0 for
/// 0, and no NaN for another.
func exactText(_ value: Any) -> String {
  if let number = value as? Double, number.isNaN { return "NaN" }
  if let number = value as? Double { return "Double(\(number), 0x\(String(number.bitPattern, radix: 16)))" }
  if let text = value as? String { return "String(\(Array(text.utf8)))" }
  let mirror = Mirror(reflecting: value)
  if mirror.children.isEmpty { return "\(type(of: value)).\(value)" }
  return mirror.children.map { "\($0.label ?? "-"): \(exactText($0.value))" }.joined(separator: "\n")
}

/// Checks that SQLite finds no damage in a database file, and no row without its run.
///
/// - Returns: The number of equity points of each run that has any, in the runs' order.
func pointsOfSoundDatabase(_ file: String) throws -> [Int] {
  try DatabaseQueue(path: file).read { db in
    let integrity = try String.fetchAll(db, sql: "PRAGMA integrity_check")
    #expect(integrity == ["ok"])
    let orphans = try Row.fetchAll(db, sql: "PRAGMA foreign_key_check")
    #expect(orphans.isEmpty)
    return try Int.fetchAll(db, sql: "SELECT count(*) FROM equityPoint GROUP BY backtestRunID ORDER BY backtestRunID")
  }
}
