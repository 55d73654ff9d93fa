import StrategyKit

/// Reads a condition by recursive descent: or, and, not, comparisons, sums, products, signs, in the order of their strength.
struct ConditionParser {
  /// Parentheses, signs and nots inside one another.
  private static let maximumDepth = 100
  private static let comparisons = ["<", "<=", ">", ">=", "==", "!="]

  private let condition: String
  private let strategy: StrategyDescriptor
  private let tokens: [ConditionToken]
  private var next = 0
  private var depth = 0

  init(_ condition: String, for strategy: StrategyDescriptor) throws(SweepError) {
    self.condition = condition
    self.strategy = strategy
    tokens = try ConditionToken.all(of: condition)
  }

  /// Reads all of it.
  mutating func parse() throws(SweepError) -> TruthExpression {
    let start = token
    let expression = try disjunction()
    guard case .end = token.kind else {
      let isWord = if case .sign = token.kind { false } else { true }
      throw fault(
        token, isWord ? "an operator is missing before it." : "the sign \(Self.text(token)) belongs to nothing.")
    }
    return try require(expression, at: start)
  }

  private var token: ConditionToken { tokens[next] }

  private mutating func disjunction() throws(SweepError) -> ConditionExpression {
    let start = token
    var left = try conjunction()
    while takes("||", "or") {
      let leftTruth = try require(left, at: start)
      let right = try truth { parser throws(SweepError) in try parser.conjunction() }
      left = .truth(.or(leftTruth, right))
    }
    return left
  }

  private mutating func conjunction() throws(SweepError) -> ConditionExpression {
    let start = token
    var left = try negation()
    while takes("&&", "and") {
      let leftTruth = try require(left, at: start)
      let right = try truth { parser throws(SweepError) in try parser.negation() }
      left = .truth(.and(leftTruth, right))
    }
    return left
  }

  private mutating func negation() throws(SweepError) -> ConditionExpression {
    let start = token
    guard takes("!", "not") else { return try comparison() }
    return try nested(start) { parser throws(SweepError) in
      .truth(.not(try parser.truth { parser throws(SweepError) in try parser.negation() }))
    }
  }

  /// One comparison, or a chain: `5 < n1 < n2` is `5 < n1 and n1 < n2`.
  private mutating func comparison() throws(SweepError) -> ConditionExpression {
    var left = try sum()
    var chain: TruthExpression?
    while case .sign(let sign) = token.kind, Self.comparisons.contains(sign) {
      let place = token
      next += 1
      let right = try sum()
      let link = try compare(left, sign, right, place)
      chain = chain.map { .and($0, link) } ?? link
      left = right
    }
    return chain.map { .truth($0) } ?? left
  }

  private func compare(
    _ left: ConditionExpression, _ sign: String, _ right: ConditionExpression, _ place: ConditionToken
  ) throws(SweepError) -> TruthExpression {
    guard let comparison = TruthExpression.Comparison(rawValue: sign) else {
      throw fault(place, "\(sign) is no comparison.")
    }
    let equality: TruthExpression
    switch (left, right) {
    case (.number(let left), .number(let right)): return .numbers(left, comparison, right)
    case (.text(let left), .text(let right)): equality = .texts(left, right)
    case (.truth(let left), .truth(let right)): equality = .truths(left, right)
    default: throw fault(place, "\(left.typeName) cannot be compared with \(right.typeName).")
    }
    switch comparison {
    case .equal: return equality
    case .unequal: return .not(equality)
    default: throw fault(place, "only numbers have an order; \(left.typeName) is compared with == and !=.")
    }
  }

  private mutating func sum() throws(SweepError) -> ConditionExpression {
    var left = try product()
    while case .sign(let sign) = token.kind, sign == "+" || sign == "-" {
      let place = token
      next += 1
      left = try calculate(left, sign, try product(), place)
    }
    return left
  }

  private mutating func product() throws(SweepError) -> ConditionExpression {
    var left = try signed()
    while case .sign(let sign) = token.kind, ["*", "/", "%"].contains(sign) {
      let place = token
      next += 1
      left = try calculate(left, sign, try signed(), place)
    }
    return left
  }

