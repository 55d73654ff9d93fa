/// What a strategy writes to standard error: the end of it kept, whole lines handed on.
struct StandardErrorLog {
  private static let limit = 64 * 1024
  private static let longestLine = 8 * 1024
  private static let linesPerSecond = 1000

  private var kept: [UInt8] = []
  private var partial: [UInt8] = []
  private var window: (second: Int64, lines: Int) = (0, 0)

  /// Takes bytes as they come.
  ///
  /// - Parameters:
  ///   - second: The present second of a clock, for the limit of lines a second.
  ///   - deliver: Called with each whole line; more than a thousand a second are left out.
  mutating func append(_ bytes: UnsafeRawBufferPointer, second: Int64, deliver: (String) -> Void) {
    kept.append(contentsOf: bytes)
    if kept.count > 2 * Self.limit { kept.removeFirst(kept.count - Self.limit) }
    for piece in bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
      if piece.offset > 0 { finishLine(second, deliver) }
      if partial.count < Self.longestLine {
        partial.append(contentsOf: piece.element.prefix(Self.longestLine - partial.count))
      }
    }
  }

  private mutating func finishLine(_ second: Int64, _ deliver: (String) -> Void) {
    if second != window.second { window = (second, 0) }
    window.lines += 1
    if window.lines <= Self.linesPerSecond { deliver(String(decoding: partial, as: UTF8.self)) }
    if window.lines == Self.linesPerSecond {
      deliver("(more than \(Self.linesPerSecond) lines a second; the rest is left out)")
    }
    partial.removeAll(keepingCapacity: true)
  }

  /// The last 64 KiB.
  var tail: String { String(decoding: kept.suffix(Self.limit), as: UTF8.self) }
}
