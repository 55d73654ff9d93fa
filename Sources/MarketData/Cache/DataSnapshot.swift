internal import ContentDigest
public import TradingModel

/// Bars under the hash of their content: what a stored run refers to.
///
/// The content is, in little-endian 64-bit words: the number of bars, then the columns times, open, high, low, close
/// and volume; every NaN is the same word. The hash is the SHA-256 of that, so equal bars have equal hashes wherever
/// they come from.
public enum DataSnapshot {
  /// The hash of a series, as 64 hexadecimal digits.
  public static func sha256(of series: BarSeries) -> String {
    var hash = SHA256()
    words([UInt64(series.count)], into: &hash)
    words(series.times.map { UInt64(bitPattern: $0) }, into: &hash)
    for column in [series.open, series.high, series.low, series.close, series.volume] {
      words(column.map { $0.isNaN ? Double.nan.bitPattern : $0.bitPattern }, into: &hash)
    }
    return hash.finalize()
  }

  private static func words(_ values: [UInt64], into hash: inout SHA256) {
    #if _endian(big)
    let values = values.map(\.byteSwapped)
    #endif
    values.withUnsafeBytes { hash.update($0) }
  }

  static func sha256(of content: [UInt8]) -> String { SHA256.hash(content) }

  static func content(of series: BarSeries) -> [UInt8] {
    var content: [UInt8] = []
    content.reserveCapacity(8 + series.count * 48)
    ColumnBlob.append(UInt64(series.count), to: &content)
    ColumnBlob.append(series.times, to: &content)
    for column in [series.open, series.high, series.low, series.close, series.volume] {
      ColumnBlob.append(column, to: &content)
    }
    return content
  }

  /// The series of a content; `nil` when it is not one.
  static func series(of content: [UInt8]) -> BarSeries? {
    guard content.count >= 8, (content.count - 8) % 48 == 0 else { return nil }
    let count = (content.count - 8) / 48
    guard ColumnBlob.integers(content[0..<8]) == [Int64(count)] else { return nil }
    let columns = (0..<6).map { column in content[(8 + column * count * 8)..<(8 + (column + 1) * count * 8)] }
    guard let times = ColumnBlob.integers(columns[0]) else { return nil }
    let prices = columns.dropFirst().compactMap { ColumnBlob.doubles($0) }
    guard prices.count == 5 else { return nil }
    return try? BarSeries(
      times: times, open: prices[0], high: prices[1], low: prices[2], close: prices[3], volume: prices[4])
  }
}

/// Columns as little-endian 64-bit words.
enum ColumnBlob {
  static func append(_ word: UInt64, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
  }

  static func append(_ values: [Int64], to bytes: inout [UInt8]) {
    for value in values { append(UInt64(bitPattern: value), to: &bytes) }
  }

  static func append(_ values: [Double], to bytes: inout [UInt8]) {
    for value in values { append(value.isNaN ? Double.nan.bitPattern : value.bitPattern, to: &bytes) }
  }

  /// The integers in a blob; `nil` when its length is not a multiple of eight.
  static func integers(_ bytes: ArraySlice<UInt8>) -> [Int64]? {
    guard bytes.count % 8 == 0 else { return nil }
    return bytes.withUnsafeBytes { raw in
      (0..<raw.count / 8).map {
        Int64(bitPattern: UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self)))
      }
    }
  }

  static func doubles(_ bytes: ArraySlice<UInt8>) -> [Double]? {
    integers(bytes).map { $0.map { Double(bitPattern: UInt64(bitPattern: $0)) } }
  }
}
