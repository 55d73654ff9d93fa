public import BacktestService
import JSONRPC
import MarketData
public import RunStore
public import StrategyKit
import TradingModel

/// The fields of the form that starts a run, as texts.
public struct StartForm: Sendable {
  /// A field that cannot be as it is.
  public struct Fault: Sendable, Equatable {
    /// Its name; empty when no single field is to blame.
    public var field: String
    /// What is wrong and what would be right.
    public var sentence: String

    /// Notes a fault.
    public init(field: String, sentence: String) {
      self.field = field
      self.sentence = sentence
    }
  }

  static let parameterPrefix = "param."
  /// What a form that nobody has touched holds.
  private static let presets = [
    "strategy": "sma_cross", "dataset": "sample:GOOG", "interval": "1d", "cash": "10000", "commission": "0",
    "spread": "0",
    "margin": "1",
    "profile": "compat", "seed": "0",
  ]

  private var values: [String: String]
  /// Whether a user has sent it: a box that is missing then is one that was cleared.
  let isSubmitted: Bool
  /// What of an earlier run cannot be filled in: one sentence.
  private(set) var gap: String?

  /// Reads the fields of an address or a body.
  public init(_ fields: [(name: String, value: String)] = []) {
    values = Dictionary(fields.map { ($0.name, $0.value.trimmingSpaces) }, uniquingKeysWith: { $1 })
    isSubmitted = values["submitted"] != nil
    if !isSubmitted { values.merge(Self.presets) { given, _ in given.isEmpty ? "" : given } }
  }

  /// Fills the form as it was for an earlier run.
  public init(_ record: RunRecord) {
    self.init()
    values["strategy"] = record.strategy
    guard let request = record.request.flatMap({ try? JSONValue(parsing: $0) }) else { return }
    for name in [
      "cash", "spread", "margin", "seed", "profile", "trade_on_close", "hedging", "exclusive_orders", "finalize",
    ] {
      if let value = request[name] { values[name] = Self.text(value) }
    }
    if let commission = request["commission"] {
      values["commission"] = commission.arrayValue?.map(Self.text).joined(separator: ",") ?? Self.text(commission)
    }
    for name in ["from", "to"] {
      // As a browser's field for a date, or for a date and a time, wants it.
      if let time = request[name]?.intValue {
        values[name] = String(UTCText.format(Int64(time)).map { $0 == " " ? "T" : $0 })
      }
    }
    if let sample = request["data"]?["sample"]?.stringValue { values["dataset"] = "sample:\(sample)" }
    if let name = request["data"]?["import"]?.stringValue { values["dataset"] = "import:\(name)" }
    if let file = request["data"]?["file"]?.stringValue {
      gap =
        "The run used the file \(file), which cannot be named here: import it with `backtester data import` and choose "
        + "it below."
    }
    if let symbol = request["data"]?["yahoo"]?.stringValue { values["symbol"] = symbol }
    if let interval = request["data"]?["interval"]?.stringValue { values["interval"] = interval }
    if let adjusted = request["data"]?["adjusted"]?.boolValue { values["adjusted"] = adjusted ? "true" : "false" }
    for (name, value) in RunHeader.parameters(record) { values[Self.parameterPrefix + name] = value }
  }

  /// The value of a field; empty when it is missing.
  public subscript(name: String) -> String { values[name] ?? "" }

  private static func text(_ value: JSONValue) -> String {
    value.stringValue
      ?? (value.doubleValue.flatMap { Int(exactly: $0) }.map { String($0) } ?? (try? value.text()) ?? "")
  }

  // MARK: Checking

  /// The request the form asks for.
  ///
  /// - Parameters:
  ///   - descriptor: The strategy it names.
  ///   - datasets: The data sets that can be chosen.
  /// - Returns: The request, or every fault.
  public func request(
    for descriptor: StrategyDescriptor, datasets: [Dataset]
  ) -> (request: BacktestRequest?, faults: [Fault]) {
    var faults: [Fault] = []
    var parameters: [(name: String, value: BacktestRequest.ParameterInput)] = []
    for definition in descriptor.parameters {
      let name = Self.parameterPrefix + definition.name
      var text = self[name]
      if definition.kind == .boolean { text = text == "true" ? "true" : "false" }
      if text.isEmpty, definition.defaultValue != nil { continue }
      do {
        if text.isEmpty { throw ParameterError.missing(definition, strategy: descriptor.name) }
        parameters.append((definition.name, .value(try definition.parse(text))))
      } catch ParameterError.missing {
        faults.append(Fault(field: name, sentence: "\(definition.name) is needed: \(definition.rule)."))
      } catch { faults.append(Fault(field: name, sentence: "\(error)")) }
    }
    let data = source(datasets, &faults)
    let from = date("from", &faults)
    let to = date("to", &faults)
    if let from, let to, from >= to {
      faults.append(Fault(field: "to", sentence: "To was \(self["to"]); it must be after \(self["from"])."))
    }
    let settings = settings(&faults)
    guard let seed = UInt64(self["seed"].isEmpty ? "0" : self["seed"]), seed <= 1 << 53 else {
      faults.append(Fault(field: "seed", sentence: "Seed was \(self["seed"]); it must be a whole number of 0 or more."))
      return (nil, faults)
    }
    guard faults.isEmpty, let data else { return (nil, faults) }
    return (
      BacktestRequest(
        strategy: descriptor.name, parameters: parameters, data: data, from: from, to: to, settings: settings,
        seed: seed),
      []
    )
  }

