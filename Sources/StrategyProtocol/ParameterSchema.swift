/// The `parameters` of a strategy: a JSON Schema of an object whose properties are the tunables.
///
/// Only what the host understands is read; other keywords are passed over.
package struct ParameterSchema: Equatable, Sendable {
  /// One tunable.
  package struct Parameter: Equatable, Sendable {
    /// Its name.
    package var name: String
    /// `integer`, `number`, `string` or `boolean`.
    package var type: String
    /// The value when the user gives none; `nil` makes the parameter required.
    package var defaultValue: WireValue?
    /// Smallest value.
    package var minimum: Double?
    /// Value that is just too small.
    package var exclusiveMinimum: Double?
    /// Largest value.
    package var maximum: Double?
    /// Value that is just too large.
    package var exclusiveMaximum: Double?
    /// What it means.
    package var description: String?

    package init(
      name: String, type: String, defaultValue: WireValue? = nil, minimum: Double? = nil,
      exclusiveMinimum: Double? = nil, maximum: Double? = nil, exclusiveMaximum: Double? = nil,
      description: String? = nil
    ) {
      self.name = name
      self.type = type
      self.defaultValue = defaultValue
      self.minimum = minimum
      self.exclusiveMinimum = exclusiveMinimum
      self.maximum = maximum
      self.exclusiveMaximum = exclusiveMaximum
      self.description = description
    }
  }

  /// The tunables in the order of the schema.
  package var parameters: [Parameter]

  package init(_ parameters: [Parameter]) { self.parameters = parameters }

  /// The types a parameter can have.
  package static let types = ["integer", "number", "string", "boolean"]

  /// Reads a schema; `nil` is one without parameters.
  ///
  /// - Throws: ``WireError`` naming the property that cannot be used.
  package init(_ schema: WireValue?) throws(WireError) {
    guard let schema else {
      self.init([])
      return
    }
    guard schema.members != nil else {
      throw WirePath.root.error("must be a JSON Schema of an object, received \(schema.noun)")
    }
    if let type = schema["type"], type != .string("object") {
      throw WirePath.root.member("type").error("must be \"object\"")
    }
    let properties = WirePath.root.member("properties")
    guard let members = (schema["properties"] ?? .emptyObject).members else {
      throw properties.error("must be an object")
    }
    var parameters: [Parameter] = []
    for member in members { parameters.append(try Self.read(member, at: properties.member(member.key))) }
    self.init(parameters)
  }

  private static func read(_ member: WireValue.Member, at path: WirePath) throws(WireError) -> Parameter {
    guard member.value.members != nil else { throw path.error("must be an object, received \(member.value.noun)") }
    guard let type = member.value["type"]?.string, types.contains(type) else {
      throw path.member("type").error("must be one of \(types.joined(separator: ", "))")
    }
    func bound(_ key: String) throws(WireError) -> Double? {
      guard let value = member.value[key] else { return nil }
      guard let number = value.number else { throw path.member(key).error("must be a number, received \(value.noun)") }
      return number
    }
    let parameter = Parameter(
      name: member.key, type: type, defaultValue: member.value["default"], minimum: try bound("minimum"),
      exclusiveMinimum: try bound("exclusiveMinimum"), maximum: try bound("maximum"),
      exclusiveMaximum: try bound("exclusiveMaximum"), description: member.value["description"]?.string)
    if let value = parameter.defaultValue, !parameter.allowsType(of: value) {
      throw path.member("default").error("must be of the parameter's type, \(type), received \(value.noun)")
    }
    return parameter
  }

  /// The schema as a strategy or the host writes it.
  package var schema: WireValue {
    .object([
      .init("type", .string("object")),
      .init("properties", .object(parameters.map { WireValue.Member($0.name, $0.schema) })),
    ])
  }
}

extension ParameterSchema.Parameter {
  /// Whether a value is of the parameter's type; a range is not looked at.
  package func allowsType(of value: WireValue) -> Bool {
    switch (type, value) {
    case ("integer", .int), ("number", .int), ("number", .double), ("string", .string), ("boolean", .bool): true
    case ("integer", .double(let number)): Int(exactly: number) != nil
    default: false
    }
  }

  fileprivate var schema: WireValue {
    var members = [WireValue.Member("type", .string(type))]
    if let defaultValue { members.append(.init("default", defaultValue)) }
    for (key, bound) in [
      ("minimum", minimum), ("exclusiveMinimum", exclusiveMinimum), ("maximum", maximum),
      ("exclusiveMaximum", exclusiveMaximum),
    ] {
      if let bound { members.append(.init(key, WireValue(number: bound))) }
    }
    if let description { members.append(.init("description", .string(description))) }
    return .object(members)
  }
}
