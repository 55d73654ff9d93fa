public import BacktestService
import PluginHost
public import RunStore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What the programs take from their surroundings: environment variables, and files beside them.
public enum ProgramEnvironment {
  /// The value of an environment variable; `nil` when it is not set or empty.
  public static func value(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  /// A service for the user of this machine that looks for plugins in `folders` first.
  public static func service(pluginFolders folders: [String], timeoutScale: Double) -> BacktestService {
    let directory = PluginDirectory(folders, environment: value)
    return BacktestService(
      catalog: StrategyCatalog(directory: directory, pythonPackage: pythonPackage),
      pluginOptions: Plugin.Options(
        hostVersion: ProgramVersion.text, timeoutScale: timeoutScale, hostProcessID: Int(getpid())))
  }

  /// The run database to use, given what `--db` says.
  ///
  /// - Throws: `RunStoreError` when neither the option nor the environment names a place.
  public static func databaseFile(named file: String?) throws(RunStoreError) -> String {
    if let file { return file }
    var environment: [String: String] = [:]
    for name in ["BACKTESTER_DB", "XDG_DATA_HOME", "HOME"] {
      if let value = value(name) { environment[name] = value }
    }
    return try RunStoreLocation.default(environment: environment)
  }

  /// The file of the running program, links resolved; `nil` when that cannot be told.
  public static var executablePath: String? {
    #if os(Linux)
    PluginDirectory.absolute("/proc/self/exe")
    #else
    CommandLine.arguments.first.map(PluginDirectory.absolute)
    #endif
  }

  /// The folder a path lies in.
  public static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }

  /// The folder of the Python package, found beside the program: in a checkout above `.build`, or in `share/backtester`
  /// of an installation; `BACKTESTER_PYTHON_PACKAGE` names it outright.
  static var pythonPackage: String? {
    if let folder = value("BACKTESTER_PYTHON_PACKAGE") { return folder }
    guard let program = executablePath else { return nil }
    var folder = parent(of: program)
    for _ in 0..<5 {
      for candidate in ["\(folder)/plugins/python", "\(folder)/share/backtester/python"]
      where access("\(candidate)/backtester/__main__.py", R_OK) == 0 { return candidate }
      folder = parent(of: folder)
    }
    return nil
  }
}
