import JSONRPC
import StrategyKit
import StrategyProtocol
import TradingModel
import WireText

/// Sends whole columns ahead of a preload or vectorized run, in chunks the strategy can read.
struct SeriesUpload {
  private let series: [(symbol: String, bars: BarSeries)]
  private let runID: String
  private let encoding: ColumnEncoding
  private let file: ColumnFile?
  private let chunk: Int

  /// The encoding both sides know that costs least; `nil` in modes without columns.
  ///
  /// - Parameter file: The columns in a file, where there is one.
  static func encoding(
    for mode: ExecutionMode, _ capabilities: StrategyCapabilities, file: ColumnFile?
  ) -> ColumnEncoding? {
    guard mode == .preload || mode == .vectorized else { return nil }
    if file != nil { return .f64leFile }
    return capabilities.resolvedEncodings.contains(.f64leBase64) ? .f64leBase64 : .json
  }

  init(
    _ run: RunDescription, runID: String, encoding: ColumnEncoding, file: ColumnFile? = nil,
    capabilities: StrategyCapabilities
  ) {
    series = zip(run.instruments, run.series).map { ($0.symbol, $1) }
    self.runID = runID
    self.encoding = encoding
    self.file = file
    // Six columns: 64 bytes a row in base64, up to 26 characters a number in JSON.
    let room = min(capabilities.resolvedMessageBytes, Limits.standard.maxMessageBytes) - 2048
    chunk = file != nil ? .max : max(1, room / (encoding == .json ? 6 * 26 : 66))
  }

  /// Sends everything.
  ///
  /// - Returns: What the strategy said after it saw the last chunk; `nil` when there is none.
  /// - Parameter preparation: Milliseconds allowed for the answer to the last chunk.
  func send(
    _ connection: PluginConnection, allowance: Int, preparation: Int
  ) throws(PluginFailure) -> SeriesLoadResponse? {
    var last: SeriesLoadResponse?
    for chunk in chunks {
      let allowance = chunk.isLast ? preparation : allowance
      let body = try connection.call("series/load", allowance: allowance) { writer in write(chunk, to: &writer) }
      do throws(PluginFailure) {
        let answer = try SeriesLoadResponse.decode(body, answerTo: "series/load")
        guard answer.received == chunk.rows.count else {
          throw PluginFailure(
            .protocolError, "The strategy received \(answer.received) rows of \(chunk.rows.count)",
            hint: "Answer the number of rows of the chunk.", pointer: "/received")
        }
        last = answer
      } catch {
        throw connection.explained(error)
      }
    }
    return last
  }

  /// A part of one symbol's rows: what one message carries.
  struct Chunk {
    let symbol: String
    /// Its number among the run's symbols.
    let number: Int
    let bars: BarSeries
    let rows: Range<Int>
    /// Whether nothing follows in this run.
    let isLast: Bool
  }

  /// Everything in the order in which it is sent.
  var chunks: [Chunk] {
    series.enumerated().flatMap { number, entry in
      stride(from: 0, to: entry.bars.count, by: min(chunk, max(1, entry.bars.count))).map { offset in
        let rows = offset..<min(entry.bars.count, offset + min(chunk, entry.bars.count))
        return Chunk(
          symbol: entry.symbol, number: number, bars: entry.bars, rows: rows,
          isLast: rows.upperBound == entry.bars.count && number == series.count - 1)
      }
    }
  }

  /// Writes one message's params.
  func write(_ chunk: Chunk, to writer: inout JSONWriter) {
    let (bars, rows) = (chunk.bars, chunk.rows)
    writer.beginObject()
    writer.field("run_id", runID)
    writer.field("symbol", chunk.symbol)
    writer.field("offset", rows.lowerBound)
    writer.field("count", rows.count)
    writer.field("rows_total", bars.count)
    writer.key("columns")
    writer.beginObject()
    if let file {
      writeParts(file.parts[chunk.number], of: file, rows.count, to: &writer)
    } else {
      writeValues(chunk, to: &writer)
    }
    writer.endObject()
    if chunk.isLast { writer.field("last", true) }
    writer.endObject()
  }

  private func writeParts(_ parts: [ColumnFile.Part], of file: ColumnFile, _ count: Int, to writer: inout JSONWriter) {
    for (name, part) in zip(["time", "open", "high", "low", "close", "volume"], parts) {
      writer.key(name)
      writer.beginObject()
      writer.field("encoding", encoding.rawValue)
      writer.field("dtype", name == "time" ? "i64" : "f64")
      writer.field("count", count)
      writer.field("path", file.path)
      writer.field("offset", part.offset)
      writer.field("sha256", part.sha256)
      writer.endObject()
    }
  }

  private func writeValues(_ chunk: Chunk, to writer: inout JSONWriter) {
    let (bars, rows) = (chunk.bars, chunk.rows)
    writer.key("time")
    writeTimes(bars.times[rows], to: &writer)
    for (name, column) in [
      ("open", bars.open), ("high", bars.high), ("low", bars.low), ("close", bars.close), ("volume", bars.volume),
    ] {
      writer.key(name)
      writeColumn(column[rows], to: &writer)
    }
  }

  private func begin(_ type: StaticString, _ count: Int, to writer: inout JSONWriter) {
    writer.beginObject()
    writer.field("encoding", encoding.rawValue)
    writer.field("dtype", type)
    writer.field("count", count)
    writer.key("data")
  }

  private func writeTimes(_ times: ArraySlice<EpochMilliseconds>, to writer: inout JSONWriter) {
    begin("i64", times.count, to: &writer)
    if encoding == .json {
      writer.beginArray()
      for time in times { writer.value(time) }
      writer.endArray()
    } else {
      writer.value(times.map { $0.littleEndian }.withUnsafeBytes(Base64.encode))
    }
    writer.endObject()
  }

  private func writeColumn(_ values: ArraySlice<Double>, to writer: inout JSONWriter) {
    begin("f64", values.count, to: &writer)
    if encoding == .json {
      values.withUnsafeBufferPointer { writer.value($0, nonFinite: .null) }
    } else {
      writer.value(values.map { $0.bitPattern.littleEndian }.withUnsafeBytes(Base64.encode))
    }
    writer.endObject()
  }
}
