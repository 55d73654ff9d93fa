import JSONRPC
import StrategyProtocol

/// Columns of numbers in JSON as base64 text of little-endian floating-point numbers: a third of the size of digits, and
/// read by a browser without parsing.
enum PackedColumn {
  /// Writes `{"f8": "…"}`, or `{"f4": "…"}` with seven digits.
  static func write(_ values: [Double], isShort: Bool = false, to writer: inout JSONWriter) {
    writer.beginObject()
    if isShort {
      var words = values.map { Float($0).bitPattern.littleEndian }
      writer.field("f4", words.withUnsafeMutableBytes { Base64.encode(UnsafeRawBufferPointer($0)) })
    } else {
      var words = values.map { $0.bitPattern.littleEndian }
      writer.field("f8", words.withUnsafeMutableBytes { Base64.encode(UnsafeRawBufferPointer($0)) })
    }
    writer.endObject()
  }

  /// Writes texts as `{"words": [each once], "rows": {"f8": "…"}}`, a row without text being -1.
  static func write(_ values: [String?], to writer: inout JSONWriter) {
    var numbers: [String: Int] = [:]
    var words: [String] = []
    let rows = values.map { value -> Double in
      guard let value else { return -1 }
      if let known = numbers[value] { return Double(known) }
      numbers[value] = words.count
      words.append(value)
      return Double(words.count - 1)
    }
    writer.beginObject()
    writer.key("words")
    writer.beginArray()
    for word in words { writer.value(word) }
    writer.endArray()
    writer.key("rows")
    write(rows, isShort: words.count < 1 << 24, to: &writer)
    writer.endObject()
  }
}
