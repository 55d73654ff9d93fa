extension JSONScanner {
  /// Reads `true` or `false`.
  public mutating func readBool() throws(JSONScanError) -> Bool {
    skipSpace()
    guard next < end else { throw endsEarly() }
    if next.pointee == UInt8(ascii: "t") {
      try passWord("true")
      return true
    }
    guard next.pointee == UInt8(ascii: "f") else { throw try wrongType(.bool) }
    try passWord("false")
    return false
  }

  /// Reads `null`.
  public mutating func readNull() throws(JSONScanError) {
    if try !readIfNull() { throw try wrongType(.null) }
  }

  /// Passes a `null` if it is next.
  /// - Returns: whether it was.
  public mutating func readIfNull() throws(JSONScanError) -> Bool {
    skipSpace()
    guard next < end else { throw endsEarly() }
    guard next.pointee == UInt8(ascii: "n") else { return false }
    try passWord("null")
    return true
  }

  /// Passes one value of any type, checking it as if it were read.
  public mutating func skipValue() throws(JSONScanError) {
    let outerDepth = depth
    // One bit per bracket opened here, the innermost lowest: 1 is an object.
    var kinds: UInt64 = 0
    repeat {
      switch try peekKind() {
      case .object:
        try beginObject()
        kinds = kinds << 1 | 1
      case .array:
        try beginArray()
        kinds = kinds << 1
      case .string: _ = try passString()
      case .number: try skipNumber()
      case .bool: _ = try readBool()
      case .null: _ = try readIfNull()
      }
      // Close what ends here, up to the next value.
      while depth > outerDepth {
        if try kinds & 1 == 1 ? nextKey() : nextElement() { break }
        kinds >>= 1
      }
    } while depth > outerDepth
  }

  /// Passes one value of any type and returns its text.
  public mutating func readSource() throws(JSONScanError) -> UnsafeBufferPointer<UInt8> {
    skipSpace()
    let first = next
    try skipValue()
    return UnsafeBufferPointer(start: first, count: next - first)
  }

  /// Passes a number. It must be in range, or else what is skipped would be judged differently from what is read.
  private mutating func skipNumber() throws(JSONScanError) {
    let number = try passNumber()
    if number.digitCount + number.exponent > 300 { _ = try number.double(self) }
  }

  private mutating func passWord(_ word: StaticString) throws(JSONScanError) {
    let count = word.utf8CodeUnitCount
    for index in 0..<count {
      guard next + index < end else { throw endsEarly() }
      if next[index] != word.utf8Start[index] { throw error(.expectedValue) }
    }
    next += count
  }
}
