extension JSONSource {
  /// Passes a string whose opening quotation mark is at `place`, checking every byte.
  @inline(__always)
  func passString(_ place: inout UnsafePointer<UInt8>) throws(JSONScanError) -> JSONStringView {
    let first = place + 1
    let stop = JSONText.endOfPlainASCII(from: first, to: end)
    if stop < end, stop.pointee == 0x22 {
      place = stop + 1
      return JSONStringView(start: first, count: stop - first, hasEscapes: false)
    }
    let view = try unusualString(from: first, at: stop)
    place = first + view.count + 1
    return view
  }

  /// Goes on where a string has its first escape, multi-byte character or error.
  @inline(never)
  private func unusualString(
    from first: UnsafePointer<UInt8>, at stop: UnsafePointer<UInt8>
  ) throws(JSONScanError) -> JSONStringView {
    var hasEscapes = false
    var place = stop
    while place < end {
      switch place.pointee {
      case 0x22:
        return JSONStringView(start: first, count: place - first, hasEscapes: hasEscapes)
      case 0x5C:
        hasEscapes = true
        place = try endOfEscape(at: place)
      case 0x00..<0x20:
        throw error(.controlCharacter, at: place)
      case 0x80...0xFF:
        let length = JSONText.lengthOfMultibyte(at: place, to: end)
        if length == 0 { throw error(.malformedUTF8, at: place) }
        place += length
      default:
        place = JSONText.endOfPlainASCII(from: place, to: end)
      }
    }
    throw endsEarly()
  }

  private func endOfEscape(at backslash: UnsafePointer<UInt8>) throws(JSONScanError) -> UnsafePointer<UInt8> {
    guard end - backslash >= 2 else { throw endsEarly() }
    switch backslash[1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      return backslash + 2
    case UInt8(ascii: "u"):
      let code = try codeUnit(at: backslash)
      if code & 0xF800 != 0xD800 { return backslash + 6 }
      let other = backslash + 6
      guard code < 0xDC00 else { throw error(.loneSurrogate, at: backslash) }
      if other == end || end - other == 1 && other.pointee == 0x5C { throw endsEarly() }
      guard other.pointee == 0x5C, other[1] == UInt8(ascii: "u"), try codeUnit(at: other) & 0xFC00 == 0xDC00 else {
        throw error(.loneSurrogate, at: backslash)
      }
      return other + 6
    default:
      throw error(.malformedEscape, at: backslash)
    }
  }

  /// The UTF-16 code unit of the escape `\uXXXX` at `backslash`.
  private func codeUnit(at backslash: UnsafePointer<UInt8>) throws(JSONScanError) -> UInt32 {
    var value: UInt32 = 0
    for index in 2..<6 {
      guard backslash + index < end else { throw endsEarly() }
      guard let digit = JSONText.hexadecimalDigit(backslash[index]) else {
        throw error(.malformedEscape, at: backslash)
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }
}

extension JSONText {
  /// The value of a hexadecimal digit in either case.
  static func hexadecimalDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
