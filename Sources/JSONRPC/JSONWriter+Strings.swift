extension JSONWriter {
  /// Writes a string with its quotation marks. Room for both marks need not have been reserved.
  @usableFromInline
  mutating func appendQuoted(_ text: String) {
    var text = text
    // Contiguous for every native string; a bridged one is copied first.
    text.withUTF8 { appendQuoted(utf8: $0) }
  }

  /// Writes the bytes of a valid UTF-8 text with quotation marks and escapes.
  private mutating func appendQuoted(utf8 text: UnsafeBufferPointer<UInt8>) {
    reserve(text.count + 2)
    start[used] = 0x22
    used += 1
    if let first = text.baseAddress {
      let end = first + text.count
      var clean = first
      var next = first
      while true {
        next = JSONText.endOfUnescaped(from: next, to: end)
        let run = next - clean
        reserve(run + 8)
        (start + used).update(from: clean, count: run)
        used += run
        if next == end { break }
        appendEscape(next.pointee)
        next += 1
        clean = next
      }
    }
    reserve(1)
    start[used] = 0x22
    used += 1
  }

  /// Writes the escape of a quotation mark, backslash or control character; at least 6 bytes are reserved.
  private mutating func appendEscape(_ byte: UInt8) {
    start[used] = 0x5C
    switch byte {
    case 0x08: start[used + 1] = UInt8(ascii: "b")
    case 0x09: start[used + 1] = UInt8(ascii: "t")
    case 0x0A: start[used + 1] = UInt8(ascii: "n")
    case 0x0C: start[used + 1] = UInt8(ascii: "f")
    case 0x0D: start[used + 1] = UInt8(ascii: "r")
    case 0x22, 0x5C: start[used + 1] = byte
    default:
      start[used + 1] = UInt8(ascii: "u")
      start[used + 2] = UInt8(ascii: "0")
      start[used + 3] = UInt8(ascii: "0")
      start[used + 4] = UInt8(ascii: "0") + (byte >> 4)
      let low = byte & 15
      start[used + 5] = low < 10 ? UInt8(ascii: "0") + low : UInt8(ascii: "a") + (low - 10)
      used += 6
      return
    }
    used += 2
  }
}
