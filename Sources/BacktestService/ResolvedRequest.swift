public import JSONRPC
import MarketData
public import StrategyKit
public import TradingModel

/// A request with everything filled in: the strategy's own name, every parameter, the symbol.
public struct ResolvedRequest: Sendable {
  /// The strategy's name, aliases resolved.
  public var strategy: String
  /// Every parameter of the strategy.
  public var parameters: ParameterValues
  /// Where the bars come from.
  public var data: DataSource
  /// What is traded.
  public var symbol: String
  /// First bar time asked for.
  public var from: EpochMilliseconds?
  /// First bar time left out.
  public var to: EpochMilliseconds?
  /// How orders are executed.
  public var settings: ExecutionSettings
  /// How the strategy got its bars: `in_process`, or the protocol's word.
  public var mode: String
  /// Seed for the strategy's own randomness.
  public var seed: UInt64
  /// Whether a rejected order ends the run.
  public var strictOrders: Bool

  /// Writes the request as one JSON object, keys in a fixed order: the same request gives the same bytes.
  ///
  /// - Parameter includesMode: Off for the fingerprint, as results do not depend on the mode.
  public func write(to writer: inout JSONWriter, includesMode: Bool = true) {
    writer.beginObject()
    writer.field("strategy", strategy)
    writer.key("parameters")
    parameters.write(to: &writer)
    writer.key("data")
    writer.beginObject()
    switch data {
    case .sample(let name, let adjusted):
      writer.field("sample", name)
      writer.field("adjusted", adjusted)
    case .file(let path, let options):
      writer.field("file", path)
      writer.field("adjusted", options.adjust)
      // Only what was said; the rest is in the file.
      writer.field("symbol", ifPresent: options.symbol)
      writer.field("date_order", ifPresent: options.dateOrder?.rawValue)
      if let decimalComma = options.decimalComma { writer.field("decimal_comma", decimalComma) }
      writer.field("price_divisor", ifPresent: options.priceDivisor)
      if options.utcOffsetMinutes != 0 { writer.field("utc_offset_minutes", Int(options.utcOffsetMinutes)) }
      if options.sort { writer.field("sort", true) }
    case .yahoo(let bars):
      // How fresh the bars had to be is left out: the same bars give the same bytes, fetched or not.
      writer.field("yahoo", bars.symbol)
      writer.field("interval", bars.interval.rawValue)
      writer.field("adjusted", bars.adjusted)
      writer.field("extended_hours", bars.extendedHours)
    case .imported(let name, let adjusted):
      writer.field("import", name)
      writer.field("adjusted", adjusted)
    }
    writer.endObject()
    writer.field("symbol", symbol)
    writer.key("from")
    Self.write(from, to: &writer)
    writer.key("to")
    Self.write(to, to: &writer)
    writer.field("cash", settings.cash)
    writer.key("commission")
    switch settings.commission {
    case .rate(let rate): writer.value(rate)
    case .fixedAndRate(let fixed, let rate):
      writer.beginArray()
      writer.value(fixed)
      writer.value(rate)
      writer.endArray()
    case .custom: writer.value("custom")
    }
    writer.field("spread", settings.spread)
    writer.field("margin", settings.margin)
    writer.field("trade_on_close", settings.tradeOnClose)
    writer.field("hedging", settings.hedging)
    writer.field("exclusive_orders", settings.exclusiveOrders)
    writer.field("finalize", settings.finalizeTrades)
    writer.field("profile", settings.profile.rawValue)
    writer.field("strict_orders", strictOrders)
    if includesMode { writer.field("mode", mode) }
    writer.field("seed", Int(clamping: seed))
    writer.endObject()
  }

  /// The parameters alone, as a JSON object.
  var parametersJSON: String {
    var writer = JSONWriter()
    parameters.write(to: &writer)
    return (try? writer.bytes()).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  private static func write(_ time: EpochMilliseconds?, to writer: inout JSONWriter) {
    if let time { writer.value(time) } else { writer.null() }
  }

  /// The request's JSON text.
  public var json: [UInt8] { bytes(includesMode: true) }

  /// The part of the request that decides the result.
  var fingerprintJSON: [UInt8] { bytes(includesMode: false) }

  private func bytes(includesMode: Bool) -> [UInt8] {
    var writer = JSONWriter()
    write(to: &writer, includesMode: includesMode)
    // Every number in a checked request is finite, so the writer cannot have refused one.
    return (try? writer.bytes()) ?? []
  }
}

extension ParameterValues {
  /// Writes the parameters as one JSON object, in the strategy's order.
  public func write(to writer: inout JSONWriter) {
    writer.beginObject()
    for (name, value) in entries {
      writer.key(name)
      switch value {
      case .integer(let value): writer.value(value)
      case .number(let value): writer.value(value)
      case .string(let value): writer.value(value)
      case .boolean(let value): writer.value(value)
      }
    }
    writer.endObject()
  }

  /// The parameters but for some.
  public func without(_ names: [String]) -> ParameterValues {
    ParameterValues(unchecked: entries.filter { !names.contains($0.name) })
  }
}
