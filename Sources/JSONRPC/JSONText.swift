/// Byte-level facts about JSON text, shared by reader and writer.
@usableFromInline
enum JSONText {
  /// Finds the first byte that may not stand in a string as it is (quotation mark, backslash, control character).
  ///
  /// Bytes above 0x7F pass: the text is known to be valid UTF-8.
  static func endOfUnescaped(from first: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var next = first
    while end - next >= 8 {
      let word = load(next)
      // Bytes with the high bit are masked out, as the comparisons below only hold for ASCII.
      let marks = special(word) & ~word & highBits
      if marks != 0 { return next + marks.trailingZeroBitCount / 8 }
      next += 8
    }
    while next < end, next.pointee >= 0x20, next.pointee != 0x22, next.pointee != 0x5C { next += 1 }
    return next
  }

  /// Finds the first byte that ends a run of plain ASCII inside a string: a quotation mark, a backslash, a control
  /// character or a byte above 0x7F.
  @inlinable
  @inline(__always)
  static func endOfPlainASCII(from first: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var next = first
    while end - next >= 8 {
      let word = load(next)
      let marks = (special(word) | word) & highBits
      if marks != 0 { return next + marks.trailingZeroBitCount / 8 }
      next += 8
    }
    while next < end, next.pointee >= 0x20, next.pointee < 0x80, next.pointee != 0x22, next.pointee != 0x5C {
      next += 1
    }
    return next
  }

  /// The length of the UTF-8 sequence of two to four bytes at `first`, or 0 if it is not valid.
  ///
  /// Follows table 3-7 of the Unicode standard, which leaves out overlong forms, surrogates and what lies above
  /// U+10FFFF.
  static func lengthOfMultibyte(at first: UnsafePointer<UInt8>, to end: UnsafePointer<UInt8>) -> Int {
    let left = end - first
    func isTail(_ index: Int) -> Bool { first[index] & 0xC0 == 0x80 }
    switch first.pointee {
    case 0xC2...0xDF:
      return left >= 2 && isTail(1) ? 2 : 0
    case 0xE0...0xEF:
      guard left >= 3, isTail(1), isTail(2) else { return 0 }
      if first.pointee == 0xE0 && first[1] < 0xA0 { return 0 }
      if first.pointee == 0xED && first[1] > 0x9F { return 0 }
      return 3
    case 0xF0...0xF4:
      guard left >= 4, isTail(1), isTail(2), isTail(3) else { return 0 }
      if first.pointee == 0xF0 && first[1] < 0x90 { return 0 }
      if first.pointee == 0xF4 && first[1] > 0x8F { return 0 }
      return 4
    default:
      return 0
    }
  }

  @inlinable
  static var highBits: UInt64 { 0x8080_8080_8080_8080 }

  /// Eight bytes, the first of them lowest, so that trailing zero bits count bytes from the front.
  @inlinable
  @inline(__always)
  static func load(_ pointer: UnsafePointer<UInt8>) -> UInt64 {
    UInt64(littleEndian: UnsafeRawPointer(pointer).loadUnaligned(as: UInt64.self))
  }

  /// Sets the high bit of each byte that is a quotation mark, a backslash or a control character.
  ///
  /// Subtraction borrows, so bits above the lowest set one may be wrong, and bytes above 0x7F may be marked too.
  @inlinable
  @inline(__always)
  static func special(_ word: UInt64) -> UInt64 {
    let ones: UInt64 = 0x0101_0101_0101_0101
    let quotes = (word ^ (ones &* 0x22)) &- ones
    let backslashes = (word ^ (ones &* 0x5C)) &- ones
    let controls = word &- (ones &* 0x20)
    return quotes | backslashes | controls
  }
}
