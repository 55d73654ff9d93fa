/// A series as bytes: 64-bit little-endian doubles, bit for bit.
enum Column {
  static func withBytes(of values: [Double], _ body: (UnsafeRawBufferPointer) -> Void) {
    #if _endian(big)
    values.map(\.bitPattern.littleEndian).withUnsafeBytes(body)
    #else
    values.withUnsafeBytes(body)
    #endif
  }

  /// The values; `nil` when the number of bytes is not a multiple of 8.
  static func values(_ bytes: UnsafeRawBufferPointer) -> [Double]? {
    guard bytes.count.isMultiple(of: 8) else { return nil }
    return (0..<bytes.count / 8).map { index in
      Double(bitPattern: UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self)))
    }
  }
}
