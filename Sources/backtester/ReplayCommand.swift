import ArgumentParser
import BacktestService
import JSONRPC
import PluginHost
import ProgramSupport
import ReportRendering
import SessionReplay

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// `backtester replay`.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Replay a session that `backtester run --record FILE` wrote down.",
    usage: """
      backtester replay [<options>] <file> (<strategy> | -- <command> …)
      backtester replay [<options>] <file>
      backtester replay --strategy <file>
      """,
    discussion: """
      With a strategy: sends it what the host sent, and compares its answers with the recorded ones: a regression test.
      Without one: runs the host against the recorded answers, and compares what it sends. The recording is all it needs,
      so that a run can be reproduced from a bug report. With --strategy: is a strategy that answers from the file on
      standard input and output, and says on standard error how the host differs.

      Examples:
        backtester run strategy.py --sample GOOG --mode lockstep --record session.jsonl
        backtester replay session.jsonl strategy.py
        backtester replay session.jsonl -- node strategy.js
        backtester replay session.jsonl

      Exit codes: 0 everything is as recorded; 1 something differs; 2 wrong usage.
      """)

  @Argument(help: "The recording.", completion: .file(extensions: ["jsonl"]))
  var file: String?

  @Argument(
    help: "The strategy to compare: a plugin's name or a path, as `backtester run` takes it.",
    completion: .custom { _, _, _ in Composition.strategyNames })
  var subject: String?

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The strategy's program and its arguments, run without a shell.", valueName: "command"))
  var command: [String] = []

  @Option(
    help: ArgumentHelp("The recording, when a strategy is compared; the same as <file>.", valueName: "file"),
    completion: .file(extensions: ["jsonl"]))
  var host: String?

  @Option(
    help: ArgumentHelp("Be a strategy that answers from this recording.", valueName: "file"),
    completion: .file(extensions: ["jsonl"]))
  var strategy: String?

  @OptionGroup(title: "Plugins") var plugins: PluginOptions

  @Flag(help: "Show all differences, and whole messages.")
  var verbose = false

  @Flag(help: "Print one JSON object.")
  var json = false

  func validate() throws {
    let files = [file, host, strategy].compactMap(\.self)
    if host != nil, file != nil, subject == nil, strategy == nil { return }
    if files.count != 1 {
      throw ValidationError("Give one recording, for example: backtester replay session.jsonl -- node strategy.js")
    }
    if strategy != nil, subject != nil || !command.isEmpty {
      throw ValidationError("--strategy answers from the recording; leave the command out.")
    }
    if subject != nil, !command.isEmpty {
      throw ValidationError("Give the strategy's name or path, or its command behind --, not both.")
    }
    if host != nil, command.isEmpty {
      throw ValidationError("--host needs the strategy to compare: backtester replay --host FILE -- COMMAND.")
    }
  }

  func run() throws {
    if let strategy { return try serve(strategy) }
    Interrupt.watch()
    // With --host FILE the first argument, if any, is the strategy.
    let recording = host ?? file ?? ""
    let compared = host == nil ? subject : file
    let report: ReplayReport
    let isStrategy = compared != nil || !command.isEmpty
    do {
      let transcript = try Transcript(path: recording)
      if isStrategy {
        report = StrategyReplay(
          transcript, command: try pluginCommand(compared), timeoutScale: plugins.timeoutScale,
          cancellation: { Interrupt.isRequested }
        ).perform()
      } else {
        report = try HostReplay(
          transcript, strategy: try ownCommand(recording), options: plugins.service().pluginOptions,
          cancellation: { Interrupt.isRequested }
        ).perform()
      }
    } catch let error as TranscriptError {
      throw CommandFailure(message: "\(error)", exitCode: error.line == nil ? 2 : 1)
    } catch let error as CommandFailure {
      throw error
    } catch { throw CommandFailure(error) }
    try show(report, isStrategy ? "strategy" : "host")
    if !report.isSame { throw CommandFailure(message: "", exitCode: 1) }
  }

  private func show(_ report: ReplayReport, _ subject: String) throws {
    if json {
      var writer = JSONWriter(capacity: 1 << 14)
      report.write(to: &writer)
      try writer.withLine { Terminal.write($0, to: 1) }
    } else {
      Terminal.print(
        ReplayText.render(report, subject: subject, style: Terminal.outputStyle, isVerbose: verbose))
    }
  }

  private func pluginCommand(_ name: String?) throws -> PluginCommand {
    guard let name else { return PluginCommand(arguments: command) }
    if let command = try plugins.service().catalog.command(of: name) { return command }
    throw CommandFailure.usage(
      "\(name) is compiled into the program; there is no process to compare. Give a plugin, a file or -- COMMAND.")
  }

  /// This program as a strategy that answers from the recording.
  private func ownCommand(_ recording: String) throws -> PluginCommand {
    guard let program = ProgramEnvironment.executablePath else {
      throw CommandFailure(message: "The program's own file cannot be found; start it by its path.", exitCode: 1)
    }
    return PluginCommand(arguments: [program, "replay", "--strategy", recording])
  }

  private func serve(_ path: String) throws {
    let report: ReplayReport
    do { report = try RecordedStrategy(Transcript(path: path)).serve() } catch let error as TranscriptError {
      throw CommandFailure(message: "\(error)", exitCode: 2)
    } catch { throw CommandFailure.failed(error) }
    if report.isSame { return }
    // Standard output is the protocol's.
    Terminal.note(ReplayText.render(report, subject: "host", style: Terminal.outputStyle, isVerbose: verbose))
    throw CommandFailure(message: "", exitCode: 1)
  }
}
