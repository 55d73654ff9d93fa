import JSONRPC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Finds installed plugins: folders with a `plugin.json` in a search path.
public struct PluginDirectory: Sendable {
  /// A plugin as it was found.
  public enum Entry: Sendable, Equatable {
    /// It can be started.
    case plugin(PluginManifest)
    /// Its manifest is broken: where, and why. It is listed with its fault and breaks nothing else.
    case broken(path: String, fault: String)
  }

  /// Longest manifest that is read.
  private static let maximumBytes = 1 << 20

  /// The folders looked through, first ones first.
  public let folders: [String]

  /// Makes a search path of given folders and, behind them, `BACKTESTER_PLUGIN_PATH` (separated by colons), the user's
  /// data directory and `./plugins`.
  public init(_ folders: [String], environment: (String) -> String?) {
    var folders = folders
    folders += (environment("BACKTESTER_PLUGIN_PATH") ?? "").split(separator: ":").map(String.init)
    if let data = environment("XDG_DATA_HOME") {
      folders.append("\(data)/backtester/plugins")
    } else if let home = environment("HOME") {
      #if os(macOS)
      folders.append("\(home)/Library/Application Support/backtester/plugins")
      #else
      folders.append("\(home)/.local/share/backtester/plugins")
      #endif
    }
    folders.append("plugins")
    self.folders = folders
  }

  /// Every plugin, sorted by name; of several with one name the first in the search path counts.
  ///
  /// A manifest may lie in a folder of the search path itself, or in a folder up to two levels below.
  public func entries() -> [Entry] {
    var plugins: [String: PluginManifest] = [:]
    var broken: [Entry] = []
    for folder in folders {
      for path in Self.manifests(in: folder, depth: 2) {
        switch Self.read(path) {
        case .plugin(let manifest):
          if plugins[manifest.name] == nil { plugins[manifest.name] = manifest }
        case .broken(let path, let fault): broken.append(.broken(path: path, fault: fault))
        }
      }
    }
    return plugins.values.sorted { $0.name < $1.name }.map(Entry.plugin) + broken
  }

  /// Reads one manifest.
  public static func read(_ path: String) -> Entry {
    guard let bytes = readFile(path) else {
      return .broken(path: path, fault: "cannot be read: \(String(cString: strerror(errno)))")
    }
    if bytes.count > maximumBytes { return .broken(path: path, fault: "is larger than \(maximumBytes) bytes") }
    let folder = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    do {
      return .plugin(try PluginManifest(parsing: bytes, folder: absolute(folder.isEmpty ? "." : folder)))
    } catch {
      return .broken(path: path, fault: error.description)
    }
  }

  private static func manifests(in folder: String, depth: Int) -> [String] {
    let manifest = "\(folder)/plugin.json"
    if access(manifest, F_OK) == 0 { return [manifest] }
    guard depth > 0, let stream = opendir(folder) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix("."), name != "node_modules" { names.append(name) }
    }
    return names.sorted().flatMap { name -> [String] in
      var status = stat()
      let path = "\(folder)/\(name)"
      guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return [] }
      return manifests(in: path, depth: depth - 1)
    }
  }

  /// The path from the root, links resolved, so that it holds after a change of folder.
  public static func absolute(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  private static func readFile(_ path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 * 1024)
    while bytes.count <= maximumBytes {
      guard
        let count = buffer.withUnsafeMutableBytes({ space in try? DescriptorIO.read(descriptor, into: space) })
      else { return nil }
      if count == 0 { break }
      bytes.append(contentsOf: buffer[..<count])
    }
    return bytes
  }
}
