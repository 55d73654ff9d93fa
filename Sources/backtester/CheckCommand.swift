import ArgumentParser
import BacktestService
import Conformance
import JSONRPC
import PluginHost
import ReportRendering
import StrategyKit

/// `backtester check`.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check that a strategy program keeps to the protocol.",
    usage: "backtester check [<options>] (<strategy> | -- <command> …)",
    discussion: """
      Performs the numbered checks of protocol/v1/checks.json and shows, for each that fails, what was expected and what
      passed between host and strategy.

      Examples:
        backtester check -- node strategy.js
        backtester check strategy.py --level core
        backtester check my_plugin --json
        backtester check --list

      Exit codes: 0 every check passed or does not apply; 1 some failed; 2 wrong usage.
      """)

  @Argument(
    help: "A plugin's name or a path, as `backtester run` takes it.",
    completion: .custom { _, _, _ in Composition.strategyNames })
  var strategy: String?

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The strategy's program and its arguments, run without a shell.", valueName: "command"))
  var command: [String] = []

  @Option(help: "Which checks: core, streamed, vectorized, robust or all; every level includes core.")
  var level = ConformanceLevel.all

  @Option(help: ArgumentHelp("Only this check; may be repeated.", valueName: "id"))
  var only: [String] = []

  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("Set a parameter of the strategy; may be repeated.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(
    help: ArgumentHelp(
      "Ids of checks that are known to fail, one a line; # begins a remark.", valueName: "file"),
    completion: .file())
  var expected: String?

  @OptionGroup(title: "Plugins") var plugins: PluginOptions

  @Flag(help: "Print the ids and what they claim, and check nothing.")
  var list = false

  @Flag(help: "Show whole claims and messages.")
  var verbose = false

  @Flag(help: "Print one JSON object, with every id, status and detail.")
  var json = false

  func validate() throws {
    if list { return }
    if (strategy == nil) == command.isEmpty {
      throw ValidationError(
        "Give a strategy's name or path, or its command behind --, for example: backtester check -- node strategy.js")
    }
    if plugins.timeoutScale > 1000 {
      throw ValidationError("--timeout-scale was \(plugins.timeoutScale); it must be above 0 and at most 1000.")
    }
  }

  func run() throws {
    if list {
      let checks = ConformanceCheckDescription.all.map { "\($0.id)\t\($0.claim)" }
      return Terminal.print(checks.joined(separator: "\n"))
    }
    Interrupt.watch()
    let options = ConformanceOptions(
      parameters: try givenParameters(), timeoutScale: plugins.timeoutScale, only: try known(only, "--only"),
      expectedFailures: try expectedFailures(), hostVersion: Version.text)
    let style = Terminal.outputStyle
    let isJSON = json
    let isVerbose = verbose
    let report: ConformanceReport
    do {
      report = try Conformance.check(
        command: try pluginCommand(), level: level, options: options, cancellation: { Interrupt.isRequested },
        progress: { progress in
          if !isJSON { Terminal.print(ConformanceText.line(progress, style: style, isVerbose: isVerbose)) }
        })
    } catch let error as ConformanceError {
      throw error == .cancelled ? CommandFailure(message: "\(error)", exitCode: 1) : .usage("\(error)")
    }
    if json {
      var writer = JSONWriter(capacity: 1 << 16)
      report.write(to: &writer)
      try writer.withLine { Terminal.write($0, to: 1) }
    } else {
      Terminal.print(ConformanceText.summary(report, style: style))
    }
    if !report.passed { throw CommandFailure(message: "", exitCode: 1) }
  }

  /// How the strategy is started.
  private func pluginCommand() throws -> PluginCommand {
    guard let strategy else { return PluginCommand(arguments: command) }
    do {
      if let command = try plugins.service().catalog.command(of: strategy) { return command }
    } catch { throw CommandFailure(error) }
    throw CommandFailure.usage(
      "\(strategy) is compiled into the program; there is no process to check. Give a plugin, a file or -- COMMAND.")
  }

  private func givenParameters() throws -> [String: String] {
    var given: [String: String] = [:]
    for text in parameters {
      guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
        throw CommandFailure.usage("--param was \(text); it must be NAME=VALUE, for example --param n1=10.")
      }
      given[String(text[..<equals])] = String(text[text.index(after: equals)...])
    }
    return given
  }

  private func known(_ ids: [String], _ place: String) throws -> Set<String> {
    let all = ConformanceCheckDescription.all.map(\.id)
    for id in ids where !all.contains(id) {
      throw CommandFailure.usage(
        "\(place): there is no check \(id)\(NearMiss.hint(id, among: all)); `backtester check --list` names them.")
    }
    return Set(ids)
  }

  private func expectedFailures() throws -> Set<String> {
    guard let expected else { return [] }
    guard let text = TextFile.read(expected) else {
      throw CommandFailure.usage("The file \(expected) of --expected cannot be read; check the path.")
    }
    let ids = text.split(whereSeparator: \.isNewline)
      .map { line in String(line.prefix { $0 != "#" }).filter { !$0.isWhitespace } }
      .filter { !$0.isEmpty }
    return try known(ids, expected)
  }
}
