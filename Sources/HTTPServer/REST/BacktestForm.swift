import BacktestService
import MarketData
import StrategyKit
import TradingModel

/// What a client asks to be run, checked field by field.
///
/// The first six fields are those of the older backend; the others are optional and default to what it did.
struct BacktestForm {
  /// Where the bars come from.
  enum Source: String, CaseIterable {
    /// Yahoo's bars, by way of the cache.
    case yahoo
    /// The daily bars carried by the program.
    case sample
  }

  /// Empty for a run on a data set, whose own symbol is traded.
  var ticker: String
  /// `nil`, as ``end``, for all bars of a data set.
  var start: EpochMilliseconds?
  var end: EpochMilliseconds?
  var strategy: String
  var interval: BarInterval
  var source: Source
  /// The id of a data set of this machine, which takes the place of ticker, interval and source.
  var dataset: String?
  var parameters: [(name: String, value: BacktestRequest.ParameterInput)]
  var settings: ExecutionSettings
  var mode: RunMode
  var seed: UInt64

  /// Checks the fields of a body.
  ///
  /// - Throws: ``ReplyError/fields(_:)`` with every faulty field; ``ReplyError/sentence(_:)`` when they do not go together.
  init(_ fields: BodyFields) throws(ReplyError) {
    var reader = FieldReader(fields)
    dataset = reader.text("dataset", maximumLength: 300, isRequired: false)
    let isSymbol = dataset == nil
    let ticker = reader.text("ticker", maximumLength: 20, isRequired: isSymbol)
    let start = reader.date("startDate", isRequired: isSymbol)
    let end = reader.date("endDate", isRequired: isSymbol)
    let strategy = reader.text("strategy", maximumLength: 100)
    let capital = reader.number("capital")
    if let capital, capital <= 0 { reader.fail("capital", "Ensure this value is greater than 0.") }
    interval = reader.choice("interval") { try? BarInterval(parsing: $0) } ?? .oneDay
    source = reader.choice("source") { Source(rawValue: $0) } ?? .yahoo
    mode = reader.choice("mode") { RunMode(rawValue: $0) } ?? .auto
    seed = Self.seed(&reader)
    settings = Self.settings(&reader, cash: capital)
    let given = reader.parameters("parameters")
    guard reader.faults.isEmpty, let strategy else { throw .fields(reader.faults) }
    if let start, let end, start >= end { throw .sentence("Start date must be before end date.") }
    if isSymbol, source == .sample, interval != .oneDay {
      throw .fields([("interval", ["The samples have daily bars; choose 1d, or the source yahoo."])])
    }
    self.ticker = ticker?.uppercased() ?? ""
    (self.start, self.end, self.strategy) = (start, end, strategy)
    parameters = given.map { name, value, text in
      if let value { (name, .value(value)) } else { (name, .text(text ?? "")) }
    }
  }

  private static func settings(_ reader: inout FieldReader, cash: Double?) -> ExecutionSettings {
    var settings = ExecutionSettings()
    if let cash, cash > 0 { settings.cash = cash }
    if let rate = reader.number("commission", isRequired: false) { settings.commission = .rate(rate) }
    if let spread = reader.number("spread", isRequired: false) { settings.spread = spread }
    if let margin = reader.number("margin", isRequired: false) { settings.margin = margin }
    settings.tradeOnClose = reader.flag("trade_on_close") ?? false
    settings.hedging = reader.flag("hedging") ?? false
    settings.exclusiveOrders = reader.flag("exclusive_orders") ?? false
    settings.finalizeTrades = reader.flag("finalize") ?? false
    settings.profile = reader.choice("profile") { ExecutionProfile(rawValue: $0) } ?? .compat
    do { try settings.validate() } catch let error as SettingsError {
      reader.fail(error.name, "Must be \(error.rule).")
    } catch { reader.fail("capital", "\(error)") }
    return settings
  }

  private static func seed(_ reader: inout FieldReader) -> UInt64 {
    guard let number = reader.number("seed", isRequired: false) else { return 0 }
    guard let seed = UInt64(exactly: number), seed <= 1 << 53 else {
      reader.fail("seed", "Must be a whole number from 0 to 9007199254740992.")
      return 0
    }
    return seed
  }

  /// The run asked for; reads which data sets there are, and blocks its thread.
  ///
  /// - Throws: ``BacktestService/ServiceError`` for a data set that is not there.
  func request(_ datasets: Datasets) throws(ServiceError) -> BacktestRequest {
    var request = BacktestRequest(
      strategy: strategy, parameters: parameters, data: .sample(name: ticker, adjusted: true), settings: settings,
      mode: mode, seed: seed)
    (request.from, request.to) = (start, end)
    if let dataset {
      request.data = try datasets.source(dataset)
    } else if source == .yahoo {
      // Days are the exchange's, as they were in the older backend.
      request.data = .yahoo(
        YahooBars(symbol: ticker, interval: interval, from: start.map { .local($0) }, to: end.map { .local($0) }))
      (request.from, request.to) = (nil, nil)
    }
    return request
  }

  /// What the bars are of, for sentences.
  var subject: String { dataset ?? ticker }
}
