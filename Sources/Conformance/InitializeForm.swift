import JSONRPC
import StrategyProtocol

/// The form of the answer to `initialize`.
enum InitializeForm {
  static func check(_ result: JSONValue) throws {
    try Form.fields(
      result, "", required: ["protocol_version", "strategy"], optional: ["capabilities", "parameters"])
    let version = try Form.string(result["protocol_version"] ?? .null, "/protocol_version")
    guard ProtocolVersion(version) != nil else {
      throw CheckFailure(at: "/protocol_version", "was \"\(version)\"; it must be MAJOR.MINOR")
    }
    let current = ProtocolVersion.current.description
    if version != current {
      throw CheckFailure(at: "/protocol_version", "was \"\(version)\"; asked for \(current), it must be \(current)")
    }
    let strategy = result["strategy"] ?? .null
    try Form.fields(
      strategy, "/strategy", required: ["name"], optional: ["version", "description", "language", "sdk"])
    try Form.text(strategy["name"] ?? .null, "/strategy/name", from: 1, to: 100)
    for name in ["version", "description", "language", "sdk"] {
      if let value = strategy[name] { try Form.string(value, "/strategy/\(name)") }
    }
    try capabilities(result["capabilities"] ?? .object([]))
    try parameters(result["parameters"] ?? .object([]))
  }

  private static func capabilities(_ value: JSONValue) throws {
    let at = "/capabilities"
    let flags = [
      "needs_account", "needs_events", "multi_symbol", "reuse", "cancel", "progress", "deterministic",
      "stateless_series",
    ]
    let host = HostCapabilities.standard
    let lists = [
      ("modes", host.modes), ("encodings", host.encodings), ("order_types", host.orderTypes),
      ("outputs", ["actions", "target_position", "target_weight", "entries_exits"]),
    ]
    try Form.fields(
      value, at, required: [],
      optional: flags + lists.map(\.0) + ["account", "max_message_bytes", "experimental"])
    for name in flags { if let flag = value[name] { try Form.boolean(flag, "\(at)/\(name)") } }
    for (name, words) in lists {
      for (index, word) in try Form.array(value[name], "\(at)/\(name)").enumerated() {
        try Form.word(word, of: words, "\(at)/\(name)/\(index)")
      }
    }
    if value["modes"]?.arrayValue?.isEmpty == true {
      throw CheckFailure(at: "\(at)/modes", "is empty; a strategy needs at least one mode")
    }
    if let account = value["account"] { try Form.word(account, of: ["changed", "always"], "\(at)/account") }
    if let bytes = value["max_message_bytes"] { try Form.whole(bytes, "\(at)/max_message_bytes", from: 4096) }
    if let experimental = value["experimental"] { try Form.object(experimental, "\(at)/experimental") }
  }

  private static func parameters(_ schema: JSONValue) throws {
    let at = "/parameters"
    try Form.object(schema, at)
    if let type = schema["type"], type != "object" { throw CheckFailure(at: "\(at)/type", "must be \"object\"") }
    for member in try Form.object(schema["properties"] ?? .object([]), "\(at)/properties") {
      let here = "\(at)/properties/\(member.key)"
      let item = member.value
      try Form.object(item, here)
      guard let type = item["type"] else { throw CheckFailure(at: here, "lacks the field \"type\"") }
      let kind = try Form.word(type, of: ["integer", "number", "string", "boolean"], "\(here)/type")
      if let value = item["default"] {
        switch kind {
        case "integer": try Form.whole(value, "\(here)/default", from: -Form.maximumInteger)
        case "number": try Form.number(value, "\(here)/default")
        case "string": try Form.string(value, "\(here)/default")
        default: try Form.boolean(value, "\(here)/default")
        }
      }
      for bound in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
        if let value = item[bound] { try Form.number(value, "\(here)/\(bound)") }
      }
    }
  }
}
