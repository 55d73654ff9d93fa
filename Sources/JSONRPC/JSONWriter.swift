/// Writes JSON as UTF-8 into a buffer that is reused from message to message.
///
/// Commas and colons are put in by the writer. Nothing is allocated once the buffer has grown to the size of the largest
/// message. A failure (a NaN, nesting too deep, a value without its key) is remembered, and the bytes are then refused by
/// ``withMessage(_:)``, so a call that goes wrong needs no `try` of its own and cannot be overlooked:
///
///     writer.reset()
///     writer.beginObject()
///     writer.field("jsonrpc", "2.0")
///     writer.key("params")
///     writer.beginArray()
///     writer.value(101.25)
///     writer.endArray()
///     writer.endObject()
///     try writer.withLine { bytes in … }
///
/// The writer owns its memory, hence it can be moved but not copied. Keep it in a class or a local variable and pass it on
/// as `inout`.
@frozen
public struct JSONWriter: ~Copyable {
  /// What may come next.
  @frozen
  @usableFromInline
  enum Place: UInt8 {
    /// The first key or element after an opening bracket: no comma.
    case first
    /// A further key or element: a comma comes before it.
    case next
    /// The value after a key, or the one value of the message.
    case value
  }

  @usableFromInline var start: UnsafeMutablePointer<UInt8>
  @usableFromInline var capacity: Int
  @usableFromInline var used = 0
  /// Bytes handed out by ``drain(_:)`` since ``reset()``.
  @usableFromInline var drained = 0
  /// One bit per open bracket, the innermost lowest: 1 is an object. The message itself counts as an object waiting
  /// for a value, so that a second value is an error without another test.
  @usableFromInline var kinds: UInt64 = 1
  @usableFromInline var depth = 0
  @usableFromInline var place = Place.value

  @usableFromInline var firstFailure: JSONWriteError?

  /// Creates a writer whose buffer starts with room for `capacity` bytes and grows as needed.
  public init(capacity: Int = 1024) {
    self.capacity = max(capacity, 64)
    start = .allocate(capacity: self.capacity)
  }

  deinit {
    start.deallocate()
  }

  /// Forgets what was written, and any failure; keeps the buffer.
  @inlinable
  public mutating func reset() {
    used = 0
    drained = 0
    kinds = 1
    depth = 0
    place = .value
    firstFailure = nil
  }

  /// The number of bytes written since ``reset()``, those drained included.
  @inlinable
  public var count: Int { drained + used }

  /// The first failure since ``reset()``, if any.
  @inlinable
  public var failure: JSONWriteError? { firstFailure }

  // MARK: Structure

  /// Opens an object: `{`.
  @inlinable
  public mutating func beginObject() {
    begin(0x7B, 1)
  }

  /// Closes the innermost object: `}`.
  @inlinable
  public mutating func endObject() {
    end(0x7D, 1)
  }

  /// Opens an array: `[`.
  @inlinable
  public mutating func beginArray() {
    begin(0x5B, 0)
  }

  /// Closes the innermost array: `]`.
  @inlinable
  public mutating func endArray() {
    end(0x5D, 0)
  }

  /// Writes a key known when the program is built.
  ///
  /// It is copied as it stands: it must hold no quotation mark, backslash or control character.
  @inlinable
  @inline(__always)
  public mutating func key(_ name: StaticString) {
    let length = name.utf8CodeUnitCount
    prepareKey(length + 4)
    start[used] = 0x22
    (start + (used + 1)).update(from: name.utf8Start, count: length)
    start[used + length + 1] = 0x22
    start[used + length + 2] = 0x3A
    used += length + 3
    place = .value
  }

  /// Writes a key that is only known at run time, escaped as needed.
  public mutating func key(_ name: String) {
    prepareKey(4)
    appendQuoted(name)
    reserve(1)
    start[used] = 0x3A
    used += 1
    place = .value
  }

  // MARK: Scalars

  /// Writes `null`.
  @inlinable
  public mutating func null() {
    prepareValue(5)
    appendTrusted("null")
  }

  /// Writes `true` or `false`.
  @inlinable
  public mutating func value(_ value: Bool) {
    prepareValue(6)
    if value { appendTrusted("true") } else { appendTrusted("false") }
  }

  /// Writes an integer in decimal.
  public mutating func value(_ value: Int) {
    prepareValue(21)
    used += JSONNumberText.write(Int64(value), to: start + used)
  }

  /// Writes an integer in decimal.
  public mutating func value(_ value: Int64) {
    prepareValue(21)
    used += JSONNumberText.write(value, to: start + used)
  }

