import ContentDigest
import JSONRPC
import TradingModel

/// Content hashes: what makes two runs the same.
enum Fingerprint {
  /// SHA-256 over a series' columns, in the order times, open, high, low, close, volume: counts and values as
  /// little-endian 64-bit words, every NaN as the same word.
  static func data(_ series: BarSeries) -> String {
    var hash = SHA256()
    var count = UInt64(series.count).littleEndian
    withUnsafeBytes(of: &count) { hash.update($0) }
    words(series.times.map { UInt64(bitPattern: $0) }, into: &hash)
    for column in [series.open, series.high, series.low, series.close, series.volume] {
      words(column.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }, into: &hash)
    }
    return hash.finalize()
  }

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

  private static func words(_ values: [UInt64], into hash: inout SHA256) {
    #if _endian(big)
    let values = values.map(\.byteSwapped)
    #endif
    values.withUnsafeBytes { hash.update($0) }
  }
}
