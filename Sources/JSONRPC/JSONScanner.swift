/// Reads one JSON text value by value, in the order in which it was written, without building a tree.
///
/// Strict RFC 8259: no comments, trailing commas, leading zeros or NaN; strings must be valid UTF-8 and their escapes whole
/// code points; numbers must fit a double. Depth is limited to ``JSONLimits/maximumDepth``. Every byte that is passed, skipped
/// ones too, has been checked.
///
///     var scanner = try JSONScanner(line)
///     try scanner.beginObject()
///     while try scanner.nextKey() {
///       if scanner.key == "quantity" { quantity = try scanner.readDouble() } else { try scanner.skipValue() }
///     }
///     try scanner.finish()
///
/// After ``nextKey()`` or ``nextElement()`` has returned true exactly one value must be read or skipped. When a key occurs
/// twice the scanner reports it twice, so assigning as above lets the last one win, as in Python, JavaScript and
/// Foundation; ``JSONValue`` does the same.
///
/// The scanner does not own the bytes: they must stay in place while it, or a ``JSONStringView`` from it, is used.
@frozen
public struct JSONScanner {
  @usableFromInline let start: UnsafePointer<UInt8>
  @usableFromInline let end: UnsafePointer<UInt8>
  @usableFromInline var next: UnsafePointer<UInt8>
  @usableFromInline var depth = 0
  /// Whether the bracket just opened has had no member yet.
  @usableFromInline var isFirst = false

  /// The key found by the last ``nextKey()``; empty before.
  public internal(set) var key: JSONStringView

  /// Starts at the first byte of one message.
  ///
  /// - Throws: ``JSONScanError`` when there are no bytes, more than `maximumBytes`, or a byte order mark.
  public init(
    _ bytes: UnsafeBufferPointer<UInt8>, maximumBytes: Int = JSONLimits.maximumMessageBytes
  ) throws(JSONScanError) {
    guard let start = bytes.baseAddress, !bytes.isEmpty else { throw JSONScanError(kind: .empty, offset: 0) }
    if bytes.count > maximumBytes {
      throw JSONScanError(kind: .tooLarge(limit: maximumBytes), offset: maximumBytes)
    }
    if bytes.count >= 3, start[0] == 0xEF, start[1] == 0xBB, start[2] == 0xBF {
      throw JSONScanError(kind: .byteOrderMark, offset: 0, found: 0xEF)
    }
    self.start = start
    end = start + bytes.count
    next = start
    key = JSONStringView(start: start, count: 0, hasEscapes: false)
  }

  /// The number of bytes passed so far.
  @inlinable
  public var offset: Int { next - start }

  // MARK: Structure

  /// Looks at the next value's type without passing it.
  /// - Throws: ``JSONScanError`` when no value starts here.
  public mutating func peekKind() throws(JSONScanError) -> JSONKind {
    skipSpace()
    guard next < end else { throw endsEarly() }
    switch next.pointee {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): return .bool
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      if startsNonFinite() { throw error(.nonFiniteLiteral) }
      return .number
    default: throw error(startsNonFinite() ? .nonFiniteLiteral : .expectedValue)
    }
  }

  /// Passes the `{` of an object.
  public mutating func beginObject() throws(JSONScanError) {
    try open(UInt8(ascii: "{"), .object)
  }

  /// Passes the `[` of an array.
  public mutating func beginArray() throws(JSONScanError) {
    try open(UInt8(ascii: "["), .array)
  }

  /// Passes the next key of an object and its colon; ``key`` then holds it.
  /// - Returns: false when the object ended instead; its `}` has then been passed.
  public mutating func nextKey() throws(JSONScanError) -> Bool {
    skipSpace()
    guard next < end else { throw endsEarly() }
    if next.pointee == UInt8(ascii: "}") {
      next += 1
      close()
      return false
    }
    if isFirst {
      isFirst = false
    } else {
      guard next.pointee == UInt8(ascii: ",") else { throw error(.expectedCommaOrBrace) }
      next += 1
      skipSpace()
      guard next < end else { throw endsEarly() }
    }
    guard next.pointee == UInt8(ascii: "\"") else { throw error(.expectedKey) }
    key = try passString()
    skipSpace()
    guard next < end else { throw endsEarly() }
    guard next.pointee == UInt8(ascii: ":") else { throw error(.expectedColon) }
    next += 1
    return true
  }

  /// Moves to the next element of an array.
  /// - Returns: false when the array ended instead; its `]` has then been passed.
  public mutating func nextElement() throws(JSONScanError) -> Bool {
    skipSpace()
    guard next < end else { throw endsEarly() }
    if isFirst {
      isFirst = false
      if next.pointee != UInt8(ascii: "]") { return true }
    } else if next.pointee == UInt8(ascii: ",") {
      next += 1
      skipSpace()
      guard next < end else { throw endsEarly() }
      if next.pointee == UInt8(ascii: "]") { throw error(.expectedValue) }
      return true
    } else if next.pointee != UInt8(ascii: "]") {
      throw error(.expectedCommaOrBracket)
    }
    next += 1
    close()
    return false
  }

  /// Checks that nothing but white space is left.
  public mutating func finish() throws(JSONScanError) {
    skipSpace()
    if depth > 0 { throw endsEarly() }
    if next < end { throw error(.trailingText) }
  }

  // MARK: Inside

  @inline(__always)
  mutating func skipSpace() {
    while next < end, next.pointee <= 0x20 {
      switch next.pointee {
      case 0x20, 0x0A, 0x0D, 0x09: next += 1
      default: return
      }
    }
  }

  private mutating func open(_ bracket: UInt8, _ kind: JSONKind) throws(JSONScanError) {
    skipSpace()
    guard next < end else { throw endsEarly() }
    guard next.pointee == bracket else { throw try wrongType(kind) }
    if depth == JSONLimits.maximumDepth { throw error(.tooDeep) }
    next += 1
    depth += 1
    isFirst = true
  }

  @inline(__always)
  private mutating func close() {
    depth -= 1
    isFirst = false
  }

  /// The error for a value of another type than wanted, or for no value at all.
  @inline(never)
  mutating func wrongType(_ wanted: JSONKind) throws(JSONScanError) -> JSONScanError {
    _ = try peekKind()
    return error(.expectedType(wanted))
  }

  @inline(never)
  func error(_ kind: JSONScanError.Kind) -> JSONScanError {
    error(kind, at: next)
  }

  @inline(never)
  func error(_ kind: JSONScanError.Kind, at place: UnsafePointer<UInt8>) -> JSONScanError {
    JSONScanError(kind: kind, offset: place - start, found: place < end ? place.pointee : nil)
  }

  @inline(never)
  func endsEarly() -> JSONScanError {
    // White space alone is an empty message.
    var place = start
    while place < end, place.pointee == 0x20 || (0x09...0x0D).contains(place.pointee) { place += 1 }
    return JSONScanError(kind: place == end ? .empty : .endsEarly, offset: end - start)
  }

  /// Whether `NaN`, `Infinity` or `-Infinity` (as Python writes them) starts here.
  private func startsNonFinite() -> Bool {
    var place = next
    if place < end, place.pointee == UInt8(ascii: "-") { place += 1 }
    guard place < end else { return false }
    return place.pointee == UInt8(ascii: "N") || place.pointee == UInt8(ascii: "I")
  }
}
