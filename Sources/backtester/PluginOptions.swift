import ArgumentParser
import BacktestService

/// Options that say where plugins are and how patient the host is with them.
struct PluginOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Look for plugins here first; may be repeated.", valueName: "folder"), completion: .directory)
  var pluginPath: [String] = []

  @Option(help: "Multiply every time limit of strategy processes.")
  var timeoutScale = 1.0

  func validate() throws {
    if !(timeoutScale > 0 && timeoutScale <= 10_000) {
      throw ValidationError("--timeout-scale was \(timeoutScale); it must be a number above 0 and at most 10000.")
    }
  }

  func service() -> BacktestService {
    Composition.service(pluginFolders: pluginPath, timeoutScale: timeoutScale)
  }
}
