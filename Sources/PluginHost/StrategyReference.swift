#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What a user means by a strategy that is not built in: a plugin's name, or the path of a manifest, a Python file or an
/// executable.
public enum StrategyReference {
  /// The command for a path, which may end in `:Class` for a Python file.
  ///
  /// - Parameter pythonPackage: The folder that holds the Python package `backtester`, for when it is not installed.
  /// - Returns: `nil` when the text does not look like a path.
  /// - Throws: ``PluginFailure`` of kind `start_failed` when the path leads nowhere.
  public static func command(path text: String, pythonPackage: String?) throws(PluginFailure) -> PluginCommand? {
    let (path, pythonClass) = split(text)
    let isRelativeFolder = path == "." || path == ".."
    guard isRelativeFolder || path.contains("/") || path.hasSuffix(".py") || path.hasSuffix(".json") || isFile(path)
    else { return nil }
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw PluginFailure(
        .startFailed, fault: .user, "There is no file \(path)",
        hint: "Check the path; `backtester strategies` lists names.")
    }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    if isFolder || path.hasSuffix(".json") {
      let manifest = isFolder ? "\(path)/plugin.json" : path
      switch PluginDirectory.read(manifest) {
      case .plugin(let manifest): return command(of: manifest, pythonPackage: pythonPackage)
      case .broken(let path, let fault):
        throw PluginFailure(.startFailed, fault: .user, "The manifest \(path) \(fault)", hint: "Correct it.")
      }
    }
    let file = PluginDirectory.absolute(path)
    if path.hasSuffix(".py"), pythonClass != nil || access(path, X_OK) != 0 || !speaksProtocol(path) {
      return python(file, pythonClass, pythonPackage)
    }
    return PluginCommand(arguments: [file], folder: parent(of: file))
  }

  /// The command of a manifest; one in Python finds the package `backtester` where it is not installed.
  package static func command(of manifest: PluginManifest, pythonPackage: String?) -> PluginCommand {
    var command = manifest.command
    if manifest.language.lowercased() == "python" { command.environment = searchPath(pythonPackage) }
    return command
  }

  /// A strategy file is run through the Python package; the working directory stays the user's.
  private static func python(_ file: String, _ pythonClass: String?, _ package: String?) -> PluginCommand {
    let interpreter = getenv("BACKTESTER_PYTHON").map { String(cString: $0) } ?? "python3"
    return PluginCommand(
      arguments: [interpreter, "-m", "backtester", pythonClass.map { "\(file):\($0)" } ?? file],
      environment: searchPath(package))
  }

  /// Behind what the user has: an installed package, or another copy on PYTHONPATH, goes first.
  private static func searchPath(_ package: String?) -> [String: String] {
    guard let package else { return [:] }
    let existing = getenv("PYTHONPATH").map { String(cString: $0) } ?? ""
    return ["PYTHONPATH": existing.isEmpty ? package : "\(existing):\(package)"]
  }

  private static func split(_ text: String) -> (path: String, pythonClass: String?) {
    guard let colon = text.lastIndex(of: ":"), text[..<colon].hasSuffix(".py") else { return (text, nil) }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
  }

  private static func isFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0
  }

  /// Whether an executable Python file is a program of its own: it has a `#!` line and serves itself.
  private static func speaksProtocol(_ path: String) -> Bool {
    guard let file = fopen(path, "r") else { return false }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 64 * 1024)
    let count = fread(&bytes, 1, bytes.count, file)
    let text = String(decoding: bytes[..<count], as: UTF8.self)
    return text.hasPrefix("#!") && (text.contains("__main__") || text.contains("jsonrpc"))
  }

  static func parent(of path: String) -> String {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
    return parts.count <= 1 ? "/" : parts.joined(separator: "/")
  }
}
