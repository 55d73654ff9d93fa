import BacktestService
import PluginHost
import StrategyKit

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The program's parts put together from its environment.
enum Composition {
  /// A service that looks for plugins in `folders` first.
  static func service(pluginFolders folders: [String], timeoutScale: Double) -> BacktestService {
    let directory = PluginDirectory(folders, environment: Terminal.environment)
    return BacktestService(
      catalog: StrategyCatalog(directory: directory, pythonPackage: pythonPackage),
      pluginOptions: Plugin.Options(
        hostVersion: Version.text, timeoutScale: timeoutScale, hostProcessID: Int(getpid())))
  }

  /// Every name a strategy can be given by, for shell completion.
  static var strategyNames: [String] {
    var names = StrategyCatalog.builtInDescriptors.map(\.name)
    for case .plugin(let manifest) in PluginDirectory([], environment: Terminal.environment).entries() {
      names.append(manifest.name)
    }
    return names
  }

  /// The folder of the Python package, found beside the program: in a checkout above `.build`, or in `share/backtester`
  /// of an installation; `BACKTESTER_PYTHON_PACKAGE` names it outright.
  private static var pythonPackage: String? {
    if let folder = Terminal.environment("BACKTESTER_PYTHON_PACKAGE") { return folder }
    guard let program = executablePath else { return nil }
    var folder = parent(of: program)
    for _ in 0..<5 {
      for candidate in ["\(folder)/plugins/python", "\(folder)/share/backtester/python"]
      where access("\(candidate)/backtester/__main__.py", R_OK) == 0 { return candidate }
      folder = parent(of: folder)
    }
    return nil
  }

  private static var executablePath: String? {
    #if os(Linux)
    PluginDirectory.absolute("/proc/self/exe")
    #else
    CommandLine.arguments.first.map(PluginDirectory.absolute)
    #endif
  }

  private static func parent(of path: String) -> String {
    path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
  }
}
