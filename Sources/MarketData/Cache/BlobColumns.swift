internal import GRDB
import GRDBSQLite

/// The blobs of one row, written and read in pieces. Bound to a statement or fetched as values, millions of bars would be
/// in memory three times over.
struct BlobColumns {
  let db: Database
  let table: String
  let row: Int64

  /// Words converted at once.
  private static let pieceCount = 8192

  /// Fills a blob, which must be as long, with 64-bit words in little-endian order; every NaN is the same one.
  func write(_ values: [Double], to column: String) throws {
    try write(count: values.count, to: column) { index in
      (values[index].isNaN ? Double.nan.bitPattern : values[index].bitPattern).littleEndian
    }
  }

  /// Fills a blob, which must be as long, with 64-bit words in little-endian order.
  func write(_ values: [Int64], to column: String) throws {
    try write(count: values.count, to: column) { UInt64(bitPattern: values[$0]).littleEndian }
  }

  /// Fills a blob, which must be as long.
  func write(_ bytes: [UInt8], to column: String) throws {
    if bytes.isEmpty { return }
    try opened(column, writes: true) { blob in
      try check(bytes.withUnsafeBytes { sqlite3_blob_write(blob, $0.baseAddress, Int32($0.count), 0) })
    }
  }

  /// The words of a blob; `nil` when there are not `count` of them.
  func integers(_ column: String, count: Int) throws -> [Int64]? {
    try words(column, count: count) { Int64(bitPattern: UInt64(littleEndian: $0)) }
  }

  /// The numbers of a blob; `nil` when there are not `count` of them.
  func doubles(_ column: String, count: Int) throws -> [Double]? {
    try words(column, count: count) { Double(bitPattern: UInt64(littleEndian: $0)) }
  }

  /// The bytes of a blob.
  func bytes(_ column: String) throws -> [UInt8]? {
    try opened(column, writes: false) { blob in
      let count = Int(sqlite3_blob_bytes(blob))
      return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
        if count > 0 { try check(sqlite3_blob_read(blob, buffer.baseAddress, Int32(count), 0)) }
        initialized = count
      }
    }
  }

  private func write(count: Int, to column: String, _ word: (Int) -> UInt64) throws {
    if count == 0 { return }
    try opened(column, writes: true) { blob in
      var piece: [UInt64] = []
      piece.reserveCapacity(Self.pieceCount)
      for start in stride(from: 0, to: count, by: Self.pieceCount) {
        piece.removeAll(keepingCapacity: true)
        for index in start..<min(start + Self.pieceCount, count) { piece.append(word(index)) }
        try check(
          piece.withUnsafeBytes { sqlite3_blob_write(blob, $0.baseAddress, Int32($0.count), Int32(start * 8)) })
      }
    }
  }

  private func words<Value>(_ column: String, count: Int, _ value: (UInt64) -> Value) throws -> [Value]? {
    let found = try opened(column, writes: false) { blob -> [Value]? in
      let length = Int(sqlite3_blob_bytes(blob))
      guard length % 8 == 0, length / 8 == count else { return nil }
      var values: [Value] = []
      values.reserveCapacity(count)
      var piece = [UInt64](repeating: 0, count: min(Self.pieceCount, count))
      for start in stride(from: 0, to: count, by: Self.pieceCount) {
        let length = min(Self.pieceCount, count - start)
        try check(
          piece.withUnsafeMutableBytes { sqlite3_blob_read(blob, $0.baseAddress, Int32(length * 8), Int32(start * 8)) })
        for word in piece[..<length] { values.append(value(word)) }
      }
      return values
    }
    return found.flatMap(\.self)
  }

  /// Opens a blob; `nil` when the column holds none.
  private func opened<Value>(
    _ column: String, writes: Bool, _ body: (OpaquePointer) throws -> Value
  ) throws -> Value? {
    var blob: OpaquePointer?
    let code = sqlite3_blob_open(db.sqliteConnection, "main", table, column, row, writes ? 1 : 0, &blob)
    guard code == SQLITE_OK, let blob else {
      // The column holds another type of value.
      if code == SQLITE_ERROR, !writes { return nil }
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
    }
    defer { sqlite3_blob_close(blob) }
    return try body(blob)
  }

  private func check(_ code: Int32) throws {
    if code != SQLITE_OK {
      throw DatabaseError(resultCode: ResultCode(rawValue: code), message: db.lastErrorMessage)
    }
  }
}
