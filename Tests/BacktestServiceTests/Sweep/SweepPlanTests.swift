import BacktestService
import PerformanceMetrics
import StrategyKit
import Testing

struct SweepPlanTests {
  private func plan(
    _ axes: [String], fixed: [(name: String, value: BacktestRequest.ParameterInput)] = [],
    where condition: String? = nil,
    random: RandomChoice? = nil
  ) throws -> SweepPlan {
    try SweepPlan(
      SweepRequest(
        base: BacktestRequest(strategy: "example", parameters: fixed, data: .sample(name: "GOOG", adjusted: true)),
        space: .grid(axes.map { .text($0) }), random: random, condition: condition), for: Example.strategy)
  }

  private func pairs(_ plan: SweepPlan) -> [[Int]] {
    (0..<plan.count).map { trial in ["n1", "n2"].map { plan.parameters(of: trial).integer($0) } }
  }

  @Test func aPlanHasEveryCombinationThatMeetsTheConditionInOrder() throws {
    let plan = try plan(["n1=1:3", "n2=1:3"], fixed: [("kind", .text("slow"))], where: "n1 < n2")
    #expect(pairs(plan) == [[1, 2], [1, 3], [2, 3]])
    #expect(plan.candidateCount == 9)
    let parameters = plan.parameters(of: 1)
    #expect(parameters.entries.map(\.name) == ["n1", "n2", "stop", "flag", "kind", "stop-loss"])
    #expect(parameters.string("kind") == "slow" && parameters.number("stop") == 0.02)
    #expect(plan.variedNames == ["n1", "n2"])
  }

  @Test func aListIsTakenAsItIs() throws {
    let base = BacktestRequest(
      strategy: "example", parameters: [("n2", .text("7"))], data: .sample(name: "GOOG", adjusted: true))
    let sets: [[(name: String, value: BacktestRequest.ParameterInput)]] = [
      [("n1", .value(.integer(3)))], [("n1", .value(.number(4))), ("n2", .value(.integer(8)))], [],
    ]
    let plan = try SweepPlan(SweepRequest(base: base, space: .list(sets)), for: Example.strategy)
    #expect(pairs(plan) == [[3, 7], [4, 8], [10, 7]])
    #expect(plan.variedNames == ["n1", "n2"])
    let error = #expect(throws: SweepError.self) {
      try SweepPlan(
        SweepRequest(base: base, space: .list([[], [("n1", .value(.integer(0)))]])), for: Example.strategy)
    }
    #expect(error?.description.contains("at position 1: Parameter n1 was 0") == true)
    #expect(throws: SweepError.emptyList) {
      try SweepPlan(SweepRequest(base: base, space: .list([])), for: Example.strategy)
    }
  }

  @Test func tooManyCombinationsAreRefusedUnlessChosenAtRandom() throws {
    #expect(throws: SweepError.tooManyCombinations(2_000_000)) { try plan(["n1=1:1000", "n2=1:2000"]) }
    // Also with a condition: who filters so many asks for a choice.
    #expect(throws: SweepError.tooManyCombinations(2_000_000)) {
      try plan(["n1=1:1000", "n2=1:2000"], where: "n1 < 2")
    }
    let some = try plan(["n1=1:1000", "n2=1:2000"], where: "n1 < n2", random: RandomChoice(count: 500, seed: 1))
    #expect(some.count == 500)
    #expect(Set(pairs(some)).count == 500)
    #expect(pairs(some).allSatisfy { $0[0] < $0[1] })
    #expect(try plan(["n1=1:1000", "n2=1:1000"]).count == 1_000_000)
  }

  @Test func nothingLeftIsAnError() {
    let error = #expect(throws: SweepError.self) { try plan(["n1=5", "n2=3,4"], where: "n1 < n2") }
    #expect(error?.description == "None of the 2 combinations meets the condition n1 < n2.")
    #expect(throws: SweepError.self) {
      try plan(["n1=1:2000", "n2=1:2000"], where: "n1 < n2 and n2 < 2", random: RandomChoice(count: 1, seed: 1))
    }
    #expect(throws: SweepError.repeatedParameter("n1")) { try plan(["n1=5:6"], fixed: [("n1", .text("3"))]) }
    #expect(throws: SweepError.repeatedParameter("n1")) { try plan(["n1=5:6", "n1=7"]) }
    #expect(throws: SweepError.self) { try plan(["n1=5:6"], random: RandomChoice(count: 0, seed: 1)) }
    #expect(throws: SweepError.self) { try plan(["n1=5:6"], random: RandomChoice(count: 1_000_001, seed: 1)) }
  }

  /// The choice is documented, so it must never change: these values were computed by another program.
  @Test func theSameSeedChoosesTheSameCombinationsForEver() throws {
    let small = try plan(["n1=1:10", "n2=1:10"], random: RandomChoice(count: 6, seed: 42))
    #expect(pairs(small) == [[8, 5], [2, 7], [3, 10], [4, 7], [1, 8], [9, 8]])
    let large = try plan(["n1=1:10000", "n2=1:10000"], random: RandomChoice(count: 3, seed: 42))
    #expect(pairs(large) == [[7416, 6488], [1600, 1040], [2787, 114]])
    #expect(pairs(try plan(["n1=1:10", "n2=1:10"], random: RandomChoice(count: 6, seed: 43))) != pairs(small))
  }

  @Test func aChoiceOfAsManyAsThereAreIsAllInOrder() throws {
    let all = try plan(["n1=1:3", "n2=1:3"], where: "n1 < n2", random: RandomChoice(count: 3, seed: 9))
    #expect(pairs(all) == [[1, 2], [1, 3], [2, 3]])
    #expect(try plan(["n1=1:3"], random: RandomChoice(count: 50, seed: 9)).count == 3)
  }

  /// Every combination is chosen about equally often: of 4,000 choices of 3 among 10 each is in 1,200, give or take 29.
  @Test func theChoiceIsFair() throws {
    var counts = [Int](repeating: 0, count: 11)
    for seed in 0..<4000 {
      for pair in pairs(try plan(["n1=1:10"], random: RandomChoice(count: 3, seed: UInt64(seed)))) {
        counts[pair[0]] += 1
      }
    }
    for count in counts.dropFirst() { #expect(abs(count - 1200) < 150, "\(counts)") }
  }

  @Test func objectivesAreMetricsByName() throws {
    #expect(try SweepObjective(.minimize, named: "avg_trade_pct") == SweepObjective(.minimize, .averageTradePercent))
    let error = #expect(throws: SweepError.self) { try SweepObjective(.maximize, named: "sharp") }
    #expect(error?.description.contains("(did you mean sharpe?)") == true)
    #expect(SweepObjective(.minimize, .maxDrawdownPercent).caution != nil)
    #expect(SweepObjective(.maximize, .maxDrawdownPercent).caution == nil)
  }
}
