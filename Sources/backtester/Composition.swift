import BacktestService
import PluginHost
import ProgramSupport
import StrategyKit

/// The program's parts put together from its environment.
enum Composition {
  /// A service that looks for plugins in `folders` first.
  static func service(pluginFolders folders: [String], timeoutScale: Double) -> BacktestService {
    ProgramEnvironment.service(pluginFolders: folders, timeoutScale: timeoutScale)
  }

  /// Every name a strategy can be given by, for shell completion.
  static var strategyNames: [String] {
    var names = StrategyCatalog.builtInDescriptors.map(\.name)
    for case .plugin(let manifest) in PluginDirectory([], environment: Terminal.environment).entries() {
      names.append(manifest.name)
    }
    return names
  }
}
