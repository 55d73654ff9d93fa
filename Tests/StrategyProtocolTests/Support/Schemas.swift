import StrategyProtocol
import Testing

/// The schemas under `protocol/v1/schemas`.
struct Schemas {
  /// Name and schema of everything defined, in the order of the files.
  let definitions: [(name: String, schema: WireValue)]

  init() throws {
    definitions = try ["types", "strategy", "host"].flatMap { file in
      let document = try ProtocolFiles.json("v1/schemas/\(file).json")
      return try #require(document.value["$defs"]?.members).map { ($0.key, $0.value) }
    }
  }

  subscript(name: String) -> WireValue? { definitions.first { $0.name == name }?.schema }

  /// Names of the fields of an object's schema, in order.
  func fields(_ name: String) throws -> [String] {
    let schema = try #require(self[name], "there is no schema \(name)")
    return schema["properties"]?.members?.map(\.key) ?? []
  }

  /// Names of the fields that must be there.
  func required(_ name: String) throws -> [String] {
    try #require(self[name])["required"]?.elements?.compactMap(\.string) ?? []
  }

  /// A value with every field a schema knows.
  func sample(of schema: WireValue) throws -> WireValue {
    if let reference = schema["$ref"]?.string {
      let name = try #require(reference.split(separator: "/").last.map(String.init))
      switch name {
      // Unions: one of their forms will do.
      case "Action": return try sample(of: try #require(self["OrderAction"]))
      case "StrategySelector": return "sma_cross"
      case "BarRow": return .array([.int(1), .int(2), .int(1), .int(2), .null])
      case "PositionRow": return .array([.int(1), .null, .int(1), .int(2)])
      default: return try sample(of: try #require(self[name], "there is no schema \(name)"))
      }
    }
    if let constant = schema["const"] { return constant }
    if let word = schema["enum"]?.elements?.first { return word }
    if let part = schema["anyOf"]?.elements?.first, schema["properties"] == nil { return try sample(of: part) }
    let type = schema["type"]?.string ?? schema["type"]?.elements?.first?.string
    switch type {
    case "string": return schema["pattern"]?.string?.hasPrefix("^[0-9]+") == true ? "1.0" : "text"
    case "integer": return .int(Int64(schema["minimum"]?.integer ?? 1))
    case "number": return .double(1.5)
    case "boolean": return .bool(true)
    case "array":
      return .array(try schema["items"].map { [try sample(of: $0)] } ?? [])
    case "object":
      if let properties = schema["properties"]?.members {
        return .object(try properties.map { WireValue.Member($0.key, try sample(of: $0.value)) })
      }
      if let inner = schema["additionalProperties"], inner.members != nil {
        return .object([.init("key", try sample(of: inner))])
      }
      return .emptyObject
    default: return "anything"
    }
  }
}
