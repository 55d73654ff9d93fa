/// The parameters of one run, checked against their definitions: all present, of their type, in range.
public struct ParameterValues: Sendable, Equatable {
  /// Names and values in the order of the definitions.
  public let entries: [(name: String, value: ParameterValue)]

  /// Whether the same names have the same values in the same order.
  public static func == (left: ParameterValues, right: ParameterValues) -> Bool {
    left.entries.elementsEqual(right.entries) { $0.name == $1.name && $0.value == $1.value }
  }

  /// Checks given values against definitions and fills in defaults.
  ///
  /// Integers are taken where numbers are asked for, and numbers without a fraction where integers are.
  ///
  /// - Throws: ``ParameterError`` naming the first unknown, missing, mistyped or out-of-range parameter.
  public init(_ given: [(name: String, value: ParameterValue)], for strategy: StrategyDescriptor) throws {
    for (name, _) in given where !strategy.parameters.contains(where: { $0.name == name }) {
      throw ParameterError.unknown(name: name, strategy: strategy.name, known: strategy.parameters.map(\.name))
    }
    entries = try strategy.parameters.map { definition in
      guard let value = given.last(where: { $0.name == definition.name })?.value else {
        guard let value = definition.defaultValue else {
          throw ParameterError.missing(definition, strategy: strategy.name)
        }
        return (definition.name, value)
      }
      return (definition.name, try definition.check(value))
    }
  }

  /// Takes values as they are: for parameters whose definitions are not known yet, or values checked before.
  package init(unchecked entries: [(name: String, value: ParameterValue)]) { self.entries = entries }

  /// The value of a parameter.
  public subscript(name: String) -> ParameterValue? { entries.first { $0.name == name }?.value }

  /// The value of an integer parameter; 0 when the strategy declares no such parameter.
  public func integer(_ name: String) -> Int {
    if case .integer(let value)? = self[name] { value } else { 0 }
  }

  /// The value of a number parameter; 0 when the strategy declares no such parameter.
  public func number(_ name: String) -> Double {
    if case .number(let value)? = self[name] { value } else { 0 }
  }

  /// The value of a text parameter; empty when the strategy declares no such parameter.
  public func string(_ name: String) -> String {
    if case .string(let value)? = self[name] { value } else { "" }
  }
}

extension ParameterDefinition {
  /// Converts a value to this parameter's type and checks its range.
  ///
  /// - Throws: ``ParameterError/invalid(_:value:)``.
  public func check(_ value: ParameterValue) throws -> ParameterValue {
    switch (kind, value) {
    case (.integer, .integer(let number)) where contains(Double(number)): return value
    case (.integer, .number(let number)) where contains(number):
      if let whole = Int(exactly: number) { return .integer(whole) }
    case (.number, .number(let number)) where contains(number): return value
    case (.number, .integer(let number)) where contains(Double(number)): return .number(Double(number))
    case (.string, .string), (.boolean, .boolean): return value
    default: break
    }
    throw ParameterError.invalid(self, value: value.text)
  }

  /// Reads a value as typed on a command line.
  ///
  /// - Throws: ``ParameterError/invalid(_:value:)``.
  public func parse(_ text: String) throws -> ParameterValue {
    switch kind {
    case .integer, .number:
      if let whole = Int(text) { return try check(.integer(whole)) }
      if let number = Double(text) { return try check(.number(number)) }
    case .string: return .string(text)
    case .boolean:
      // Python's True and False too.
      let word = text.lowercased()
      if word == "true" || word == "false" { return .boolean(word == "true") }
    }
    throw ParameterError.invalid(self, value: text)
  }

  private func contains(_ number: Double) -> Bool {
    guard number.isFinite else { return false }
    if let minimum, exclusiveMinimum ? number <= minimum : number < minimum { return false }
    if let maximum, exclusiveMaximum ? number >= maximum : number > maximum { return false }
    return true
  }
}

/// A parameter is wrong.
public enum ParameterError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The strategy has no parameter of that name.
  case unknown(name: String, strategy: String, known: [String])
  /// A parameter without default was not given.
  case missing(ParameterDefinition, strategy: String)
  /// A value is of the wrong type or out of range.
  case invalid(ParameterDefinition, value: String)
  /// Values are each right but impossible together, or a file they name is wrong: a whole sentence.
  case impossible(String)

  /// One sentence: which parameter, what was given, what would be right.
  public var description: String {
    switch self {
    case .unknown(let name, let strategy, let known):
      known.isEmpty
        ? "Strategy \(strategy) has no parameter \(name); it has none."
        : "Strategy \(strategy) has no parameter \(name)\(NearMiss.hint(name, among: known)); it has \(known.joined(separator: ", "))."
    case .missing(let definition, let strategy):
      "Strategy \(strategy) needs the parameter \(definition.name) (\(definition.summary)); give it as --param \(definition.name)=VALUE."
    case .invalid(let definition, let value):
      "Parameter \(definition.name) was \(value); it must be \(definition.rule)."
    case .impossible(let sentence): sentence
    }
  }
}
