import CSHA256

/// The SHA-256 of a stream of bytes (FIPS 180-4), for telling contents apart; not for secrets.
///
/// An own hundred lines instead of swift-crypto, because building that took longer on two cores than everything else here
/// together, and nothing else of it is wanted.
public struct SHA256: Sendable {
  private var state: (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) = (
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19
  )
  private var pending: [UInt8] = []
  private var length: UInt64 = 0

  /// Starts with no bytes.
  public init() { pending.reserveCapacity(128) }

  /// Adds bytes.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    length &+= UInt64(bytes.count)
    var rest = bytes
    if !pending.isEmpty {
      let taken = min(64 - pending.count, rest.count)
      pending.append(contentsOf: rest.prefix(taken))
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(taken))
      if pending.count < 64 { return }
      pending.withUnsafeBytes { Self.work(&state, $0) }
      pending.removeAll(keepingCapacity: true)
    }
    let whole = rest.count / 64 * 64
    if whole > 0 { Self.work(&state, UnsafeRawBufferPointer(rebasing: rest[..<whole])) }
    pending.append(contentsOf: rest.dropFirst(whole))
  }

  /// Adds bytes.
  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

  /// The digest in 64 hexadecimal digits.
  public consuming func finalize() -> String {
    let bits = length &* 8
    var padding: [UInt8] = [0x80]
    let used = (pending.count + 1 + 8) % 64
    padding += [UInt8](repeating: 0, count: used == 0 ? 0 : 64 - used)
    for shift in stride(from: 56, through: 0, by: -8) {
      padding.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    update(padding)
    let digits = Array("0123456789abcdef".utf8)
    var text: [UInt8] = []
    for word in [state.0, state.1, state.2, state.3, state.4, state.5, state.6, state.7] {
      for shift in stride(from: 28, through: 0, by: -4) { text.append(digits[Int(word >> UInt32(shift) & 15)]) }
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The digest of bytes in 64 hexadecimal digits.
  public static func hash(_ bytes: [UInt8]) -> String {
    var digest = SHA256()
    digest.update(bytes)
    return digest.finalize()
  }

  private static func work(
    _ state: inout (UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32), _ blocks: UnsafeRawBufferPointer
  ) {
    withUnsafeMutableBytes(of: &state) { words in
      guard let words = words.assumingMemoryBound(to: UInt32.self).baseAddress,
        let start = blocks.assumingMemoryBound(to: UInt8.self).baseAddress
      else { return }
      csha256_blocks(words, start, blocks.count / 64)
    }
  }
}
