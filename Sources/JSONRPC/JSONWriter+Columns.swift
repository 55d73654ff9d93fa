extension JSONWriter {
  /// What ``value(_:nonFinite:)-(UnsafeBufferPointer<Double>,_)`` writes for a NaN or an infinity.
  public enum NonFinite: Sendable {
    /// The message fails: ``JSONWriteError/Kind/nonFiniteNumber``.
    case refuse
    /// `null`, the protocol's missing value in a column.
    case null
  }

  /// Writes an array of numbers, each as ``value(_:)-(Double)`` does.
  public mutating func value(_ column: UnsafeBufferPointer<Double>, nonFinite: NonFinite = .refuse) {
    beginArray()
    var next = column.startIndex
    while next < column.endIndex {
      // Room is reserved per block, so that the inner loop only formats.
      let blockEnd = min(next + 128, column.endIndex)
      reserve((blockEnd - next) * (JSONNumberText.maximumLength + 1))
      while next < blockEnd {
        if next > column.startIndex {
          start[used] = 0x2C
          used += 1
        }
        let length = JSONNumberText.write(column[next], to: start + used)
        if length == 0 {
          if nonFinite == .refuse { refuseNonFinite() } else { appendTrusted("null") }
        }
        used += length
        next += 1
      }
    }
    if !column.isEmpty { place = .next }
    endArray()
  }

  /// Writes an array of numbers, each as ``value(_:)-(Double)`` does.
  public mutating func value(_ column: [Double], nonFinite: NonFinite = .refuse) {
    column.withUnsafeBufferPointer { value($0, nonFinite: nonFinite) }
  }

  /// Writes an array of integers.
  public mutating func value(_ column: UnsafeBufferPointer<Int64>) {
    beginArray()
    for element in column { value(element) }
    endArray()
  }

  /// Writes an array of integers.
  public mutating func value(_ column: [Int64]) {
    column.withUnsafeBufferPointer { value($0) }
  }
}
