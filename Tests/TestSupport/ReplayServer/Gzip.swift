/// Writes gzip without a library: stored blocks for text, one long repetition for a bomb (RFC 1951, RFC 1952).
package enum Gzip {
  /// The bytes in stored blocks, so as long as before and a little longer.
  package static func stored(_ bytes: [UInt8]) -> [UInt8] {
    var result = header
    var rest = bytes[...]
    repeat {
      let block = rest.prefix(65_535)
      rest = rest.dropFirst(block.count)
      let count = UInt16(block.count)
      result.append(rest.isEmpty ? 1 : 0)
      result += [UInt8(count & 255), UInt8(count >> 8), UInt8(~count & 255), UInt8(~count >> 8)]
      result += block
    } while !rest.isEmpty
    return result + word(checksum(bytes)) + word(UInt32(truncatingIfNeeded: bytes.count))
  }

  /// A few hundred thousand bytes that unpack to `mebibytes` of spaces; its check sum is wrong, which a reader that
  /// holds the limit never gets to see.
  package static func bomb(mebibytes: Int) -> [UInt8] {
    var bits = BitWriter(bytes: header)
    bits.write(1, 1)  // last block
    bits.write(1, 2)  // fixed Huffman codes
    bits.writeCode(0x30 + 32, 8)  // the literal for a space
    for _ in 0..<(mebibytes << 20) / 258 {
      bits.writeCode(0b1100_0101, 8)  // length 258
      bits.writeCode(0, 5)  // distance 1
    }
    bits.writeCode(0, 7)  // end of block
    return bits.flushed() + word(0) + word(UInt32(mebibytes << 20))
  }

  private static let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]

  private static func word(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum: UInt32 = .max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum >> 1 ^ (sum & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~sum
  }

  private struct BitWriter {
    var bytes: [UInt8]
    private var pending: UInt32 = 0
    private var count = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func write(_ value: UInt32, _ size: Int) {
      pending |= value << count
      count += size
      while count >= 8 {
        bytes.append(UInt8(truncatingIfNeeded: pending))
        pending >>= 8
        count -= 8
      }
    }

    /// Huffman codes go in from their highest bit.
    mutating func writeCode(_ code: UInt32, _ size: Int) {
      for bit in (0..<size).reversed() { write(code >> bit & 1, 1) }
    }

    func flushed() -> [UInt8] { count > 0 ? bytes + [UInt8(truncatingIfNeeded: pending)] : bytes }
  }
}
