/// Base64 of RFC 4648 with padding, strict: no white space, no missing padding, no bits left over.
package enum Base64 {
  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// For each byte its six bits, or 0xFF.
  private static let values: [UInt8] = {
    var table = [UInt8](repeating: 0xFF, count: 256)
    for (index, letter) in alphabet.enumerated() { table[Int(letter)] = UInt8(index) }
    return table
  }()

  /// Number of bytes that a text of `count` characters ending in `padding` equals signs stands for; `nil` when no bytes
  /// do.
  package static func decodedLength(ofText count: Int, padding: Int) -> Int? {
    guard count % 4 == 0, padding <= 2, count > 0 || padding == 0 else { return nil }
    return count / 4 * 3 - padding
  }

  /// The text of some bytes.
  package static func encode(_ bytes: UnsafeRawBufferPointer) -> String {
    String(unsafeUninitializedCapacity: (bytes.count + 2) / 3 * 4) { text in
      alphabet.withUnsafeBufferPointer { letters in
        var out = 0
        func put(_ group: Int, padding: Int) {
          text[out] = letters[group >> 18]
          text[out + 1] = letters[group >> 12 & 63]
          text[out + 2] = padding > 1 ? 0x3D : letters[group >> 6 & 63]
          text[out + 3] = padding > 0 ? 0x3D : letters[group & 63]
          out += 4
        }
        var index = 0
        while index + 3 <= bytes.count {
          put(Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2]), padding: 0)
          index += 3
        }
        switch bytes.count - index {
        case 1: put(Int(bytes[index]) << 16, padding: 2)
        case 2: put(Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8, padding: 1)
        default: break
        }
        return out
      }
    }
  }

  /// The bytes of a text; `nil` when it is not strict base64.
  package static func decode(_ text: String) -> [UInt8]? {
    var text = text
    return text.withUTF8 { text -> [UInt8]? in
      let padding = text.count >= 2 ? (text[text.count - 1] == 0x3D ? (text[text.count - 2] == 0x3D ? 2 : 1) : 0) : 0
      guard let length = decodedLength(ofText: text.count, padding: padding) else { return nil }
      var bytes: [UInt8] = []
      bytes.reserveCapacity(length)
      var index = 0
      while index < text.count {
        let isLast = index + 4 == text.count
        let letters = isLast ? 4 - padding : 4
        var group = 0
        for position in 0..<4 {
          let value = position < letters ? values[Int(text[index + position])] : 0
          if value == 0xFF { return nil }
          group = group << 6 | Int(value)
        }
        if isLast, padding > 0, group & (padding == 1 ? 0xFF : 0xFFFF) != 0 { return nil }
        bytes.append(UInt8(truncatingIfNeeded: group >> 16))
        if letters > 2 { bytes.append(UInt8(truncatingIfNeeded: group >> 8)) }
        if letters > 3 { bytes.append(UInt8(truncatingIfNeeded: group)) }
        index += 4
      }
      return bytes
    }
  }
}
