import StrategyKit
import StrategyProtocol

extension ParameterDefinition {
  /// The parameters a JSON Schema of a strategy declares; other keywords than type, default, bounds and description are
  /// ignored.
  ///
  /// - Throws: ``PluginFailure`` of kind `protocol_error` naming the member that is wrong.
  static func definitions(ofSchema schema: WireValue?) throws(PluginFailure) -> [ParameterDefinition] {
    guard let properties = schema?["properties"] else { return [] }
    guard let members = properties.members else { throw fault("/parameters/properties", "must be an object") }
    let required = schema?["required"]?.elements?.compactMap(\.string) ?? []
    var definitions: [ParameterDefinition] = []
    for member in members {
      definitions.append(try definition(member.key, member.value, isRequired: required.contains(member.key)))
    }
    return definitions
  }

  private static func definition(
    _ name: String, _ schema: WireValue, isRequired: Bool
  ) throws(PluginFailure) -> ParameterDefinition {
    let pointer = "/parameters/properties/\(name)"
    guard schema.members != nil else { throw fault(pointer, "must be an object") }
    let value: ParameterValue? = if let given = schema["default"] { Self.value(of: given) } else { nil }
    let kind: Kind
    if let text = schema["type"]?.string {
      guard let known = Kind(rawValue: text) else {
        throw fault("\(pointer)/type", "was \"\(text)\"; it must be integer, number, string or boolean")
      }
      kind = known
    } else {
      switch value {
      case .integer: kind = .integer
      case .number: kind = .number
      case .boolean: kind = .boolean
      default: kind = .string
      }
    }
    let exclusiveMinimum = schema["exclusiveMinimum"]?.number
    let exclusiveMaximum = schema["exclusiveMaximum"]?.number
    var definition = ParameterDefinition(
      name: name, kind: kind, defaultValue: nil, minimum: exclusiveMinimum ?? schema["minimum"]?.number,
      exclusiveMinimum: exclusiveMinimum != nil, maximum: exclusiveMaximum ?? schema["maximum"]?.number,
      exclusiveMaximum: exclusiveMaximum != nil, summary: schema["description"]?.string ?? "")
    if let value {
      do { definition.defaultValue = try definition.check(value) } catch {
        throw fault("\(pointer)/default", "does not fit: \(error)")
      }
    } else if !isRequired {
      throw fault(pointer, "has no default and is not among the required")
    }
    return definition
  }

  private static func value(of given: WireValue) -> ParameterValue? {
    switch given {
    case .int(let number): .integer(Int(number))
    case .double(let number): .number(number)
    case .string(let text): .string(text)
    case .bool(let flag): .boolean(flag)
    case .null, .array, .object: nil
    }
  }

  private static func fault(_ pointer: String, _ problem: String) -> PluginFailure {
    PluginFailure(
      .protocolError, "In the strategy's answer to initialize \(pointer) \(problem)",
      hint: "Declare each parameter with a type and a default.", pointer: pointer)
  }
}

extension ParameterValues {
  /// The parameters as `run/start` carries them.
  var wire: WireValue {
    .object(
      entries.map { name, value in
        switch value {
        case .integer(let number): WireValue.Member(name, .int(Int64(number)))
        case .number(let number): WireValue.Member(name, WireValue(number: number))
        case .string(let text): WireValue.Member(name, .string(text))
        case .boolean(let flag): WireValue.Member(name, .bool(flag))
        }
      })
  }
}
