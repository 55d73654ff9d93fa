import ArgumentParser
import ReportRendering
import StrategyKit

/// Parses the command line, runs the command and maps every error to a sentence and an exit code.
enum CommandRunner {
  /// Exit codes: 0 done, 1 the run failed, 2 wrong usage.
  static func run() -> Never {
    Terminal.ignoreBrokenPipes()
    do {
      try checkSubcommands(CommandLine.arguments.dropFirst())
      var command = try Backtester.parseAsRoot()
      try command.run()
      Terminal.exit(0)
    } catch {
      report(error)
    }
  }

  /// Refuses an unknown subcommand, of the program or of a group like `runs`, with its near miss, which the argument
  /// parser does not look for.
  private static func checkSubcommands(_ arguments: ArraySlice<String>) throws(CommandFailure) {
    var group: any ParsableCommand.Type = Backtester.self
    var path = ""
    for name in arguments {
      let subcommands = group.configuration.subcommands
      // Options end the search. Shell completion calls the program with arguments of its own, which begin with dashes.
      guard !subcommands.isEmpty, !name.hasPrefix("-") else { return }
      if let next = subcommands.first(where: { $0.configuration.commandName == name }) {
        group = next
        path += "\(name) "
        continue
      }
      let known = subcommands.compactMap { $0.configuration.commandName } + (path.isEmpty ? ["help"] : [])
      if known.contains(name) { return }
      throw CommandFailure.usage(
        "There is no command \(path)\(name)\(NearMiss.hint(name, among: known)); the commands are "
          + "\(known.map { path + $0 }.joined(separator: ", ")).")
    }
  }

  private static func report(_ error: any Error) -> Never {
    if let failure = error as? CommandFailure {
      if !failure.message.isEmpty { Terminal.printError(failure.message) }
      Terminal.exit(failure.exitCode)
    }
    let code = Backtester.exitCode(for: error)
    let message = Backtester.fullMessage(for: error)
    if code.isSuccess {
      Terminal.print(message)
      Terminal.exit(0)
    }
    if !message.isEmpty { Terminal.printError(message, isPlain: true) }
    Terminal.exit(code == .validationFailure ? 2 : code.rawValue)
  }
}

/// An error that ends a command: what to say, and with which exit code.
struct CommandFailure: Error {
  var message: String
  var exitCode: Int32

  /// The run failed: data, strategy, database.
  static func failed(_ error: any Error) -> CommandFailure { CommandFailure(message: "\(error)", exitCode: 1) }
  /// The user asked for something that does not exist or is out of range.
  static func usage(_ message: String) -> CommandFailure { CommandFailure(message: message, exitCode: 2) }
}
