import ContentDigest
import StrategyProtocol

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Reads columns that a strategy answered in a file (`f64le+file`).
enum ColumnFileReader {
  /// The values; missing ones are NaN.
  ///
  /// - Parameter pointer: The column's place in the answer.
  /// - Throws: ``PluginFailure`` of kind `protocol_error` when the file does not hold what the column says.
  static func numbers(_ column: Column, _ pointer: String) throws(PluginFailure) -> [Double] {
    guard let path = column.path, let offset = column.offset, let hash = column.sha256 else {
      throw ActionScanner.fault(pointer, "lacks path, offset or sha256")
    }
    let bytes = try read(path, offset: offset, count: column.count * column.dtype.size, pointer)
    guard SHA256.hash(bytes) == hash.lowercased() else {
      throw ActionScanner.fault("\(pointer)/sha256", "is not the hash of the values in the file")
    }
    return Column.numbers(bytes, column.dtype)
  }

  private static func read(
    _ path: String, offset: Int, count: Int, _ pointer: String
  ) throws(PluginFailure) -> [UInt8] {
    // Opening a pipe that nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      throw ActionScanner.fault("\(pointer)/path", "cannot be opened: \(String(cString: strerror(errno)))")
    }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw ActionScanner.fault("\(pointer)/path", "is no file")
    }
    guard Int(status.st_size) >= offset, Int(status.st_size) - offset >= count else {
      throw ActionScanner.fault(pointer, "needs \(count) bytes from byte \(offset) on; the file has \(status.st_size)")
    }
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    while filled < count {
      let got = bytes.withUnsafeMutableBytes { space in
        pread(descriptor, space.baseAddress.map { $0 + filled }, count - filled, off_t(offset + filled))
      }
      if got < 0, errno == EINTR { continue }
      if got <= 0 { throw ActionScanner.fault("\(pointer)/path", "cannot be read to its end") }
      filled += got
    }
    return bytes
  }
}
