import JSONRPC
import PluginHost
import StrategyProtocol

/// A process that was initialized.
final class CheckSession {
  let kit: CheckKit
  let probe: StrategyProbe
  /// The answer to `initialize`.
  let answer: JSONValue
  /// Number of runs started in it.
  var runCount = 0
  /// Whether a run was started and not ended.
  var isBusy = false
  /// Whether bars may be passed over; see next_index.
  let offersNextIndex: Bool

  init(_ kit: CheckKit, options: JSONValue = .object([]), offersNextIndex: Bool = true) throws {
    self.kit = kit
    self.offersNextIndex = offersNextIndex
    probe = try kit.start()
    answer = try probe.ask("initialize", kit.initializeParams(options: options, offersNextIndex: offersNextIndex))
    try probe.notify("initialized", .object([]))
  }

  var capabilities: JSONValue { answer["capabilities"] ?? .object([]) }

  /// Whether another run can be started in the process.
  var isFree: Bool {
    !isBusy && !probe.hasEnded && probe.isOpen && (runCount == 0 || capabilities["reuse"]?.boolValue == true)
  }

  /// Whether the strategy wants `account` or `events`; it does unless it says otherwise.
  func needs(_ what: String) -> Bool { capabilities["needs_\(what)"]?.boolValue ?? true }

  /// The longest line it reads.
  var maximumBytes: Int {
    capabilities["max_message_bytes"]?.intValue ?? StrategyCapabilities.standardMessageBytes
  }

  var modes: [String] { capabilities["modes"]?.arrayValue?.compactMap(\.stringValue) ?? ["lockstep"] }

  /// Encodings that both sides know; the strategy's order.
  var encodings: [String] {
    let declared = capabilities["encodings"]?.arrayValue?.compactMap(\.stringValue) ?? ["json"]
    return declared.filter(HostCapabilities.standard.encodings.contains)
  }

  /// A value for every declared parameter: given, default, or the smallest that is allowed.
  func parameters() throws -> JSONValue {
    let properties = answer["parameters"]?["properties"]?.objectValue ?? []
    let given = kit.options.parameters
    if let name = given.keys.sorted().first(where: { name in !properties.contains { $0.key == name } }) {
      throw ConformanceError.unknownParameter(name: name, known: properties.map(\.key))
    }
    return .object(
      try properties.map { property in
        let type = property.value["type"]?.stringValue ?? "string"
        if let text = given[property.key] {
          guard let value = Self.value(text, type) else {
            throw ConformanceError.badParameter(name: property.key, value: text, type: type)
          }
          return .init(property.key, value)
        }
        if let value = property.value["default"] { return .init(property.key, value) }
        switch type {
        case "integer", "number": return .init(property.key, property.value["minimum"] ?? 1)
        case "boolean": return .init(property.key, false)
        default: return .init(property.key, "")
        }
      })
  }

  private static func value(_ text: String, _ type: String) -> JSONValue? {
    switch type {
    case "integer": Int(text).map { JSONValue($0) }
    case "number": Double(text).flatMap { $0.isFinite ? JSONValue(number: $0) : nil }
    case "boolean": ["true": .bool(true), "false": .bool(false)][text]
    default: .string(text)
    }
  }

  /// A column of a message in an encoding.
  func column(_ values: [Double?], _ type: String, _ encoding: String) throws -> JSONValue {
    var column: JSONValue = [
      "encoding": .string(encoding), "dtype": .string(type), "count": JSONValue(values.count),
    ]
    switch encoding {
    case "f64le+base64":
      column["data"] = .string(ColumnFile.bytes(values, type).withUnsafeBytes(Base64.encode))
    case "f64le+file":
      let bytes = ColumnFile.bytes(values, type)
      let (path, offset) = try kit.columnFile().store(bytes)
      column["path"] = .string(path)
      column["offset"] = JSONValue(offset)
      column["sha256"] = .string(SHA256Text.of(bytes))
    default:
      column["data"] = .array(values.map { JSONValue(number: $0) })
    }
    return column
  }
}
