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
  @usableFromInline let source: JSONSource
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
      throw JSONScanError(kind: .tooLarge(limit: maximumBytes), offset: maximumBytes, found: bytes[maximumBytes])
    }
    if bytes.count >= 3, start[0] == 0xEF, start[1] == 0xBB, start[2] == 0xBF {
      throw JSONScanError(kind: .byteOrderMark, offset: 0, found: 0xEF)
    }
    source = JSONSource(start: start, end: start + bytes.count)
    next = start
    key = JSONStringView(start: start, count: 0, hasEscapes: false)
  }

  /// The number of bytes passed so far.
  @inlinable
  public var offset: Int { next - source.start }

  // MARK: Structure

  /// Looks at the next value's type without passing it.
  /// - Throws: ``JSONScanError`` when no value starts here.
  public mutating func peekKind() throws(JSONScanError) -> JSONKind {
    source.skipSpace(&next)
    return try source.kind(at: next)
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
    // Local copies stay in registers, where the members would be stored at every step.
    let source = self.source
    var place = next
    source.skipSpace(&place)
    guard place < source.end else { throw source.endsEarly() }
    if place.pointee == UInt8(ascii: "}") {
      close(place)
      return false
    }
    if isFirst {
      isFirst = false
    } else {
      guard place.pointee == UInt8(ascii: ",") else { throw source.error(.expectedCommaOrBrace, at: place) }
      place += 1
      source.skipSpace(&place)
    }
    key = try source.passKey(&place)
    next = place
    return true
  }

  /// Moves to the next element of an array.
  /// - Returns: false when the array ended instead; its `]` has then been passed.
  public mutating func nextElement() throws(JSONScanError) -> Bool {
    let source = self.source
    var place = next
    source.skipSpace(&place)
    guard place < source.end else { throw source.endsEarly() }
    if place.pointee == UInt8(ascii: "]") {
      close(place)
      return false
    }
    if isFirst {
      isFirst = false
    } else {
      guard place.pointee == UInt8(ascii: ",") else { throw source.error(.expectedCommaOrBracket, at: place) }
      place += 1
      source.skipSpace(&place)
      // Left to the reading of the element, which would take the end of an array for one of the outer array.
      if place < source.end, place.pointee == UInt8(ascii: "]") { throw source.error(.expectedValue, at: place) }
    }
    next = place
    return true
  }

  /// Checks that nothing but white space is left.
  public mutating func finish() throws(JSONScanError) {
    source.skipSpace(&next)
    if depth > 0 { throw source.endsEarly() }
    if next < source.end { throw source.error(.trailingText, at: next) }
  }

  // MARK: Inside

  private mutating func open(_ bracket: UInt8, _ kind: JSONKind) throws(JSONScanError) {
    let source = self.source
    var place = next
    source.skipSpace(&place)
    guard place < source.end, place.pointee == bracket else { throw try source.wrongType(kind, at: place) }
    if depth == JSONLimits.maximumDepth { throw source.error(.tooDeep, at: place) }
    next = place + 1
    depth += 1
    isFirst = true
  }

  /// Passes the closing bracket at `place`.
  @inline(__always)
  private mutating func close(_ place: UnsafePointer<UInt8>) {
    next = place + 1
    // A caller that reads past the end of its own object must not make the depth negative.
    depth = max(depth - 1, 0)
    isFirst = false
  }
}
