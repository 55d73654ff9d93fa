import BacktestService
import StrategyKit
import Testing

/// A strategy with a parameter of every type.
enum Example {
  static let strategy = StrategyDescriptor(
    name: "example", summary: "Has every kind of parameter.",
    parameters: [
      .integer("n1", 10, minimum: 1, summary: "first"), .integer("n2", 20, minimum: 1, summary: "second"),
      .number("stop", 0.02, minimum: 0, maximum: 1, summary: "stop"),
      ParameterDefinition(name: "flag", kind: .boolean, defaultValue: .boolean(false), summary: "flag"),
      ParameterDefinition(name: "kind", kind: .string, defaultValue: .string("fast"), summary: "kind"),
      ParameterDefinition(name: "stop-loss", kind: .number, defaultValue: .number(-5), summary: "no word"),
    ])
}

struct ParameterAxisTests {
  private func texts(_ text: String) throws -> [String] {
    try ParameterAxis(text, of: Example.strategy).values.map(\.text)
  }

  @Test(arguments: [
    ("n1=7", ["7"]),
    ("n1=5:20:5", ["5", "10", "15", "20"]),
    ("n1=5:22:5", ["5", "10", "15", "20"]),
    ("n1=3:6", ["3", "4", "5", "6"]),
    ("n1=9:3:-3", ["9", "6", "3"]),
    ("n1=5:5:5", ["5"]),
    ("n1=5:15:5,50, 60 ", ["5", "10", "15", "50", "60"]),
    (" n1 = 5 , 6", ["5", "6"]),
    ("stop=0.1:0.4:0.1", ["0.1", "0.2", "0.3", "0.4"]),
    ("stop=1e-2:3e-2:1e-2", ["0.01", "0.02", "0.03"]),
    ("stop=.5,1,0", ["0.5", "1.0", "0.0"]),
    ("stop-loss=-0.2:0.1:0.1", ["-0.2", "-0.1", "0.0", "0.1"]),
    ("flag=true,false", ["true", "false"]),
    ("kind=fast,slow:er, x", ["fast", "slow:er", " x"]),
  ])
  func readsValuesListsAndRanges(text: String, values: [String]) throws {
    #expect(try texts(text) == values)
  }

  /// Stepping by adding doubles meets 0.30000000000000004 and ends one value early or late.
  @Test func everyDecimalOfARangeIsTheOneAUserTypes() throws {
    let axis = try ParameterAxis("stop=0.001:1:0.001", of: Example.strategy)
    #expect(axis.values.count == 1000)
    for (index, value) in axis.values.enumerated() {
      let thousandth = String(index + 1)
      let typed = index == 999 ? "1" : "0." + String(repeating: "0", count: 3 - thousandth.count) + thousandth
      #expect(value == .number(try #require(Double(typed))))
    }
  }

  @Test(arguments: [
    ("n1", "does not say which values"), ("=5", "does not say which values"),
    ("n1=", "leaves a value of n1 out"), ("n1=5,,6", "leaves a value of n1 out"),
    ("n1=0:5", "n1 was 0; it must be a whole number from 1"), ("n1=1.5", "n1 was 1.5"),
    ("n1=1:2:0.5", "n1 was 1.5"), ("n1=five", "n1 was five"),
    ("n1=5:50:0", "a step of 0"), ("n1=50:5:5", "leads away from its end"), ("n1=5:50:-5", "leads away"),
    ("n1=1:2:3:4", "more than three parts"), ("n1=a:5:1", "has the part a"), ("n1=1::1", "has the part ,"),
    ("stop=0:1", "has no step"), ("stop=0:inf:1", "has the part inf"), ("stop=0:1:0.0000001", "more than 1000000"),
    ("n1=1:10000000", "more than 1000000 values"), ("n1=-9223372036854775807:9223372036854775807:1", "too wide"),
    ("stop-loss=0.00000000001:100000000:1", "more digits"), ("n1=5,6,5", "has the value 5 twice"),
    ("n1=5,5.0", "has the value 5 twice"), ("flag=yes", "flag was yes; it must be true or false"),
    ("n3=1", "did you mean n1?"), ("nn=1", "has no parameter nn"),
  ])
  func refusesWithOneClearSentence(text: String, part: String) {
    do {
      let values = try texts(text)
      Issue.record("\(text) was read as \(values.prefix(10))")
    } catch {
      #expect("\(error)".contains(part), "\(error)")
      #expect(!"\(error)".contains("\n"))
    }
  }

  @Test func takesTypedValuesFromJSON() throws {
    #expect(
      try ParameterAxis("n1", [.number(5), .integer(6)], of: Example.strategy).values == [.integer(5), .integer(6)])
    #expect(throws: SweepError.self) { try ParameterAxis("n1", [], of: Example.strategy) }
    #expect(throws: SweepError.repeatedValue(name: "n1", value: "5")) {
      try ParameterAxis("n1", [.number(5), .integer(5)], of: Example.strategy)
    }
    #expect(throws: ParameterError.self) { try ParameterAxis("n1", [.string("5")], of: Example.strategy) }
  }

  @Test func theLastParameterOfAGridChangesFastest() throws {
    let grid = try ParameterGrid([
      ParameterAxis("n1=1,2", of: Example.strategy), ParameterAxis("stop=0.1", of: Example.strategy),
      ParameterAxis("n2=5,6,7", of: Example.strategy),
    ])
    #expect(grid.count == 6)
    #expect((0..<6).map(grid.positions) == [[0, 0, 0], [0, 0, 1], [0, 0, 2], [1, 0, 0], [1, 0, 1], [1, 0, 2]])
    #expect((0..<6).map { grid.combination(at: grid.positions(of: $0)) } == Array(0..<6))
    #expect(throws: SweepError.repeatedParameter("n1")) {
      try ParameterGrid([ParameterAxis("n1=1", of: Example.strategy), ParameterAxis("n1=2", of: Example.strategy)])
    }
  }

  @Test func aGridBeyondCountingIsRefused() throws {
    let large = StrategyDescriptor(
      name: "large", summary: "", parameters: (0..<4).map { .integer("p\($0)", 1, minimum: 1, summary: "") })
    let axes = try (0..<4).map { try ParameterAxis("p\($0)=1:1000000", of: large) }
    #expect(try ParameterGrid(Array(axes.prefix(3))).count == 1_000_000_000_000_000_000)
    #expect(throws: SweepError.uncountable) { try ParameterGrid(axes) }
  }
}
