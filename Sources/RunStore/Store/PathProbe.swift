#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Asks the file system about paths.
enum PathProbe {
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  static func isDirectory(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether a name is free or belongs to a plain file: opening a pipe would wait for ever.
  static func isFreeOrRegular(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) != 0 || information.st_mode & S_IFMT == S_IFREG
  }

  /// The directory a file is in, `.` for a bare name.
  static func directory(of file: String) -> String {
    guard let slash = file.lastIndex(of: "/") else { return "." }
    return slash == file.startIndex ? "/" : String(file[..<slash])
  }

  /// Makes a directory and those above it that are missing, for the user alone, as the XDG specification wants it.
  ///
  /// - Returns: Why it could not be done; `nil` when the directory is there.
  static func makeDirectories(_ path: String) -> String? {
    if isDirectory(path) { return nil }
    let parent = directory(of: path)
    if parent != path, let reason = makeDirectories(parent) { return reason }
    if exists(path) { return "\(path) is not a directory" }
    if mkdir(path, 0o700) == 0 { return nil }
    let code = errno
    // Another process may have made it at the same moment.
    return isDirectory(path) ? nil : errorText(code)
  }

  /// Whether the disk of a file has less room than a small run needs. File systems without blocks, as `/proc`, have no such
  /// limit.
  static func isDiskFull(_ file: String) -> Bool {
    var information = statvfs()
    guard statvfs(directory(of: file), &information) == 0, information.f_blocks > 0 else { return false }
    return UInt64(information.f_bavail) * UInt64(information.f_frsize) < 128 * 1024
  }

  /// Why a file cannot be opened for reading and writing; `nil` when nothing seems to be in the way.
  static func obstacle(to file: String, writing: Bool) -> String? {
    if exists(file) {
      if access(file, R_OK) != 0 { return errorText(errno) }
      if writing, access(file, W_OK) != 0 { return errorText(errno) }
    }
    if access(directory(of: file), writing ? W_OK | X_OK : X_OK) != 0 { return errorText(errno) }
    return nil
  }

  static func errorText(_ code: Int32) -> String { String(cString: strerror(code)) }
}
