import ArgumentParser
import BacktestService
import MarketData
import StrategyKit
import TradingModel

/// Options that say which bars to use.
struct SourceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Bars from a CSV file.", valueName: "file"), completion: .file(extensions: ["csv", "gz", "txt"]))
  var data: String?

  @Option(
    help: ArgumentHelp(
      "Daily bars carried by the program: \(Samples.names.joined(separator: ", ")).", valueName: "symbol"),
    completion: .list(Samples.names))
  var sample: String?

  @Option(help: ArgumentHelp("First day to use, UTC, e.g. 2015-01-01.", valueName: "date"))
  var from: String?

  @Option(help: ArgumentHelp("First day to leave out, UTC, e.g. 2020-01-01.", valueName: "date"))
  var to: String?

  @Flag(help: "With --sample: prices as traded, not adjusted for splits and dividends.")
  var raw = false

  @Flag(help: "With --data: multiply prices by adjusted close / close.")
  var adjust = false

  @Flag(help: "With --data: sort rows that are in no order of time.")
  var sort = false

  @Option(help: "With --data: how dates like 3/4/2020 are meant, day-first or month-first.")
  var dateOrder: CSVOptions.DateOrder?

  func validate() throws {
    if (data == nil) == (sample == nil) {
      throw ValidationError("Give the bars with one of --data FILE and --sample SYMBOL, for example --sample GOOG.")
    }
    if let sample, !Samples.names.contains(sample.uppercased()) {
      throw ValidationError(
        "There is no sample \(sample)\(NearMiss.hint(sample, among: Samples.names)); the samples are "
          + "\(Samples.names.joined(separator: ", ")). Other bars come from a file with --data FILE.")
    }
    if raw, sample == nil { throw ValidationError("--raw goes with --sample; a file's prices are used as they are.") }
    if data == nil, sort || dateOrder != nil { throw ValidationError("--sort and --date-order go with --data.") }
    if adjust, data == nil { throw ValidationError("--adjust goes with --data; samples are adjusted unless --raw.") }
  }

  func source() throws -> DataSource {
    if let data {
      var options = CSVOptions()
      options.adjust = adjust
      options.sort = sort
      options.dateOrder = dateOrder
      return .file(path: data, options: options)
    }
    return .sample(name: (sample ?? "").uppercased(), adjusted: !raw)
  }

  /// Reads a date or time option.
  static func time(_ text: String, option: String) throws -> EpochMilliseconds {
    guard let time = UTCText.parse(text) else {
      throw CommandFailure.usage(
        "--\(option) was \(text); it must be a date like 2015-01-31, or a UTC time like 2015-01-31T14:30.")
    }
    return time
  }
}
