import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What tells one state of a file from every other without reading it: which file it is, how long, and when its content
/// and its entry in the folder last changed.
struct FileStamp: Sendable, Equatable {
  private let device: UInt64
  private let inode: UInt64
  private let size: Int64
  private let modified: Int64
  private let changed: Int64

  /// Looks at a file; `nil` when there is none, or something else (a pipe) under that name.
  init?(path: String) {
    var information = stat()
    guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else { return nil }
    device = UInt64(truncatingIfNeeded: information.st_dev)
    inode = UInt64(truncatingIfNeeded: information.st_ino)
    size = Int64(information.st_size)
    #if canImport(Darwin)
    modified = Self.nanoseconds(information.st_mtimespec)
    changed = Self.nanoseconds(information.st_ctimespec)
    #else
    modified = Self.nanoseconds(information.st_mtim)
    changed = Self.nanoseconds(information.st_ctim)
    #endif
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }

  /// Whether a change after `now` is sure to give another stamp. File systems count time in steps of up to two seconds, so
  /// a file that was just written can be written again without a trace.
  func isSettled(at now: EpochMilliseconds) -> Bool { changed < (now - 2000) &* 1_000_000 }
}
