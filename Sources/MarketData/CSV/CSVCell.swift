/// Where a cell's text lies in its line, without quotes and the white space around it.
struct CSVCell {
  let start: UnsafePointer<UInt8>
  let end: UnsafePointer<UInt8>
  /// The delimiter behind the cell, or the end of the line.
  let next: UnsafePointer<UInt8>

  var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: end - start) }
  var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Finds the cell that begins at `position`.
  /// - Returns: `nil` when a quoted cell does not end properly on its line.
  @inline(__always)
  static func find(_ position: UnsafePointer<UInt8>, lineEnd: UnsafePointer<UInt8>, delimiter: UInt8) -> CSVCell? {
    var end = position
    while end < lineEnd, end.pointee != delimiter {
      if end.pointee == UInt8(ascii: "\"") { return findQuoted(position, lineEnd: lineEnd, delimiter: delimiter) }
      end += 1
    }
    return CSVCell(trimming: position, end, next: end)
  }

  /// The cells of a whole line, `nil` when a quoted cell does not end properly.
  static func split(_ line: [UInt8], delimiter: UInt8) -> [String]? {
    // The pointers must find a line end behind the text, as in a reader's buffer.
    (line + [UInt8(ascii: "\n")]).withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return [] }
      let lineEnd = base + line.count
      var cells: [String] = []
      var position = base
      while true {
        guard let cell = find(position, lineEnd: lineEnd, delimiter: delimiter) else { return nil }
        cells.append(cell.text)
        if cell.next == lineEnd { return cells }
        position = cell.next + 1
      }
    }
  }

  private init(trimming start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>, next: UnsafePointer<UInt8>) {
    var start = start
    var end = end
    while start < end, start.pointee == UInt8(ascii: " ") { start += 1 }
    while end > start, end[-1] == UInt8(ascii: " ") { end -= 1 }
    self.start = start
    self.end = end
    self.next = next
  }

  @inline(never)
  private static func findQuoted(
    _ position: UnsafePointer<UInt8>, lineEnd: UnsafePointer<UInt8>, delimiter: UInt8
  ) -> CSVCell? {
    var start = position
    while start.pointee == UInt8(ascii: " ") { start += 1 }
    // A quote inside an unquoted text (5" screen) is text, as everywhere.
    if start.pointee != UInt8(ascii: "\"") {
      var end = start
      while end < lineEnd, end.pointee != delimiter { end += 1 }
      return CSVCell(trimming: start, end, next: end)
    }
    start += 1
    var end = start
    while end < lineEnd {
      if end.pointee == UInt8(ascii: "\"") {
        // A doubled quote stands for one; prices and dates have none, so it stays doubled in the text.
        if end + 1 < lineEnd, end[1] == UInt8(ascii: "\"") { end += 1 } else { break }
      }
      end += 1
    }
    if end >= lineEnd { return nil }
    var next = end + 1
    while next < lineEnd, next.pointee == UInt8(ascii: " ") { next += 1 }
    if next < lineEnd, next.pointee != delimiter { return nil }
    return CSVCell(trimming: start, end, next: next)
  }
}