  /// Writes a number in the shortest form that reads back to the same double.
  ///
  /// Integral values have no fraction (100, not 100.0), except negative zero, which is `-0.0`. A NaN or an infinity is a
  /// failure.
  public mutating func value(_ value: Double) {
    prepareValue(JSONNumberText.maximumLength + 1)
    let length = JSONNumberText.write(value, to: start + used)
    if length == 0 { refuseNonFinite() }
    used += length
  }

  /// Writes a string, escaped as needed.
  public mutating func value(_ value: String) {
    prepareValue(4)
    appendQuoted(value)
  }

  /// Writes a string known when the program is built.
  ///
  /// It is copied as it stands: it must hold no quotation mark, backslash or control character.
  @inlinable
  @inline(__always)
  public mutating func value(_ value: StaticString) {
    let length = value.utf8CodeUnitCount
    prepareValue(length + 4)
    start[used] = 0x22
    (start + (used + 1)).update(from: value.utf8Start, count: length)
    start[used + length + 1] = 0x22
    used += length + 2
  }

  /// Writes a number, or `null` for a missing one.
  ///
  /// A NaN is still a failure: a caller who means "missing" has to say so.
  @inlinable
  public mutating func value(_ value: Double?) {
    if let value { self.value(value) } else { null() }
  }

  /// Writes a complete JSON value that is already text, such as one kept from another message.
  ///
  /// The bytes are trusted: they must be one valid value.
  public mutating func rawValue(_ json: UnsafeBufferPointer<UInt8>) {
    prepareValue(json.count + 1)
    append(json)
  }

  // MARK: Inside

  @inlinable
  @inline(__always)
  mutating func reserve(_ bytes: Int) {
    if capacity - used < bytes { grow(bytes) }
  }

  @inline(never)
  @usableFromInline
  mutating func grow(_ bytes: Int) {
    capacity = max(capacity * 2, used + bytes)
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
    larger.update(from: start, count: used)
    start.deallocate()
    start = larger
  }

  /// Makes room for a value of at most `bytes` bytes, its comma included, and writes that comma.
  @inlinable
  @inline(__always)
  mutating func prepareValue(_ bytes: Int) {
    reserve(bytes)
    if place == .next {
      start[used] = 0x2C
      used += 1
    }
    if (kinds & 1 == 1) != (place == .value) { fail(.misplaced) }
    place = .next
  }

  @inlinable
  @inline(__always)
  mutating func prepareKey(_ bytes: Int) {
    reserve(bytes)
    if place == .next {
      start[used] = 0x2C
      used += 1
    }
    if kinds & 1 == 0 || place == .value || depth == 0 { fail(.misplaced) }
  }

  @inlinable
  @inline(__always)
  mutating func begin(_ bracket: UInt8, _ kind: UInt64) {
    prepareValue(2)
    start[used] = bracket
    used += 1
    if depth == JSONLimits.maximumDepth { fail(.tooDeep) }
    depth += 1
    // Above 64 levels the outermost bit is lost; the failure just recorded covers that.
    kinds = kinds << 1 | kind
    place = .first
  }

  @inlinable
  @inline(__always)
  mutating func end(_ bracket: UInt8, _ kind: UInt64) {
    reserve(1)
    start[used] = bracket
    used += 1
    if depth == 0 || kinds & 1 != kind || place == .value {
      fail(.misplaced)
    } else {
      depth -= 1
      // At depth 0 the message itself is innermost again. Its own bit was shifted out by a 64th level.
      kinds = depth == 0 ? 1 : kinds >> 1
    }
    place = .next
  }

  @inlinable
  @inline(__always)
  mutating func appendTrusted(_ text: StaticString) {
    (start + used).update(from: text.utf8Start, count: text.utf8CodeUnitCount)
    used += text.utf8CodeUnitCount
  }

  mutating func append(_ bytes: UnsafeBufferPointer<UInt8>) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    (start + used).update(from: source, count: bytes.count)
    used += bytes.count
  }

  /// Writes `null` in the place of a number that JSON cannot hold, so that the text stays well formed, and fails.
  @inline(never)
  @usableFromInline
  mutating func refuseNonFinite() {
    fail(.nonFiniteNumber)
    appendTrusted("null")
  }

  @inline(never)
  @usableFromInline
  mutating func fail(_ kind: JSONWriteError.Kind) {
    if firstFailure == nil { firstFailure = JSONWriteError(kind: kind, offset: count) }
  }
}

// The memory belongs to this one value, and moving it moves the ownership.
extension JSONWriter: @unchecked Sendable {}
