import ArgumentParser
import BacktestService
import PluginHost
import ReportRendering
import StrategyKit

/// `backtester strategies`.
struct StrategiesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "strategies",
    abstract: "List strategies and describe their parameters.",
    discussion: """
      Examples:
        backtester strategies
        backtester strategies describe la_bomba
        backtester strategies describe la_bomba --json
      """,
    subcommands: [ListCommand.self, DescribeCommand.self], defaultSubcommand: ListCommand.self)

  /// `backtester strategies list`.
  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List the strategies that can be run.",
      discussion: "Example: backtester strategies list --json")

    @Flag(help: "Print a JSON array.")
    var json = false

    @OptionGroup(title: "Plugins") var plugins: PluginOptions

    func run() throws {
      let entries = plugins.service().catalog.directory.entries()
      let builtIns = StrategyCatalog.builtInDescriptors
      Terminal.print(
        json
          ? StrategyText.listJSON(builtIns, entries)
          : StrategyText.list(builtIns, entries, style: Terminal.outputStyle))
    }
  }

  /// `backtester strategies describe`.
  struct DescribeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "describe", abstract: "Show what a strategy does and its parameters.",
      discussion: "Example: backtester strategies describe sma_cross")

    @Argument(
      help: "The strategy's name or path.",
      completion: .custom { _, _, _ in Composition.strategyNames })
    var name: String

    @Flag(help: "Print one JSON object with the parameters as JSON Schema.")
    var json = false

    @OptionGroup(title: "Plugins") var plugins: PluginOptions

    func run() throws {
      let descriptor: StrategyDescriptor
      let service = plugins.service()
      do {
        descriptor = try service.catalog.describe(name, options: service.pluginOptions)
      } catch { throw CommandFailure(error) }
      Terminal.print(
        json ? StrategyText.json(descriptor) : StrategyText.describe(descriptor, style: Terminal.outputStyle))
    }
  }
}
