import JSONRPC
import PluginHost
import StrategyProtocol

/// The hot messages: writing a bar, reading answers with none to two orders.
enum CodecBenchmark {
  static func run() throws {
    let count = 100_000
    var writer = JSONWriter(capacity: 1024)
    var bytes = 0
    let write = Measure.cpuSeconds(30) {
      for number in 0..<count {
        writer.reset()
        writer.beginObject()
        writer.field("jsonrpc", "2.0" as StaticString)
        writer.field("id", number)
        writer.field("method", "bar/next" as StaticString)
        writer.key("params")
        writer.beginObject()
        writer.field("run_id", "r-1" as StaticString)
        writer.field("index", number)
        writer.field("time", 1_377_000_000_000 + Int64(number))
        writer.key("bars")
        writer.beginObject()
        writer.key("GOOG" as StaticString)
        writer.beginArray()
        for price in [867.12, 873.33, 866.87, 870.21] { writer.value(price + Double(number % 100) / 100) }
        writer.value(2_235_190.0)
        writer.endArray()
        writer.endObject()
        writer.endObject()
        writer.endObject()
        bytes = writer.count
      }
    }
    Measure.report(
      "write a bar (\(bytes) bytes)", "\(Measure.decimals(write / Double(count) * 1e9, 0)) ns", "goal 400 ns")
    let orders = [
      #"{"do":"order","side":"buy","quantity":100,"stop_loss":99.5}"#,
      #"{"do":"order","side":"sell","quantity":50,"limit_price":105.25}"#,
    ]
    try read("without orders", [])
    try read("with one order", Array(orders.prefix(1)))
    try read("with two orders", orders)
  }

  private static func read(_ what: String, _ orders: [String]) throws {
    let count = 100_000
    let answer = Array(
      #"{"jsonrpc":"2.0","id":53,"result":{"actions":[\#(orders.joined(separator: ","))]}}"#.utf8)
    let scanner = ActionScanner(symbols: SymbolTable(["GOOG"]))
    var result = BarAnswer()
    var actions = 0
    let read = try Measure.cpuSeconds(30) {
      for _ in 0..<count {
        try answer.withUnsafeBufferPointer { line in
          _ = try JSONRPCEnvelope.readResult(of: 53, in: line) { body throws(JSONScanError) in
            try scanner.readResult(&body, into: &result)
          }
        }
        actions += result.actions.count
      }
    }
    Measure.report(
      "read an answer \(what) (\(answer.count) bytes)", "\(Measure.decimals(read / Double(count) * 1e9, 0)) ns",
      "goal 500 ns")
    if actions != 30 * orders.count * count { print("  the answer was not read") }
  }
}
