extension StrategyDescriptor {
  /// The parameters as a JSON Schema (draft 2020-12): one object, its keys in a fixed order, on one line.
  ///
  /// Each parameter is a property with its type, meaning, default and range; those without default are required, and
  /// no others are allowed.
  public var jsonSchema: String {
    let properties = parameters.map { "\(JSONSchemaText.quote($0.name)):\($0.jsonSchema)" }
    let required = parameters.filter { $0.defaultValue == nil }.map { JSONSchemaText.quote($0.name) }
    var members = [
      "\"$schema\":\"https://json-schema.org/draft/2020-12/schema\"",
      "\"title\":\(JSONSchemaText.quote(name))",
      "\"description\":\(JSONSchemaText.quote(summary))",
      "\"type\":\"object\"",
      "\"properties\":{\(properties.joined(separator: ","))}",
    ]
    if !required.isEmpty { members.append("\"required\":[\(required.joined(separator: ","))]") }
    members.append("\"additionalProperties\":false")
    return "{\(members.joined(separator: ","))}"
  }
}

extension ParameterDefinition {
  /// The parameter as a JSON Schema of its own.
  public var jsonSchema: String {
    var members = ["\"type\":\"\(kind.rawValue)\"", "\"description\":\(JSONSchemaText.quote(summary))"]
    if let defaultValue, let text = JSONSchemaText.value(defaultValue) { members.append("\"default\":\(text)") }
    if let minimum, let text = JSONSchemaText.number(minimum) {
      members.append("\"\(exclusiveMinimum ? "exclusiveMinimum" : "minimum")\":\(text)")
    }
    if let maximum, let text = JSONSchemaText.number(maximum) {
      members.append("\"\(exclusiveMaximum ? "exclusiveMaximum" : "maximum")\":\(text)")
    }
    return "{\(members.joined(separator: ","))}"
  }
}

/// JSON spellings of the few values a schema holds.
private enum JSONSchemaText {
  static func value(_ value: ParameterValue) -> String? {
    switch value {
    case .integer(let integer): String(integer)
    case .number(let number): Self.number(number)
    case .string(let string): quote(string)
    case .boolean(let boolean): boolean ? "true" : "false"
    }
  }

  /// Shortest spelling that reads back as the same number, without a needless `.0`; `nil` for what JSON cannot hold.
  static func number(_ value: Double) -> String? {
    guard value.isFinite else { return nil }
    return Int(exactly: value).map { String($0) } ?? "\(value)"
  }

  static func quote(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\u{0}"..<"\u{20}":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
