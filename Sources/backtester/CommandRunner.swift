import ArgumentParser
import ReportRendering
import StrategyKit

/// Parses the command line, runs the command and maps every error to a sentence and an exit code.
enum CommandRunner {
  /// Exit codes: 0 done, 1 the run failed, 2 wrong usage.
  static func run() -> Never {
    Terminal.ignoreBrokenPipes()
    do {
      try checkSubcommand(CommandLine.arguments.dropFirst().first)
      var command = try Backtester.parseAsRoot()
      try command.run()
      Terminal.exit(0)
    } catch {
      report(error)
    }
  }

  /// Refuses an unknown subcommand with its near miss, which the argument parser does not look for.
  private static func checkSubcommand(_ name: String?) throws(CommandFailure) {
    let known = Backtester.configuration.subcommands.compactMap { $0.configuration.commandName } + ["help"]
    // Shell completion calls the program with arguments of its own, which begin with dashes.
    guard let name, !name.hasPrefix("-"), !known.contains(name) else { return }
    throw CommandFailure.usage(
      "There is no command \(name)\(NearMiss.hint(name, among: known)); the commands are \(known.joined(separator: ", "))."
    )
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
