import BacktestService
import ReportRendering

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a sweep's CSV goes: a file, opened before the work begins, or standard output.
struct CSVOutput {
  private let path: String
  private let descriptor: Int32

  /// Opens the file; `-` is standard output.
  init(path: String) throws(CommandFailure) {
    self.path = path
    descriptor = path == "-" ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    if descriptor < 0 { throw Self.failure(path) }
  }

  /// Writes all trials and closes the file.
  func write(_ sweep: Sweep, isSaved: Bool) throws {
    var buffer: [UInt8] = []
    try SweepCSV.write(sweep, isSaved: isSaved) { line in
      buffer += line.utf8
      if buffer.count >= 1 << 16 { try flush(&buffer) }
    }
    try flush(&buffer)
    if path != "-", close(descriptor) != 0 { throw Self.failure(path) }
  }

  private func flush(_ buffer: inout [UInt8]) throws(CommandFailure) {
    if path == "-" {
      buffer.withUnsafeBufferPointer { Terminal.write($0, to: descriptor) }
    } else {
      var rest = buffer[...]
      while !rest.isEmpty {
        let count = rest.withUnsafeBytes { writeOnce($0) }
        if count < 0, errno == EINTR { continue }
        if count < 0 { throw Self.failure(path) }
        rest = rest.dropFirst(count)
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  private func writeOnce(_ bytes: UnsafeRawBufferPointer) -> Int {
    #if canImport(Glibc)
    Glibc.write(descriptor, bytes.baseAddress, bytes.count)
    #elseif canImport(Musl)
    Musl.write(descriptor, bytes.baseAddress, bytes.count)
    #else
    Darwin.write(descriptor, bytes.baseAddress, bytes.count)
    #endif
  }

  private static func failure(_ path: String) -> CommandFailure {
    CommandFailure(
      message:
        "The file \(path) could not be written (\(String(cString: strerror(errno)))); name another with --csv FILE.",
      exitCode: 1)
  }
}
