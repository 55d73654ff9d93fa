import StrategyKit

/// A part of a condition that gives a number. Parameters are known by their position among the strategy's.
indirect enum NumberExpression: Sendable {
  case constant(Double)
  case parameter(Int)
  case negation(NumberExpression)
  case operation(Operator, NumberExpression, NumberExpression)

  enum Operator: String {
    case plus = "+"
    case minus = "-"
    case times = "*"
    case over = "/"
    case remainder = "%"
  }

  func value(_ parameters: [ParameterValue]) -> Double {
    switch self {
    case .constant(let value): return value
    case .parameter(let index):
      switch parameters[index] {
      case .integer(let value): return Double(value)
      case .number(let value): return value
      case .string, .boolean: return .nan
      }
    case .negation(let expression): return -expression.value(parameters)
    case .operation(let sign, let left, let right):
      let (left, right) = (left.value(parameters), right.value(parameters))
      switch sign {
      case .plus: return left + right
      case .minus: return left - right
      case .times: return left * right
      case .over: return left / right
      case .remainder: return left.truncatingRemainder(dividingBy: right)
      }
    }
  }
}

/// A part of a condition that gives a text.
enum TextExpression: Sendable {
  case constant(String)
  case parameter(Int)

  func value(_ parameters: [ParameterValue]) -> String {
    switch self {
    case .constant(let value): value
    case .parameter(let index): parameters[index].text
    }
  }
}

/// A part of a condition that is true or false.
indirect enum TruthExpression: Sendable {
  case constant(Bool)
  case parameter(Int)
  case not(TruthExpression)
  case and(TruthExpression, TruthExpression)
  case or(TruthExpression, TruthExpression)
  case numbers(NumberExpression, Comparison, NumberExpression)
  case texts(TextExpression, TextExpression)
  case truths(TruthExpression, TruthExpression)

  enum Comparison: String {
    case less = "<"
    case lessOrEqual = "<="
    case greater = ">"
    case greaterOrEqual = ">="
    case equal = "=="
    case unequal = "!="
  }

  func value(_ parameters: [ParameterValue]) -> Bool {
    switch self {
    case .constant(let value): return value
    case .parameter(let index): return parameters[index] == .boolean(true)
    case .not(let expression): return !expression.value(parameters)
    case .and(let left, let right): return left.value(parameters) && right.value(parameters)
    case .or(let left, let right): return left.value(parameters) || right.value(parameters)
    case .numbers(let left, let comparison, let right):
      let (left, right) = (left.value(parameters), right.value(parameters))
      switch comparison {
      case .less: return left < right
      case .lessOrEqual: return left <= right
      case .greater: return left > right
      case .greaterOrEqual: return left >= right
      case .equal: return left == right
      case .unequal: return left != right
      }
    case .texts(let left, let right): return left.value(parameters) == right.value(parameters)
    case .truths(let left, let right): return left.value(parameters) == right.value(parameters)
    }
  }
}

/// A part of a condition of any type.
enum ConditionExpression {
  case number(NumberExpression)
  case text(TextExpression)
  case truth(TruthExpression)

  /// Its type in words.
  var typeName: String {
    switch self {
    case .number: "a number"
    case .text: "a text"
    case .truth: "true or false"
    }
  }
}
