import ArgumentParser
import BacktestService
import ReportRendering

/// `backtester data show`.
struct DataShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show what is remarkable about a data set: range, gaps, spikes, source, age.",
    discussion: """
      Nothing that is shown need be an error: a holiday is a gap, a crash is a spike.

      Examples:
        backtester data show AAPL
        backtester data show AAPL --interval 5m
        backtester data show sample:GOOG
        backtester data show my_bars --json
      """)

  @Argument(help: "A symbol, the name of an imported set, or an id of `backtester data list`.") var name: String
  @OptionGroup var interval: IntervalOptions
  @Flag(help: "Print one JSON object.") var json = false

  func run() throws {
    try DataCommand.perform {
      let details = try Datasets(Composition.marketData).details(
        name, interval: try interval.parsed(), extendedHours: interval.extendedHours)
      Terminal.print(
        json
          ? DatasetText.json(details)
          : DatasetText.show(details, now: MarketDataProvider.timeOfDay(), style: Terminal.outputStyle))
    }
  }
}
