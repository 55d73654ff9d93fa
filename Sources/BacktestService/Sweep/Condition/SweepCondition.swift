public import StrategyKit

/// A condition on a strategy's parameters, such as `n1 < n2 and n2 % 10 == 0`.
///
/// There are the strategy's parameters by name (in backquotes when a name is no word), numbers, texts in quotes, `true` and
/// `false`; `+ - * / %`; `< <= > >= == !=`, also chained (`5 < n1 < n2`); `not` or `!`, `and` or `&&`, `or` or `||`;
/// parentheses. Arithmetic is that of doubles: a division by zero is infinite or no number, and no number compares as false.
/// It is only read and computed, never executed.
public struct SweepCondition: Sendable {
  /// The condition as it was given.
  public let text: String
  private let expression: TruthExpression

  /// The longest condition, in characters.
  private static let maximumLength = 4000

  /// Reads a condition.
  ///
  /// - Throws: ``SweepError/badCondition(condition:position:fault:)``.
  public init(_ text: String, for strategy: StrategyDescriptor) throws(SweepError) {
    if text.count > Self.maximumLength {
      throw .badCondition(
        condition: "\(text.prefix(40))…", position: Self.maximumLength + 1,
        fault: "it is longer than \(Self.maximumLength) characters.")
    }
    self.text = text
    var parser = try ConditionParser(text, for: strategy)
    expression = try parser.parse()
  }

  /// Whether parameters meet the condition.
  ///
  /// - Parameter values: Every parameter of the strategy, in the order of its definitions.
  public func holds(for values: [ParameterValue]) -> Bool { expression.value(values) }
}
