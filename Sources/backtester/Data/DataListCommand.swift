import ArgumentParser
import BacktestService
import ReportRendering

/// `backtester data list`.
struct DataListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List samples, fetched and imported data sets.",
    discussion: """
      Example: backtester data list --json
      `backtester run STRATEGY --dataset ID` runs on one of them without the network.
      """)

  @Flag(help: "Print a JSON array, with the SHA-256 of each set's bars.") var json = false

  func run() throws {
    try DataCommand.perform {
      let datasets = Datasets(Composition.marketData)
      if json {
        Terminal.print(try DatasetText.json(datasets.list()))
      } else {
        let now = MarketDataProvider.timeOfDay()
        Terminal.print(try DatasetText.list(datasets.outlines(), now: now, style: Terminal.outputStyle))
      }
    }
  }
}
