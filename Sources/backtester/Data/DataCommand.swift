import ArgumentParser
import BacktestService
import MarketData

/// `backtester data`.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "Fetch, import, inspect and clear market data.",
    discussion: """
      Bars from Yahoo are kept in a cache ($BACKTESTER_CACHE, else the user's data directory), so that a run can be
      repeated offline. `backtester run STRATEGY --symbol AAPL` fetches by itself what the cache lacks.

      Examples:
        backtester data fetch AAPL MSFT --from 2015-01-01
        backtester data list
        backtester data show AAPL
        backtester data import bars.csv --name my_bars
        backtester data clear AAPL

      Environment: BACKTESTER_CACHE (folder), BACKTESTER_YAHOO_URL (another server than Yahoo's), BACKTESTER_CA_FILE
      (certificates), BACKTESTER_USER_AGENT, BACKTESTER_HTTP_TIMEOUT (seconds a request may take in all); the usual
      proxy variables are obeyed.
      """,
    subcommands: [
      DataListCommand.self, DataFetchCommand.self, DataShowCommand.self, DataImportCommand.self, DataClearCommand.self,
    ], defaultSubcommand: DataListCommand.self)

  /// Runs a command's body; errors of market data become a sentence and an exit code.
  static func perform<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let failure as CommandFailure {
      throw failure
    } catch let error as MarketDataError {
      throw CommandFailure(ServiceError.marketData(error))
    } catch {
      throw CommandFailure(error)
    }
  }
}

/// Options that pick an interval of a symbol.
struct IntervalOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Length of a bar: \(BarInterval.allCases.map(\.rawValue).joined(separator: " ")).", valueName: "interval"),
    completion: .list(BarInterval.allCases.map(\.rawValue)))
  var interval: String?

  @Flag(help: "Intraday bars before and after the regular session too.")
  var extendedHours = false

  func validate() throws { _ = try parsed() }

  /// The interval; `nil` when none was given.
  func parsed() throws -> BarInterval? {
    try SourceOptions.usage { try interval.map { try BarInterval(parsing: $0) } }
  }
}
