#if canImport(Darwin)
public import Darwin
#else
public import Glibc
#endif

/// A string as it stands in the scanned bytes, checked but not yet copied.
///
/// Comparing it allocates nothing. It is valid as long as the bytes that were scanned.
@frozen
public struct JSONStringView {
  @usableFromInline let start: UnsafePointer<UInt8>
  @usableFromInline let count: Int
  @usableFromInline let hasEscapes: Bool

  @usableFromInline
  init(start: UnsafePointer<UInt8>, count: Int, hasEscapes: Bool) {
    self.start = start
    self.count = count
    self.hasEscapes = hasEscapes
  }

  /// Whether the string, escapes resolved, equals one known when the program is built.
  @inlinable
  @inline(__always)
  public static func == (view: JSONStringView, text: StaticString) -> Bool {
    if view.hasEscapes { return view.equalsUnescaped(text.utf8Start, text.utf8CodeUnitCount) }
    return view.count == text.utf8CodeUnitCount && memcmp(view.start, text.utf8Start, view.count) == 0
  }

  /// Whether the string, escapes resolved, differs from one known when the program is built.
  @inlinable
  @inline(__always)
  public static func != (view: JSONStringView, text: StaticString) -> Bool {
    !(view == text)
  }

  /// Lets a view stand in a `switch` over known names.
  @inlinable
  @inline(__always)
  public static func ~= (text: StaticString, view: JSONStringView) -> Bool {
    view == text
  }

  /// Whether the string, escapes resolved, has the same UTF-8 bytes as `text`.
  public func equals(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { equals($0) }
  }

  /// Whether the string, escapes resolved, has the given UTF-8 bytes.
  public func equals(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let other = utf8.baseAddress else { return count == 0 }
    if hasEscapes { return equalsUnescaped(other, utf8.count) }
    return count == utf8.count && memcmp(start, other, count) == 0
  }

  /// The string with its escapes resolved.
  public var string: String {
    if !hasEscapes { return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }
    // Every escape is longer than what it stands for.
    return String(unsafeUninitializedCapacity: count) { out in
      var length = 0
      forEachByte { byte in
        out[length] = byte
        length += 1
        return true
      }
      return length
    }
  }

  /// The bytes between the quotation marks, escapes not resolved.
  public var source: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: start, count: count) }

  @inline(never)
  @usableFromInline
  func equalsUnescaped(_ other: UnsafePointer<UInt8>, _ otherCount: Int) -> Bool {
    var position = 0
    var isEqual = true
    forEachByte { byte in
      isEqual = position < otherCount && other[position] == byte
      position += 1
      return isEqual
    }
    return isEqual && position == otherCount
  }

  /// Calls `body` with each UTF-8 byte, escapes resolved, until it returns false.
  private func forEachByte(_ body: (UInt8) -> Bool) {
    var next = start
    let end = start + count
    while next < end {
      let byte = next.pointee
      next += 1
      if byte != 0x5C {
        if !body(byte) { return }
        continue
      }
      let escape = next.pointee
      next += 1
      let plain: UInt8
      switch escape {
      case UInt8(ascii: "b"): plain = 0x08
      case UInt8(ascii: "f"): plain = 0x0C
      case UInt8(ascii: "n"): plain = 0x0A
      case UInt8(ascii: "r"): plain = 0x0D
      case UInt8(ascii: "t"): plain = 0x09
      case UInt8(ascii: "u"):
        var code = Self.hexadecimal(next)
        next += 4
        if code & 0xFC00 == 0xD800 {
          // The scanner has checked that the other half follows.
          code = 0x10000 + (code - 0xD800) << 10 + (Self.hexadecimal(next + 2) - 0xDC00)
          next += 6
        }
        guard let scalar = Unicode.Scalar(code) else { return }
        for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
          if !body(byte) { return }
        }
        continue
      default: plain = escape
      }
      if !body(plain) { return }
    }
  }

  /// The value of four hexadecimal digits that have been checked.
  private static func hexadecimal(_ digits: UnsafePointer<UInt8>) -> UInt32 {
    var value: UInt32 = 0
    for index in 0..<4 { value = value << 4 | UInt32(JSONText.hexadecimalDigit(digits[index]) ?? 0) }
    return value
  }
}
