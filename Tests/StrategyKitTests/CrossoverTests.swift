import StrategyKit
import Testing

struct CrossoverTests {
  @Test(arguments: [
    ((1.0, 2.0), (3.0, 2.0), Cross.above), ((3.0, 2.0), (1.0, 2.0), Cross.below),
    ((2.0, 2.0), (3.0, 2.0), Cross.none), ((1.0, 2.0), (2.0, 2.0), Cross.none),
    ((1.0, 2.0), (1.5, 2.0), Cross.none), ((3.0, 2.0), (2.0, 2.0), Cross.none),
    ((.nan, 2.0), (3.0, 2.0), Cross.none), ((1.0, 2.0), (.nan, 2.0), Cross.none),
    ((1.0, .nan), (3.0, 2.0), Cross.none),
  ])
  func crossesOnlyFromOneSideToTheOther(
    _ before: (Double, Double), _ after: (Double, Double), _ expected: Cross
  ) {
    var crossover = Crossover()
    #expect(crossover.update(before.0, before.1) == .none)
    #expect(crossover.update(after.0, after.1) == expected)
  }

  @Test func touchInBetweenIsNoCrossing() {
    var crossover = Crossover()
    #expect([1.0, 2, 3].map { crossover.update($0, 2) } == [.none, .none, .none])
  }
}
