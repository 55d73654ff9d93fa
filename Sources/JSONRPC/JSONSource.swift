/// The bytes of one text, and the steps over them that need no other state.
///
/// Each step takes the place to start from and moves it behind what it passed.
@frozen
@usableFromInline
struct JSONSource {
  @usableFromInline let start: UnsafePointer<UInt8>
  @usableFromInline let end: UnsafePointer<UInt8>

  init(start: UnsafePointer<UInt8>, end: UnsafePointer<UInt8>) {
    self.start = start
    self.end = end
  }

  @inline(__always)
  func skipSpace(_ place: inout UnsafePointer<UInt8>) {
    while place < end, place.pointee <= 0x20 {
      switch place.pointee {
      case 0x20, 0x0A, 0x0D, 0x09: place += 1
      default: return
      }
    }
  }

  /// The type of the value that starts at `place`.
  @inline(__always)
  func kind(at place: UnsafePointer<UInt8>) throws(JSONScanError) -> JSONKind {
    guard place < end else { throw endsEarly() }
    switch place.pointee {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    case UInt8(ascii: "-") where !isNonFinite(at: place): return .number
    default: throw error(isNonFinite(at: place) ? .nonFiniteLiteral : .expectedValue, at: place)
    }
  }

  /// Passes a key, which must be next, and its colon.
  @inline(__always)
  func passKey(_ place: inout UnsafePointer<UInt8>) throws(JSONScanError) -> JSONStringView {
    guard place < end else { throw endsEarly() }
    guard place.pointee == UInt8(ascii: "\"") else { throw error(.expectedKey, at: place) }
    let name = try passString(&place)
    skipSpace(&place)
    guard place < end else { throw endsEarly() }
    guard place.pointee == UInt8(ascii: ":") else { throw error(.expectedColon, at: place) }
    place += 1
    return name
  }

  /// Passes `true`, `false` or `null`.
  func passWord(_ word: StaticString, _ place: inout UnsafePointer<UInt8>) throws(JSONScanError) {
    let count = word.utf8CodeUnitCount
    for index in 0..<count {
      guard place + index < end else { throw endsEarly() }
      if place[index] != word.utf8Start[index] { throw error(.expectedValue, at: place) }
    }
    place += count
  }

  // MARK: Errors

  @inline(never)
  func error(_ kind: JSONScanError.Kind, at place: UnsafePointer<UInt8>) -> JSONScanError {
    JSONScanError(kind: kind, offset: place - start, found: place < end ? place.pointee : nil)
  }

  @inline(never)
  func endsEarly() -> JSONScanError {
    // White space alone is an empty message.
    var place = start
    skipSpace(&place)
    return JSONScanError(kind: place == end ? .empty : .endsEarly, offset: end - start)
  }

  /// The error for a value of another type than wanted, or for no value at all.
  @inline(never)
  func wrongType(_ wanted: JSONKind, at place: UnsafePointer<UInt8>) throws(JSONScanError) -> JSONScanError {
    _ = try kind(at: place)
    return error(.expectedType(wanted), at: place)
  }

  /// Whether `NaN`, `Infinity` or `-Infinity` (as Python writes them) starts here.
  private func isNonFinite(at place: UnsafePointer<UInt8>) -> Bool {
    let letter = place.pointee == UInt8(ascii: "-") ? place + 1 : place
    return letter < end && (letter.pointee == UInt8(ascii: "N") || letter.pointee == UInt8(ascii: "I"))
  }
}
