import BacktestService
import StrategyKit
import Testing

struct SweepConditionTests {
  /// n1 = 10, n2 = 20, stop = 0.5, flag = true, kind = "slow", stop-loss = -5.
  private static let values: [ParameterValue] = [
    .integer(10), .integer(20), .number(0.5), .boolean(true), .string("slow"), .number(-5),
  ]

  @Test(arguments: [
    ("n1 < n2", true), ("n1>n2", false), ("n1 <= 10 and n2 >= 20", true), ("n1 == 10", true), ("n1 != 10", false),
    ("n1 + 10 == n2", true), ("n2 - n1 * 2 == 0", true), ("(n2 - n1) * 2 == 20", true), ("n2 / n1 == 2", true),
    ("n2 - 5 - 5 == 10", true), ("100 / n1 / 2 == 5", true), ("n2 % 7 == 6", true), ("-n1 < 0", true),
    ("n1 - -n1 == 20", true), ("--n1 == 10", true), ("+n1 == 10", true), ("5 < n1 < n2", true),
    ("5 < n1 < 10", false), ("n1 < n2 == flag", nil), ("flag", true), ("not flag", false), ("!flag", false),
    ("!!flag", true), ("not not flag", true), ("flag == true", true), ("flag != false", true), ("flag == false", false),
    ("(n1 < n2) == flag", true), ("n1 > n2 or flag", true), ("n1 > n2 || false", false), ("true && flag", true),
    ("n1 > n2 and flag or flag", true), ("n1 > n2 and (flag or flag)", false), ("not n1 > n2", true),
    ("not n1 > n2 and not flag", false), ("kind == 'slow'", true), ("kind != \"fast\"", true), ("'a' == kind", false),
    ("stop * 2 == 1", true), ("stop == 5e-1", true), ("stop == .5", true), ("`stop-loss` < 0", true),
    ("N1 < n2", nil), ("n1 / 0 > 1e300", true), ("0 / 0 == 0 / 0", false), ("0 / 0 != 0 / 0", true),
    ("n1 AND flag", nil), ("n1 < n2 AND flag", true), ("(((n1))) < ((n2))", true),
  ])
  func means(_ text: String, _ expected: Bool?) throws {
    let condition = try? SweepCondition(text, for: Example.strategy)
    #expect(condition?.holds(for: Self.values) == expected)
  }

  @Test(arguments: [
    ("", 1, "it is empty"), ("n1 <", 5, "must follow"), ("n1 < n3", 6, "did you mean n1?"),
    ("fast_period < 3", 1, "it has n1, n2, stop"), ("n1 n2", 4, "an operator is missing"),
    ("n1", 1, "this is a number"), ("n1 + 1", 1, "this is a number"), ("n1 = 10", 4, "write == for equal"),
    ("n1 < 10)", 8, "belongs to nothing"), ("(n1 < 10", 9, "opened at position 1"), ("n1 < $", 6, "the character $"),
    ("n1 < 'a'", 4, "a number cannot be compared with a text"), ("kind < 'a'", 6, "only numbers have an order"),
    ("flag + 1 > 0", 6, "needs numbers on both sides"), ("-flag", 1, "needs a number after it"),
    ("n1 < 5 and n2", 12, "this is a number"), ("n1 or flag", 1, "this is a number"), ("not n1", 5, "this is a number"),
    ("kind == 'slow", 9, "never closed"), ("n1 < 5n", 6, "is no number"), ("n1 < 1.2.3", 6, "is no number"),
    ("* 5", 1, "missing before *"), ("n1 < 1e999", 6, "is no number"), ("and flag", 1, "has no parameter and"),
    ("__import__('os')", 1, "has no parameter"), ("flag == kind", 6, "true or false cannot be compared with a text"),
  ])
  func faultsNameTheirPosition(_ text: String, _ position: Int, _ part: String) {
    let error = #expect(throws: SweepError.self) { try SweepCondition(text, for: Example.strategy) }
    guard case .badCondition(let condition, let place, let fault)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(condition == text)
    #expect(place == position, "\(fault)")
    #expect(fault.contains(part), "\(fault)")
  }

  @Test func nestingAndLengthAreBounded() throws {
    let deep = String(repeating: "(", count: 50) + "flag" + String(repeating: ")", count: 50)
    #expect(try SweepCondition(deep, for: Example.strategy).holds(for: Self.values))
    for text in [
      String(repeating: "(", count: 1500) + "flag" + String(repeating: ")", count: 1500),
      String(repeating: "!", count: 3000) + "flag", String(repeating: "-", count: 3000) + "1 < 2",
      String(repeating: "flag and ", count: 1000) + "flag",
    ] {
      #expect(throws: SweepError.self) { try SweepCondition(text, for: Example.strategy) }
    }
    #expect(
      try SweepCondition(String(repeating: "flag and ", count: 400) + "flag", for: Example.strategy)
        .holds(for: Self.values))
  }

  /// Random expressions against a slow and obvious evaluation of their tree.
  @Test func agreesWithAPlainEvaluationOfRandomExpressions() throws {
    var dice = Dice(state: 7)
    for _ in 0..<2000 {
      let (text, expected) = Self.truth(depth: 3, &dice)
      let condition = try SweepCondition(text, for: Example.strategy)
      #expect(condition.holds(for: Self.values) == expected, "\(text)")
    }
  }

  private static func number(depth: Int, _ dice: inout Dice) -> (String, Double) {
    guard depth > 0 else {
      return [("n1", 10), ("n2", 20), ("stop", 0.5), ("3", 3), ("0.25", 0.25)][Int.random(in: 0..<5, using: &dice)]
    }
    let (left, right) = (number(depth: depth - 1, &dice), number(depth: depth - 1, &dice))
    switch Int.random(in: 0..<4, using: &dice) {
    case 0: return ("(\(left.0) + \(right.0))", left.1 + right.1)
    case 1: return ("(\(left.0) - \(right.0))", left.1 - right.1)
    case 2: return ("\(left.0) * \(right.0)", left.1 * right.1)
    default: return ("-(\(left.0))", -left.1)
    }
  }

  private static func truth(depth: Int, _ dice: inout Dice) -> (String, Bool) {
    guard depth > 0 else {
      let (left, right) = (number(depth: 2, &dice), number(depth: 2, &dice))
      switch Int.random(in: 0..<3, using: &dice) {
      case 0: return ("\(left.0) < \(right.0)", left.1 < right.1)
      case 1: return ("\(left.0) >= \(right.0)", left.1 >= right.1)
      default: return ("flag", true)
      }
    }
    let (left, right) = (truth(depth: depth - 1, &dice), truth(depth: depth - 1, &dice))
    switch Int.random(in: 0..<3, using: &dice) {
    case 0: return ("(\(left.0)) and (\(right.0))", left.1 && right.1)
    case 1: return ("\(left.0) or (\(right.0))", left.1 || right.1)
    default: return ("not (\(left.0))", !left.1)
    }
  }

  struct Dice: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return state
    }
  }
}
