import JSONRPC
import StrategyTemplates

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes files into a folder without ever changing one that exists.
struct NewFolder {
  /// Why nothing, or not everything, was written.
  enum Failure: Error, CustomStringConvertible {
    case exists(String)
    case system(path: String, reason: String)

    var description: String {
      switch self {
      case .exists(let path): "\(path) exists already, so nothing was written; choose another name or --dir."
      case .system(let path, let reason): "\(path) cannot be written: \(reason)."
      }
    }
  }

  private let path: String

  init(_ path: String) { self.path = path }

  /// Writes all files, or none if one of them exists.
  func write(_ files: [StrategyTemplate.File]) throws {
    for file in files {
      var status = stat()
      if lstat("\(path)/\(file.path)", &status) == 0 { throw Failure.exists("\(path)/\(file.path)") }
    }
    for file in files {
      let target = "\(path)/\(file.path)"
      try makeParents(of: target)
      // Exclusive, as another program may have written it since.
      let descriptor = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
      guard descriptor >= 0 else {
        throw errno == EEXIST ? Failure.exists(target) : .system(path: target, reason: String(cString: strerror(errno)))
      }
      defer { close(descriptor) }
      do {
        try Array(file.text.utf8).withUnsafeBytes { try DescriptorWriter(descriptor, stallLimit: nil).write($0) }
      } catch { throw Failure.system(path: target, reason: "\(error)") }
    }
  }

  private func makeParents(of target: String) throws {
    var place = target.startIndex
    while let slash = target[place...].firstIndex(of: "/") {
      place = target.index(after: slash)
      let folder = String(target[..<slash])
      if folder.isEmpty { continue }
      if mkdir(folder, 0o755) != 0, errno != EEXIST {
        throw Failure.system(path: folder, reason: String(cString: strerror(errno)))
      }
    }
  }
}
