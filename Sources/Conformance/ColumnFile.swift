import ContentDigest
import JSONRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Columns in files, for the encoding `f64le+file`, and the bytes of columns.
final class ColumnFile {
  private let folder: String
  private var used: [String] = []
  private var offset = 0
  private static let fileBytes = 1 << 22

  /// Makes a folder in the system's folder for temporary files.
  init() throws {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/backtester-check-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw CheckFailure(
        "no temporary folder for columns can be made in \(parent): \(String(cString: strerror(errno)))")
    }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit {
    for path in used { unlink(path) }
    rmdir(folder)
  }

  /// Puts bytes into a file that the strategy can map.
  func store(_ bytes: [UInt8]) throws -> (path: String, offset: Int) {
    if used.isEmpty || offset > Self.fileBytes {
      used.append("\(folder)/columns-\(used.count)")
      offset = 0
    }
    let path = used[used.count - 1]
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CheckFailure("the file \(path) cannot be written") }
    defer { close(descriptor) }
    do {
      try bytes.withUnsafeBytes { try DescriptorWriter(descriptor, stallLimit: nil).write($0) }
    } catch { throw CheckFailure("the file \(path) cannot be written: \(error)") }
    defer { offset += bytes.count }
    return (path, offset)
  }

  /// Reads what a strategy stored.
  static func read(path: String, offset: Int, count: Int, sha256: String, at: String) throws -> [UInt8] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw CheckFailure(at: "\(at)/path", "cannot be read: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = bytes.withUnsafeMutableBytes { space in
        pread(descriptor, space.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
      }
      if got <= 0 { break }
      filled += got
    }
    bytes.removeLast(count - filled)
    if SHA256.hash(bytes) != sha256.lowercased() {
      throw CheckFailure(at: "\(at)/sha256", "is not the hash of the values in the file")
    }
    return bytes
  }

  /// The little-endian bytes of a column's values; a missing one is NaN.
  static func bytes(_ values: [Double?], _ type: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(values.count * 8)
    for value in values {
      let word =
        type == "i64" ? UInt64(bitPattern: Int64(value ?? 0)) : (value ?? .nan).bitPattern
      for shift in stride(from: UInt64(0), to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }
    return bytes
  }

  /// The value at an index; `nil` where missing.
  static func value(_ bytes: [UInt8], _ index: Int, _ type: String) -> Double? {
    if type == "u8" { return Double(bytes[index]) }
    var word: UInt64 = 0
    for place in 0..<8 { word |= UInt64(bytes[index * 8 + place]) << UInt64(8 * place) }
    if type == "i64" { return Double(Int64(bitPattern: word)) }
    let value = Double(bitPattern: word)
    return value.isNaN ? nil : value
  }
}

/// SHA-256 as the wire writes it.
enum SHA256Text {
  static func of(_ bytes: [UInt8]) -> String { SHA256.hash(bytes) }
}
