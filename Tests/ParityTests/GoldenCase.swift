import BacktestEngine
import BuiltInStrategies
import Foundation
import MarketData
import StrategyKit
import TradingModel

/// One run of the reference engine, and the means to repeat it. `make_golden.py` says what each field means.
struct GoldenCase: @unchecked Sendable {
  let object: [String: Any]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  /// The cases of one file.
  static func load(_ name: String) throws -> [GoldenCase] {
    try Data(contentsOf: folder.appending(path: name)).split(separator: UInt8(ascii: "\n")).map { line in
      guard let object = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
        throw GoldenFault(message: "\(name) holds a line that is no object")
      }
      return GoldenCase(object: object)
    }
  }

  var id: String { object["id"] as? String ?? "?" }
  var strategyName: String { object["strategy"] as? String ?? "" }
  var metrics: [String: Any] { object["metrics"] as? [String: Any] ?? [:] }
  var trades: [[Any]] { object["trades"] as? [[Any]] ?? [] }
  var rejected: Int { object["rejected"] as? Int ?? 0 }

  var equity: [Double] {
    guard let text = object["equity"] as? String, let data = Data(base64Encoded: text) else { return [] }
    return stride(from: 0, to: data.count, by: 8).map { offset in
      Double(
        bitPattern: UInt64(
          littleEndian: data[offset..<offset + 8].withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }))
    }
  }

  var settings: ExecutionSettings {
    let given = object["settings"] as? [String: Any] ?? [:]
    func number(_ key: String) -> Double { given[key] as? Double ?? 0 }
    func flag(_ key: String) -> Bool { given[key] as? Bool ?? false }
    let pair = given["commission"] as? [Double]
    return ExecutionSettings(
      cash: number("cash"),
      commission: pair.map { .fixedAndRate(fixed: $0[0], rate: $0[1]) } ?? .rate(number("commission")),
      spread: number("spread"), margin: number("margin"), tradeOnClose: flag("trade_on_close"),
      hedging: flag("hedging"), exclusiveOrders: flag("exclusive_orders"), finalizeTrades: flag("finalize"))
  }

  func bars() throws -> BarSeries {
    let source = object["bars"] as? [String: Any] ?? [:]
    let whole: BarSeries
    if let sample = source["sample"] as? String {
      whole = try Samples.load(sample, adjusted: !(source["raw"] as? Bool ?? false))
    } else {
      whole = try CSVImporter().read(path: Self.folder.appending(path: source["file"] as? String ?? "").path()).series
    }
    guard let slice = object["slice"] as? [Int] else { return whole }
    return whole.slice(slice[0]..<slice[1])
  }

  /// Repeats the run with our engine.
  func run(on bars: BarSeries) throws -> BacktestRun {
    let engine = BacktestEngine(instruments: [Instrument(symbol: "X")], series: [bars], settings: settings)
    if strategyName == "scripted" {
      let file = FileManager.default.temporaryDirectory.appending(path: "script-\(UUID().uuidString).json")
      try JSONSerialization.data(withJSONObject: object["script"] ?? []).write(to: file)
      defer { try? FileManager.default.removeItem(at: file) }
      var strategy = try Scripted(
        parameters: ParameterValues([("script", .string(file.path()))], for: Scripted.descriptor))
      return try engine.run(&strategy)
    }
    guard let type = BuiltInStrategies.strategy(named: strategyName) else {
      throw GoldenFault(message: "no strategy \(strategyName)")
    }
    func open<S: NamedStrategy>(_ type: S.Type) throws -> BacktestRun {
      let given = (object["params"] as? [String: Any] ?? [:]).map {
        key, value -> (name: String, value: ParameterValue) in
        (key, (value as? Int).map { .integer($0) } ?? .number(value as? Double ?? .nan))
      }
      var strategy = try S(parameters: ParameterValues(given, for: S.descriptor))
      return try engine.run(&strategy)
    }
    return try open(type)
  }
}

struct GoldenFault: Error, CustomStringConvertible {
  let message: String
  var description: String { message }
}
