import JSONRPC
import StrategyProtocol
import TradingModel

/// What a `bar/next` says, read straight from its bytes. What it leaves out is `nil`.
struct BarUpdate {
  private(set) var index = 0
  private(set) var time: EpochMilliseconds = 0
  private(set) var row: BarRow?
  private(set) var isWarmUp = false
  private(set) var events: [OrderEvent] = []
  private(set) var account: (cash: Double, equity: Double)?
  private(set) var trades: [OpenTrade]?
  private(set) var orders: [PendingOrder]?
  private(set) var closed: [Trade] = []

  init(_ body: UnsafeBufferPointer<UInt8>?) throws(Refusal) {
    do {
      var scanner = try JSONScanner(body ?? UnsafeBufferPointer(start: nil, count: 0), maximumBytes: .max)
      try scan(&scanner)
    } catch {
      throw Refusal(error)
    }
  }

  private mutating func scan(_ scanner: inout JSONScanner) throws(JSONScanError) {
    try scanner.beginObject()
    while try scanner.nextKey() {
      switch scanner.key {
      case "index": index = try scanner.readInt()
      case "time": time = try scanner.readInt64()
      case "bars": row = try scanner.readFirstRow()
      case "warmup": isWarmUp = try scanner.readBool()
      case "account": account = try scanner.readAccount()
      case "events":
        events = try scanner.readList { (s) throws(JSONScanError) in try s.readOrderEvent() }.compactMap { $0 }
      case "trades": trades = try scanner.readList { (s) throws(JSONScanError) in try s.readOpenTrade() }
      case "orders": orders = try scanner.readList { (s) throws(JSONScanError) in try s.readPendingOrder() }
      case "closed": closed = try scanner.readList { (s) throws(JSONScanError) in try s.readTrade() }
      default: try scanner.skipValue()
      }
    }
  }
}

/// What a `bars/next` says.
struct BarChunk {
  private(set) var firstIndex = 0
  private(set) var times: [EpochMilliseconds] = []
  /// One per time; `nil` where there is no bar.
  private(set) var rows: [BarRow?] = []

  init(_ body: UnsafeBufferPointer<UInt8>?) throws(Refusal) {
    do {
      var scanner = try JSONScanner(body ?? UnsafeBufferPointer(start: nil, count: 0), maximumBytes: .max)
      try scan(&scanner)
    } catch {
      throw Refusal(error)
    }
    if rows.isEmpty { rows = Array(repeating: nil, count: times.count) }
    if rows.count != times.count {
      throw Refusal(.invalidParams, "bars/next has \(times.count) times and \(rows.count) bars.")
    }
    if firstIndex < 0 || firstIndex > 9_007_199_254_740_991 {
      throw Refusal(.invalidParams, "bars/next has a first_index of \(firstIndex).")
    }
  }

  private mutating func scan(_ scanner: inout JSONScanner) throws(JSONScanError) {
    try scanner.beginObject()
    while try scanner.nextKey() {
      switch scanner.key {
      case "first_index": firstIndex = try scanner.readInt()
      case "times": times = try scanner.readList { (s) throws(JSONScanError) in try s.readInt64() }
      case "bars":
        try scanner.beginObject()
        while try scanner.nextKey() {
          rows = try scanner.readList { (s) throws(JSONScanError) in try s.readRow() }
        }
      default: try scanner.skipValue()
      }
    }
  }
}
