import ArgumentParser
import BacktestService
import MarketData
import StrategyKit
import TradingModel

/// Options that say which bars to use.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Bars of this symbol from Yahoo, e.g. AAPL, ^GSPC, EURUSD=X; with --data, the symbol to take from a file of several.",
      valueName: "symbol"))
  var symbol: String?

  @Option(
    help: ArgumentHelp("Bars from a CSV file.", valueName: "file"), completion: .file(extensions: ["csv", "gz", "txt"]))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Daily bars carried by the program: \(Samples.names.joined(separator: ", ")).", valueName: "symbol"),
    completion: .list(Samples.names))
  var sample: String?

  @Option(
    help: ArgumentHelp(
      "A data set by its id or imported name; `backtester data list` shows them.", valueName: "id"))
  var dataset: String?

  @Option(
    help: ArgumentHelp(
      "First day to use, e.g. 2015-01-01; with --symbol by the exchange's clock, otherwise UTC.", valueName: "date"))
  var from: String?

  @Option(help: ArgumentHelp("First day to leave out, e.g. 2020-01-01.", valueName: "date"))
  var to: String?

  @Option(
    help: ArgumentHelp(
      "With --symbol: length of a bar, \(BarInterval.allCases.map(\.rawValue).joined(separator: " ")).",
      valueName: "interval"),
    completion: .list(BarInterval.allCases.map(\.rawValue)))
  var interval: String?

  @Flag(help: "With --symbol: use cached bars only, never the network.")
  var offline = false

  @Flag(help: "With --symbol: fetch the bars again even if they are cached.")
  var refresh = false

  @Flag(help: "With --symbol: include intraday bars before and after the regular session.")
  var extendedHours = false

  @Flag(help: "With --symbol or --sample: prices not adjusted for dividends (samples: nor for splits).")
  var raw = false

  @OptionGroup(title: "How a file given with --data is read") var file: FileOptions

  /// Whether the bars come from Yahoo.
  private var isFetched: Bool { symbol != nil && data == nil && sample == nil && dataset == nil }

  func validate() throws {
    let given = [("--data", data), ("--sample", sample), ("--dataset", dataset)].filter { $0.1 != nil }.map(\.0)
    if given.count > 1 {
      throw ValidationError("\(given.joined(separator: " and ")) exclude each other; give the bars with one of them.")
    }
    if given.isEmpty, symbol == nil {
      throw ValidationError(
        "Say which bars to use: --symbol AAPL --from 2015-01-01 fetches them from Yahoo, --data FILE reads a file, "
          + "--sample GOOG takes those the program carries.")
    }
    if symbol != nil, let other = given.first, other != "--data" {
      throw ValidationError("--symbol and \(other) exclude each other; give the bars with one of them.")
    }
    if let sample, !Samples.names.contains(sample.uppercased()) {
      throw ValidationError(
        "There is no sample \(sample)\(NearMiss.hint(sample, among: Samples.names)); the samples are "
          + "\(Samples.names.joined(separator: ", ")). Fetch others with --symbol \(sample), or give a file with --data FILE."
      )
    }
    let fetchOnly = [
      ("--interval", interval != nil), ("--offline", offline), ("--refresh", refresh),
      ("--extended-hours", extendedHours),
    ]
    if !isFetched, let option = fetchOnly.first(where: \.1)?.0 {
      throw ValidationError("\(option) goes with --symbol, for bars from Yahoo.")
    }
    if offline, refresh { throw ValidationError("--offline and --refresh exclude each other; give one of them.") }
    if raw, !isFetched, sample == nil {
      throw ValidationError("--raw goes with --symbol or --sample; a file's prices are used as they are.")
    }
    if data == nil, let option = file.given { throw ValidationError("\(option) goes with --data FILE.") }
    if isFetched { _ = try fetched() }
  }

  /// The source that the options name.
  func source(_ marketData: MarketDataProvider) throws -> DataSource {
    if let data { return .file(path: data, options: try file.options(symbol: symbol)) }
    if let sample { return .sample(name: sample.uppercased(), adjusted: !raw) }
    if let dataset {
      do { return try Datasets(marketData).source(dataset) } catch { throw CommandFailure(error) }
    }
    return .yahoo(try fetched())
  }

  private func fetched() throws -> YahooBars {
    try Self.usage {
      YahooBars(
        symbol: symbol ?? "", interval: try interval.map { try BarInterval(parsing: $0) } ?? .oneDay, adjusted: !raw,
        extendedHours: extendedHours, freshness: offline ? .offline : refresh ? .refreshed : .current,
        from: try Self.bound(from, "from"), to: try Self.bound(to, "to"))
    }
  }

  /// Reads a date or time on the exchange's clock.
  static func bound(_ text: String?, _ option: String) throws -> TimeBound? {
    guard let text else { return nil }
    do { return try TimeBound(parsing: text) } catch {
      throw ValidationError(
        "--\(option) was \(text); it must be a date like 2015-01-31, a time on the exchange's clock like "
          + "\"2015-01-31 09:30\", or a point in time like 2015-01-31T14:30Z.")
    }
  }

  /// Says an error of market data as wrong usage.
  static func usage<Value>(_ body: () throws -> Value) throws -> Value {
    do { return try body() } catch let error as MarketDataError { throw ValidationError("\(error)") }
  }

  /// First bar time to use and first to leave out; with --symbol the source itself has them.
  func range() throws -> (from: EpochMilliseconds?, to: EpochMilliseconds?) {
    if isFetched { return (nil, nil) }
    return (try from.map { try Self.time($0, option: "from") }, try to.map { try Self.time($0, option: "to") })
  }

  /// Reads a date or time option.
  private static func time(_ text: String, option: String) throws -> EpochMilliseconds {
    guard let time = UTCText.parse(text) else {
      throw CommandFailure.usage(
        "--\(option) was \(text); it must be a date like 2015-01-31, or a UTC time like 2015-01-31T14:30.")
    }
    return time
  }
}
