/// The last messages exchanged, kept in a bounded number of bytes for the report of a crash.
///
/// Two buffers take turns, so that noting a message on the hot path is one copy.
struct MessageRing {
  private static let limit = 64 * 1024
  private static let longest = 2000
  private static let most = 200

  private var older: [UInt8] = []
  private var newer: [UInt8] = []

  init() {
    older.reserveCapacity(Self.limit + Self.longest)
    newer.reserveCapacity(Self.limit + Self.longest)
  }

  /// Notes a line; `direction` is `>` for sent, `<` for received.
  mutating func note(_ direction: Unicode.Scalar, _ line: UnsafeBufferPointer<UInt8>) {
    if newer.count > Self.limit {
      swap(&older, &newer)
      newer.removeAll(keepingCapacity: true)
    }
    newer.append(UInt8(truncatingIfNeeded: direction.value))
    newer.append(0x20)
    newer.append(contentsOf: UnsafeBufferPointer(rebasing: line.prefix(Self.longest)))
    if newer.last != 0x0A { newer.append(0x0A) }
  }

  /// The lines, oldest first.
  var lines: [String] {
    (older + newer).split(separator: 0x0A).suffix(Self.most).map { String(decoding: $0, as: UTF8.self) }
  }
}
