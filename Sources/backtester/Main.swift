import ArgumentParser

/// The program's entry; everything it does is in nonisolated functions elsewhere.
@main
enum Main {
  static func main() { CommandRunner.run() }
}

/// The root command.
struct Backtester: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backtester",
    abstract: "Runs trading-strategy backtests.",
    discussion: """
      A first run:   backtester run sma_cross --sample GOOG
      Your own bars: backtester run la_bomba --data bars.csv --param n1=5
      Real bars:     backtester run la_bomba --symbol AAPL --from 2015-01-01 --to 2020-01-01
      Shell completion: backtester --generate-completion-script bash|zsh|fish
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self,
      SweepCommand.self,
      StrategiesCommand.self,
      RunsCommand.self,
      ReportCommand.self,
      DataCommand.self,
      ServeCommand.self,
      HTTPCommand.self,
      CheckCommand.self,
      NewCommand.self,
      ReplayCommand.self,
    ])
}
