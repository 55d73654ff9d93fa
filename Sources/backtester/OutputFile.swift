#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes results to files the user names.
enum OutputFile {
  /// Writes a file whole or not at all: beside it first, then in its place. `-` is standard output; what is not a regular
  /// file, a pipe say, is written to as it is.
  ///
  /// - Throws: ``CommandFailure`` saying which file, and why.
  static func write(_ bytes: [UInt8], to path: String) throws(CommandFailure) {
    if path == "-" {
      bytes.withUnsafeBufferPointer { Terminal.write($0, to: STDOUT_FILENO) }
      return
    }
    var information = stat()
    let isSpecial = stat(path, &information) == 0 && information.st_mode & S_IFMT != S_IFREG
    let target = isSpecial ? path : "\(path).\(getpid()).tmp"
    let descriptor = open(target, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw failure(path) }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR { continue }
        let failure = failure(path)
        close(descriptor)
        if !isSpecial { unlink(target) }
        throw failure
      }
      rest = rest.dropFirst(count)
    }
    guard close(descriptor) == 0, isSpecial || rename(target, path) == 0 else {
      let failure = failure(path)
      if !isSpecial { unlink(target) }
      throw failure
    }
    Terminal.note("Wrote \(path).")
  }

  /// The system's write, which ``write(_:to:)`` hides.
  private static func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Glibc)
    Glibc.write(descriptor, bytes, count)
    #elseif canImport(Musl)
    Musl.write(descriptor, bytes, count)
    #else
    Darwin.write(descriptor, bytes, count)
    #endif
  }

  private static func failure(_ path: String) -> CommandFailure {
    CommandFailure(
      message: "\(path) could not be written: \(String(cString: strerror(errno))); name another file.", exitCode: 1)
  }
}
