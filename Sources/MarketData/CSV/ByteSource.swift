#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Where a CSV file's bytes come from, chunk by chunk.
protocol ByteSource: AnyObject {
  /// Bytes that `read` has taken so far; of the compressed form if there is one.
  var bytesRead: Int { get }
  /// Bytes there are, `nil` when that cannot be known.
  var bytesTotal: Int? { get }
  /// Fills the beginning of `buffer`, which is not empty.
  /// - Returns: the number of bytes written; 0 at the end only.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CSVError) -> Int
}

/// Bytes in memory.
final class MemorySource: ByteSource {
  private let bytes: [UInt8]
  private(set) var bytesRead = 0
  var bytesTotal: Int? { bytes.count }

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(buffer.count, bytes.count - bytesRead)
    buffer.copyBytes(from: bytes[bytesRead..<bytesRead + count])
    bytesRead += count
    return count
  }
}

/// A file, pipe or device. Mapping the file into memory would be simpler, but another process that shortens it would
/// then kill this one.
final class FileSource: ByteSource {
  private let path: String
  private let descriptor: Int32
  private let isCancelled: (@Sendable () -> Bool)?
  private(set) var bytesRead = 0
  let bytesTotal: Int?

  /// How long a pipe may keep silent.
  private static let patienceSeconds = 30

  init(path: String, isCancelled: (@Sendable () -> Bool)?) throws(CSVError) {
    if path.isEmpty || path.utf8.contains(0) {
      throw .cannotOpen(file: path, reason: "that is not a path")
    }
    // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { throw .cannotOpen(file: path, reason: Self.reason(errno)) }
    var status = stat()
    if fstat(descriptor, &status) != 0 {
      let code = errno
      close(descriptor)
      throw .cannotOpen(file: path, reason: Self.reason(code))
    }
    if status.st_mode & S_IFMT == S_IFDIR {
      close(descriptor)
      throw .isDirectory(file: path)
    }
    // Files in /proc are ordinary and say they are empty.
    bytesTotal = status.st_mode & S_IFMT == S_IFREG && status.st_size > 0 ? Int(status.st_size) : nil
    self.path = path
    self.descriptor = descriptor
    self.isCancelled = isCancelled
  }

  deinit { close(descriptor) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(CSVError) -> Int {
    var waits = 0
    while true {
      #if canImport(Glibc)
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      #elseif canImport(Musl)
      let count = Musl.read(descriptor, buffer.baseAddress, buffer.count)
      #else
      let count = Darwin.read(descriptor, buffer.baseAddress, buffer.count)
      #endif
      if count >= 0 {
        bytesRead += count
        return count
      }
      let code = errno
      if code == EINTR { continue }
      guard code == EAGAIN || code == EWOULDBLOCK else { throw .readFailed(file: path, reason: Self.reason(code)) }
      if isCancelled?() == true { throw .cancelled(file: path) }
      if waits == Self.patienceSeconds * 10 { throw .stalled(file: path, seconds: Self.patienceSeconds) }
      waits += 1
      var poller = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      _ = poll(&poller, 1, 100)
    }
  }

  private static func reason(_ code: Int32) -> String {
    switch code {
    case ENOENT: "there is no such file"
    case EACCES, EPERM: "you have no permission to read it"
    case ENOTDIR: "a part of its path is not a directory"
    default: strerror(code).map { String(cString: $0) } ?? "error \(code)"
    }
  }
}