  private func calculate(
    _ left: ConditionExpression, _ sign: String, _ right: ConditionExpression, _ place: ConditionToken
  ) throws(SweepError) -> ConditionExpression {
    guard case .number(let left) = left, case .number(let right) = right,
      let operation = NumberExpression.Operator(rawValue: sign)
    else {
      throw fault(place, "\(sign) needs numbers on both sides; here are \(left.typeName) and \(right.typeName).")
    }
    return .number(.operation(operation, left, right))
  }

  private mutating func signed() throws(SweepError) -> ConditionExpression {
    let start = token
    guard case .sign(let sign) = token.kind, sign == "-" || sign == "+" else { return try primary() }
    next += 1
    let operand = try nested(start) { parser throws(SweepError) in try parser.signed() }
    guard case .number(let number) = operand else {
      throw fault(start, "\(sign) needs a number after it; here is \(operand.typeName).")
    }
    return .number(sign == "-" ? .negation(number) : number)
  }

  private mutating func primary() throws(SweepError) -> ConditionExpression {
    let start = token
    switch token.kind {
    case .number(let value):
      next += 1
      return .number(.constant(value))
    case .text(let value):
      next += 1
      return .text(.constant(value))
    case .name(let name), .parameter(let name):
      next += 1
      return try parameter(name, start)
    case .sign("("):
      next += 1
      let inner = try nested(start) { parser throws(SweepError) in try parser.disjunction() }
      guard takes(")") else {
        throw fault(token, "the parenthesis opened at position \(start.position) must be closed here.")
      }
      return inner
    case .sign(let sign): throw fault(start, "a parameter or number is missing before \(sign).")
    case .end:
      throw fault(start, next == 0 ? "it is empty." : "a parameter, a number or a parenthesis must follow.")
    }
  }

  private func parameter(_ name: String, _ place: ConditionToken) throws(SweepError) -> ConditionExpression {
    if let index = strategy.parameters.firstIndex(where: { $0.name == name }) {
      switch strategy.parameters[index].kind {
      case .integer, .number: return .number(.parameter(index))
      case .string: return .text(.parameter(index))
      case .boolean: return .truth(.parameter(index))
      }
    }
    switch name.lowercased() {
    case "true": return .truth(.constant(true))
    case "false": return .truth(.constant(false))
    default: break
    }
    let known = strategy.parameters.map(\.name)
    throw fault(
      place,
      "strategy \(strategy.name) has no parameter \(name)\(NearMiss.hint(name, among: known))"
        + (known.isEmpty ? "; it has none." : "; it has \(known.joined(separator: ", ")).")
        + " A text is written in quotes.")
  }

  // MARK: Helpers

  private mutating func truth(
    _ body: (inout ConditionParser) throws(SweepError) -> ConditionExpression
  ) throws(SweepError) -> TruthExpression {
    let start = token
    return try require(try body(&self), at: start)
  }

  private func require(_ expression: ConditionExpression, at place: ConditionToken) throws(SweepError)
    -> TruthExpression
  {
    if case .truth(let truth) = expression { return truth }
    throw fault(
      place, "something true or false must stand here, such as n1 < n2; this is \(expression.typeName).")
  }

  private mutating func nested(
    _ place: ConditionToken, _ body: (inout ConditionParser) throws(SweepError) -> ConditionExpression
  ) throws(SweepError) -> ConditionExpression {
    depth += 1
    if depth > Self.maximumDepth { throw fault(place, "it is nested more than \(Self.maximumDepth) deep.") }
    let inner = try body(&self)
    depth -= 1
    return inner
  }

  /// Takes the token if it is this sign, or this word in any case.
  private mutating func takes(_ sign: String, _ word: String? = nil) -> Bool {
    let isIt =
      switch token.kind {
      case .sign(let found): found == sign
      case .name(let found): found.lowercased() == word
      default: false
      }
    if isIt { next += 1 }
    return isIt
  }

  private func fault(_ token: ConditionToken, _ fault: String) -> SweepError {
    .badCondition(condition: condition, position: token.position, fault: fault)
  }

  private static func text(_ token: ConditionToken) -> String {
    if case .sign(let sign) = token.kind { sign } else { "" }
  }
}
