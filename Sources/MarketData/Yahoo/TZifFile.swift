/// A compiled time-zone file as RFC 8536 defines it: offsets between transitions, and a rule for after the last.
struct TZifFile: Sendable, Equatable {
  /// Times of change, epoch seconds, increasing.
  let transitions: [Int64]
  /// Seconds east of UTC from each transition on, one per transition.
  let offsets: [Int]
  /// Seconds east of UTC before the first transition.
  let firstOffset: Int
  /// The rule behind the last transition; `nil` when the file has none.
  let rule: POSIXTimeZoneRule?

  /// Reads a file's bytes; `nil` when they are not a sound time-zone file.
  init?(_ bytes: [UInt8]) {
    guard let first = Header(bytes, at: 0) else { return nil }
    if first.version == 0 {
      self.init(bytes, first, wordSize: 4, footer: nil)
      return
    }
    // Version 2 and later: the same again with 64-bit times, then the rule between two line feeds.
    guard let second = Header(bytes, at: first.end(wordSize: 4)) else { return nil }
    let end = second.end(wordSize: 8)
    var footer: String?
    if end < bytes.count, bytes[end] == 10, let close = bytes[(end + 1)...].firstIndex(of: 10) {
      footer = String(decoding: bytes[(end + 1)..<close], as: UTF8.self)
    }
    self.init(bytes, second, wordSize: 8, footer: footer)
  }

  private init?(_ bytes: [UInt8], _ header: Header, wordSize: Int, footer: String?) {
    let kindsAt = header.start + header.times * wordSize
    let typesAt = kindsAt + header.times
    guard header.types > 0, header.end(wordSize: wordSize) <= bytes.count else { return nil }
    let types = (0..<header.types).map { type in
      Int(Int32(truncatingIfNeeded: Self.integer(bytes, typesAt + type * 6, 4)))
    }
    guard types.allSatisfy({ abs($0) < 200_000 }) else { return nil }
    let times = (0..<header.times).map { Self.integer(bytes, header.start + $0 * wordSize, wordSize) }
    guard zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else { return nil }
    let kinds = (0..<header.times).map { Int(bytes[kindsAt + $0]) }
    guard kinds.allSatisfy({ $0 < types.count }) else { return nil }
    transitions = times
    offsets = kinds.map { types[$0] }
    firstOffset = types[0]
    rule = footer.flatMap { POSIXTimeZoneRule($0) }
  }

  /// Seconds east of UTC at an instant.
  func offset(at time: Int64) -> Int {
    guard let last = transitions.last else { return rule?.offset(at: time) ?? firstOffset }
    if time >= last { return rule?.offset(at: time) ?? offsets[offsets.count - 1] }
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? firstOffset : offsets[low - 1]
  }

  /// A signed big-endian integer; the caller has checked the length.
  private static func integer(_ bytes: [UInt8], _ start: Int, _ size: Int) -> Int64 {
    var value: UInt64 = 0
    for byte in bytes[start..<start + size] { value = value << 8 | UInt64(byte) }
    return size == 4 ? Int64(Int32(truncatingIfNeeded: value)) : Int64(bitPattern: value)
  }

  private struct Header {
    let version: UInt8
    let start: Int
    let times: Int
    let types: Int
    private let tail: (leaps: Int, characters: Int, standards: Int, universals: Int)

    init?(_ bytes: [UInt8], at offset: Int) {
      guard offset >= 0, offset + 44 <= bytes.count, Array(bytes[offset..<offset + 4]) == Array("TZif".utf8) else {
        return nil
      }
      version = bytes[offset + 4]
      start = offset + 44
      let counts = (0..<6).map { TZifFile.integer(bytes, offset + 20 + $0 * 4, 4) }
      guard counts.allSatisfy({ (0...100_000).contains($0) }) else { return nil }
      tail = (Int(counts[2]), Int(counts[5]), Int(counts[1]), Int(counts[0]))
      times = Int(counts[3])
      types = Int(counts[4])
    }

    func end(wordSize: Int) -> Int {
      start + times * (wordSize + 1) + types * 6 + tail.characters + tail.leaps * (wordSize + 4) + tail.standards
        + tail.universals
    }
  }
}
