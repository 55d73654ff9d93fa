/// A value of a parameter.
public enum ParameterValue: Sendable, Equatable {
  case integer(Int)
  case number(Double)
  case string(String)
  case boolean(Bool)

  /// The value as people write it.
  public var text: String {
    switch self {
    case .integer(let value): String(value)
    case .number(let value): "\(value)"
    case .string(let value): value
    case .boolean(let value): value ? "true" : "false"
    }
  }
}

/// One tunable of a strategy: its type, default, range and meaning. The JSON Schema is made from it.
public struct ParameterDefinition: Sendable, Equatable {
  /// The types a parameter can have, with JSON Schema's names.
  public enum Kind: String, Sendable {
    case integer, number, string, boolean
  }

  /// The name users type.
  public var name: String
  /// What type it has.
  public var kind: Kind
  /// The value when the user gives none; `nil` makes the parameter required.
  public var defaultValue: ParameterValue?
  /// Smallest value; `nil` is unbounded.
  public var minimum: Double?
  /// Whether ``minimum`` itself is too small.
  public var exclusiveMinimum: Bool
  /// Largest value; `nil` is unbounded.
  public var maximum: Double?
  /// Whether ``maximum`` itself is too large.
  public var exclusiveMaximum: Bool
  /// What it means, one phrase.
  public var summary: String

  /// Makes a definition.
  public init(
    name: String, kind: Kind, defaultValue: ParameterValue?, minimum: Double? = nil, exclusiveMinimum: Bool = false,
    maximum: Double? = nil, exclusiveMaximum: Bool = false, summary: String
  ) {
    self.name = name
    self.kind = kind
    self.defaultValue = defaultValue
    self.minimum = minimum
    self.exclusiveMinimum = exclusiveMinimum
    self.maximum = maximum
    self.exclusiveMaximum = exclusiveMaximum
    self.summary = summary
  }

  /// A whole number of at least `minimum`.
  public static func integer(_ name: String, _ value: Int, minimum: Int, summary: String) -> ParameterDefinition {
    ParameterDefinition(
      name: name, kind: .integer, defaultValue: .integer(value), minimum: Double(minimum), maximum: 10_000_000,
      summary: summary)
  }

  /// A number between two bounds.
  public static func number(
    _ name: String, _ value: Double, minimum: Double, maximum: Double, exclusiveMinimum: Bool = false,
    exclusiveMaximum: Bool = false, summary: String
  ) -> ParameterDefinition {
    ParameterDefinition(
      name: name, kind: .number, defaultValue: .number(value), minimum: minimum, exclusiveMinimum: exclusiveMinimum,
      maximum: maximum, exclusiveMaximum: exclusiveMaximum, summary: summary)
  }

  /// The rule a value must follow, for error sentences: "a whole number from 1 to 10000000".
  public var rule: String {
    let noun =
      switch kind {
      case .integer: "a whole number"
      case .number: "a number"
      case .string: "a text"
      case .boolean: "true or false"
      }
    switch (minimum, maximum) {
    case (nil, nil): return noun
    case (let low?, nil): return "\(noun) \(exclusiveMinimum ? "above" : "of at least") \(Self.short(low))"
    case (nil, let high?): return "\(noun) \(exclusiveMaximum ? "below" : "of at most") \(Self.short(high))"
    case (let low?, let high?):
      return "\(noun) \(exclusiveMinimum ? "above" : "from") \(Self.short(low)) "
        + (exclusiveMaximum ? "and below \(Self.short(high))" : "to \(Self.short(high))")
    }
  }

  private static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }
}
