import JSONRPC
import StrategyKit
import TradingModel

extension Trade {
  /// Writes the trade with the fields of the older backend's table and some more.
  func write(to writer: inout JSONWriter, symbol: String) {
    writer.beginObject()
    writer.field("trade_id", id)
    writer.field("symbol", symbol)
    writer.field("entry_time", entryTime)
    writer.field("exit_time", exitTime)
    writer.field("entry_index", entryIndex)
    writer.field("exit_index", exitIndex)
    writer.key("entry_price")
    writer.finite(entryPrice)
    writer.key("exit_price")
    writer.finite(exitPrice)
    writer.key("size")
    writer.finite(size)
    writer.key("pnl")
    writer.finite(pnl)
    writer.key("return_pct")
    writer.finite(returnFraction * 100)
    writer.key("duration_seconds")
    writer.finite(Double(exitTime - entryTime) / 1000)
    writer.key("commission")
    writer.finite(commission)
    writer.key("stop_loss")
    writer.finite(stopLoss)
    writer.key("take_profit")
    writer.finite(takeProfit)
    writer.key("tag")
    writer.text(tag)
    writer.endObject()
  }
}

extension OpenTrade {
  /// Writes a trade that is still open.
  func write(to writer: inout JSONWriter, symbol: String, times: [EpochMilliseconds]) {
    writer.beginObject()
    writer.field("trade_id", id)
    writer.field("symbol", symbol)
    writer.key("entry_time")
    if times.indices.contains(entryIndex) { writer.value(times[entryIndex]) } else { writer.null() }
    writer.field("entry_index", entryIndex)
    writer.key("entry_price")
    writer.finite(entryPrice)
    writer.key("size")
    writer.finite(size)
    writer.key("stop_loss")
    writer.finite(stopLoss)
    writer.key("take_profit")
    writer.finite(takeProfit)
    writer.key("tag")
    writer.text(tag)
    writer.endObject()
  }
}

extension OrderEvent {
  /// Writes one step of an order's life.
  func write(to writer: inout JSONWriter, symbol: String) {
    writer.beginObject()
    writer.field("sequence", sequence)
    writer.field("kind", kind.rawValue)
    writer.field("index", index)
    writer.field("time", time)
    writer.field("order_id", orderID)
    writer.key("client_order_id")
    writer.text(clientOrderID)
    writer.field("role", role.rawValue)
    writer.field("symbol", symbol)
    writer.field("side", side.rawValue)
    writer.key("size")
    writer.finite(size)
    writer.key("price")
    writer.finite(price)
    writer.key("commission")
    writer.finite(commission)
    writer.key("trade_id")
    if let tradeID { writer.value(tradeID) } else { writer.null() }
    writer.key("reason")
    if let reason {
      writer.beginObject()
      writer.field("code", reason.code)
      writer.field("message", reason.message)
      writer.endObject()
    } else {
      writer.null()
    }
    writer.endObject()
  }
}

extension JSONWriter {
  /// Writes a number, or null for none and for one JSON cannot hold.
  mutating func finite(_ number: Double?) {
    if let number, number.isFinite { value(number) } else { null() }
  }

  /// Writes a text, or null.
  mutating func text(_ text: String?) {
    if let text { value(text) } else { null() }
  }

  /// Writes text that is JSON already, or null when it is missing or damaged: the store does not check it.
  mutating func storedJSON(_ text: String?) {
    guard let text, let parsed = try? JSONValue(parsing: text) else { return null() }
    value(parsed)
  }
}

extension ParameterValue {
  /// The value as a number; `nil` for texts and booleans.
  var number: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    case .string, .boolean: nil
    }
  }
}
