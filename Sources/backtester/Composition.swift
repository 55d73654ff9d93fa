import BacktestService
import PluginHost
import ProgramSupport
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
    ProgramEnvironment.service(pluginFolders: folders, timeoutScale: timeoutScale)
  }

  /// Fetched and imported bars; opened when first needed.
  static var marketData: MarketDataProvider { .ofProcess }

  /// Every name a strategy can be given by, for shell completion.
  static var strategyNames: [String] {
    var names = StrategyCatalog.builtInDescriptors.map(\.name)
    for case .plugin(let manifest) in PluginDirectory([], environment: Terminal.environment).entries() {
      names.append(manifest.name)
    }
    return names
  }

  /// The folder of the Python package, found beside the program.
  static var pythonPackage: String? { service(pluginFolders: [], timeoutScale: 1).catalog.pythonPackage }

  /// The checkout the program was built in, for strategies in Swift; `BACKTESTER_PACKAGE` names it outright.
  static var checkout: String? {
    if let folder = Terminal.environment("BACKTESTER_PACKAGE") { return folder }
    guard let program = ProgramEnvironment.executablePath else { return nil }
    var folder = ProgramEnvironment.parent(of: program)
    for _ in 0..<5 {
      if access("\(folder)/Package.swift", R_OK) == 0, access("\(folder)/Sources/StrategyServer", R_OK) == 0 {
        return folder
      }
      folder = ProgramEnvironment.parent(of: folder)
    }
    return nil
  }
}
