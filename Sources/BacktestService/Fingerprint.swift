import ContentDigest
import JSONRPC
import TradingModel

/// Content hashes: what makes two runs the same.
enum Fingerprint {
  /// SHA-256 over a run's request, its data and its stream of orders.
  ///
  /// - Parameter request: The canonical JSON of the request.
  static func run(request: [UInt8], dataHash: String, run: BacktestRun) -> String {
    var hash = SHA256()
    hash.update(request)
    hash.update(Array(dataHash.utf8))
    var writer = JSONWriter()
    for event in run.orderEvents {
      writer.reset()
      writer.beginArray()
      writer.value(event.index)
      writer.value(event.kind.rawValue)
      writer.value(event.orderID)
      writer.value(event.role.rawValue)
      writer.value(event.side.rawValue)
      writer.value(event.size)
      writer.value(event.price)
      writer.value(event.commission)
      writer.value(event.tradeID ?? 0)
      writer.value(event.reason?.code ?? "")
      writer.endArray()
      // A non-finite number cannot be written, and no event carries one; the bytes before it count in any case.
      try? writer.withLine { hash.update(UnsafeRawBufferPointer($0)) }
    }
    return hash.finalize()
  }
}
