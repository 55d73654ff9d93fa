#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a strategy writes to standard error: the end of it kept, whole lines handed on.
struct StandardErrorLog {
  private static let limit = 64 * 1024

  private var kept: [UInt8] = []
  private var partial: [UInt8] = []
  private var throttle = LogThrottle()

  /// Takes bytes as they come.
  ///
  /// - Parameters:
  ///   - second: The present second of a clock, for the limit of lines a second.
  ///   - deliver: Called with each whole line; more than a thousand a second are left out.
  mutating func append(_ bytes: UnsafeRawBufferPointer, second: Int64, deliver: (String) -> Void) {
    keep(bytes)
    guard let start = bytes.baseAddress else { return }
    let end = start + bytes.count
    var place = start
    while place < end {
      // A flood is passed over in one step: only the line it ends with may be wanted later.
      let rest = UnsafeRawBufferPointer(start: place, count: end - place)
      if throttle.isSilent(in: second), let last = rest.lastIndex(of: 0x0A) {
        partial.removeAll(keepingCapacity: true)
        place += last + 1
        continue
      }
      let feed = memchr(place, 0x0A, end - place).map { UnsafeRawPointer($0) }
      add(UnsafeRawBufferPointer(start: place, count: (feed ?? end) - place))
      guard let feed else { return }
      finishLine(second, deliver)
      place = feed + 1
    }
  }

  private mutating func keep(_ bytes: UnsafeRawBufferPointer) {
    if bytes.count >= Self.limit {
      kept.removeAll(keepingCapacity: true)
      kept.append(contentsOf: bytes.suffix(Self.limit))
    } else {
      kept.append(contentsOf: bytes)
      if kept.count > 4 * Self.limit { kept.removeFirst(kept.count - Self.limit) }
    }
  }

  private mutating func add(_ bytes: UnsafeRawBufferPointer) {
    let room = LogThrottle.longestLine - partial.count
    if room > 0 { partial.append(contentsOf: bytes.prefix(room)) }
  }

  private mutating func finishLine(_ second: Int64, _ deliver: (String) -> Void) {
    if throttle.admits(second) { deliver(String(decoding: partial, as: UTF8.self)) }
    if let note = throttle.note { deliver(note) }
    partial.removeAll(keepingCapacity: true)
  }

  /// The last 64 KiB.
  var tail: String { String(decoding: kept.suffix(Self.limit), as: UTF8.self) }
}