  private func source(_ datasets: [Dataset], _ faults: inout [Fault]) -> DataSource? {
    let isAdjusted = self["adjusted"] == "true"
    if !self["symbol"].isEmpty {
      guard let interval = BarInterval(rawValue: self["interval"].isEmpty ? "1d" : self["interval"]) else {
        faults.append(
          Fault(field: "interval", sentence: "Interval was \(self["interval"]); choose one of the list."))
        return nil
      }
      let symbol = self["symbol"].uppercased()
      guard symbol.utf8.count <= 20 else {
        faults.append(
          Fault(field: "symbol", sentence: "The symbol has more than 20 characters; write it as Yahoo does."))
        return nil
      }
      return .yahoo(YahooBars(symbol: symbol, interval: interval, adjusted: isAdjusted))
    }
    let id = self["dataset"]
    guard let dataset = datasets.first(where: { $0.id == id }) else {
      faults.append(
        Fault(
          field: "dataset",
          sentence: "There is no data set \(id)\(NearMiss.hint(id, among: datasets.map(\.id))); choose one of the list."
        ))
      return nil
    }
    switch dataset.source {
    case .sample(let name, _): return .sample(name: name, adjusted: isAdjusted)
    case .imported(let name, _): return .imported(name: name, adjusted: isAdjusted)
    case .yahoo(var bars):
      bars.adjusted = isAdjusted
      return .yahoo(bars)
    case .file(let path, let options): return .file(path: path, options: options)
    }
  }

  private func date(_ name: String, _ faults: inout [Fault]) -> EpochMilliseconds? {
    if self[name].isEmpty { return nil }
    if let time = UTCText.parse(self[name]) { return time }
    faults.append(
      Fault(
        field: name, sentence: "\(name == "from" ? "From" : "To") was \(self[name]); it must be a date like 2015-01-31."
      ))
    return nil
  }

  private func number(_ name: String, _ preset: Double, _ faults: inout [Fault]) -> Double {
    if self[name].isEmpty { return preset }
    if let value = Double(self[name]), value.isFinite { return value }
    faults.append(Fault(field: name, sentence: "\(name) was \(self[name]); it must be a number."))
    return preset
  }

  private func settings(_ faults: inout [Fault]) -> ExecutionSettings {
    var settings = ExecutionSettings(
      cash: number("cash", 10_000, &faults), spread: number("spread", 0, &faults), margin: number("margin", 1, &faults),
      tradeOnClose: self["trade_on_close"] == "true", hedging: self["hedging"] == "true",
      exclusiveOrders: self["exclusive_orders"] == "true", finalizeTrades: self["finalize"] == "true")
    let parts = self["commission"].split(separator: ",", omittingEmptySubsequences: false).map {
      Double(String($0).trimmingSpaces)
    }
    switch parts.count {
    case 1 where self["commission"].isEmpty: break
    case 1 where parts[0] != nil: settings.commission = .rate(parts[0] ?? 0)
    case 2 where parts[0] != nil && parts[1] != nil:
      settings.commission = .fixedAndRate(fixed: parts[0] ?? 0, rate: parts[1] ?? 0)
    default:
      faults.append(
        Fault(
          field: "commission",
          sentence: "Commission was \(self["commission"]); it must be a rate like 0.002 or FIXED,RATE like 1,0.001."))
    }
    if let profile = ExecutionProfile(rawValue: self["profile"]) {
      settings.profile = profile
    } else if !self["profile"].isEmpty {
      faults.append(
        Fault(field: "profile", sentence: "Profile was \(self["profile"]); it must be compat or strict."))
    }
    if !faults.contains(where: { ["cash", "commission", "spread", "margin"].contains($0.field) }) {
      do { try settings.validate() } catch let error as SettingsError {
        faults.append(Fault(field: error.name, sentence: "\(error)"))
      } catch { faults.append(Fault(field: "", sentence: "\(error)")) }
    }
    return settings
  }
}
