public import StrategyKit

/// The values to try of one parameter, checked against its definition and without duplicates.
public struct ParameterAxis: Sendable, Equatable {
  /// The parameter.
  public let name: String
  /// The values, in the order given; at least one.
  public let values: [ParameterValue]

  /// The most values of one parameter.
  public static let maximumCount = 1_000_000

  /// Takes values as they come in JSON.
  ///
  /// - Throws: `ParameterError` for an unknown name or a wrong value, ``SweepError`` for none or a repeated one.
  public init(_ name: String, _ values: [ParameterValue], of strategy: StrategyDescriptor) throws {
    let definition = try Self.definition(name, of: strategy)
    try self.init(name, checked: values.map(definition.check))
  }

  /// Reads the form of a command line: a value (`n1=10`), a list (`n1=5,10,20`; `flag=true,false`), a range with its end and
  /// a step (`n1=5:50:5`; `stop=0.01:0.05:0.01`), or a list with ranges in it (`n1=5:20:5,50`).
  ///
  /// The step of whole numbers may be left out and is 1. A range may go down, with a negative step. Commas always separate;
  /// a text parameter has no ranges.
  ///
  /// - Throws: `ParameterError` for an unknown name or a wrong value, ``SweepError`` for what is not of that form.
  public init(_ text: String, of strategy: StrategyDescriptor) throws {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { throw SweepError.notAnAxis(text) }
    let name = Self.trimmed(text[..<equals])
    let definition = try Self.definition(name, of: strategy)
    let list = text[text.index(after: equals)...]
    var values: [ParameterValue] = []
    for element in list.split(separator: ",", omittingEmptySubsequences: false) {
      let element = definition.kind == .string ? String(element) : Self.trimmed(element)
      let isNumeric = definition.kind == .integer || definition.kind == .number
      if element.isEmpty, definition.kind != .string { throw SweepError.emptyValue(name: name, text: text) }
      if isNumeric, element.contains(":") {
        values += try Self.range(element, definition, room: Self.maximumCount - values.count)
      } else {
        values.append(try definition.parse(element))
      }
    }
    try self.init(name, checked: values)
  }

  private init(_ name: String, checked values: [ParameterValue]) throws {
    guard !values.isEmpty else { throw SweepError.emptyValue(name: name, text: "\(name)=") }
    guard values.count <= Self.maximumCount else { throw SweepError.tooManyValues(name: name) }
    var seen = Set<String>()
    for value in values where !seen.insert(value.text).inserted {
      throw SweepError.repeatedValue(name: name, value: value.text)
    }
    self.name = name
    self.values = values
  }

  private static func definition(_ name: String, of strategy: StrategyDescriptor) throws -> ParameterDefinition {
    guard let definition = strategy.parameters.first(where: { $0.name == name }) else {
      throw ParameterError.unknown(name: name, strategy: strategy.name, known: strategy.parameters.map(\.name))
    }
    return definition
  }

  private static func range(_ text: String, _ definition: ParameterDefinition, room: Int) throws -> [ParameterValue] {
    func fault(_ what: String) -> SweepError { .badRange(name: definition.name, range: text, fault: what) }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(trimmed)
    guard parts.count <= 3 else { throw fault("has more than three parts") }
    if parts.count == 2, definition.kind != .integer { throw fault("has no step") }
    let numbers = try (parts.count == 2 ? parts + ["1"] : parts).map { part in
      guard let number = DecimalNumber(part) else { throw fault("has the part \(part), which is not a plain number") }
      return number
    }
    let decimals = numbers.map(\.decimals).max() ?? 0
    let digits = numbers.compactMap { $0.digits(withDecimals: decimals) }
    guard digits.count == 3 else { throw fault("has more digits than can be told apart") }
    let (first, last, step) = (digits[0], digits[1], digits[2])
    if step == 0 { throw fault("has a step of 0") }
    let (span, overflows) = last.subtractingReportingOverflow(first)
    if overflows { throw fault("is too wide") }
    if span != 0, (span > 0) != (step > 0) { throw fault("is empty: its step leads away from its end") }
    // A span of Int.min by a step of -1 is the one quotient that does not fit.
    let (steps, isTooLarge) = span.dividedReportingOverflow(by: step)
    guard !isTooLarge, steps < room else { throw SweepError.tooManyValues(name: definition.name) }
    return try (0...steps).map { number in
      try definition.parse(DecimalNumber(digits: first + number * step, decimals: decimals).text)
    }
  }

  private static func trimmed(_ text: some StringProtocol) -> String {
    var text = text[...]
    while text.first?.isWhitespace == true { text = text.dropFirst() }
    while text.last?.isWhitespace == true { text = text.dropLast() }
    return String(text)
  }
}
