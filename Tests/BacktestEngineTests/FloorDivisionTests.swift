import Testing

@testable import BrokerSimulator

struct FloorDivisionTests {
  @Test func isTheFloorOfTheExactQuotient() {
    #expect(floorDivision(1, 0.1) == 9)
    #expect(floorDivision(6, 2) == 3)
    #expect(floorDivision(0.3, 0.1) == 2)
    #expect(floorDivision(0.5, 1) == 0)
    #expect(floorDivision(-1, 3) == -1)
    #expect(floorDivision(.infinity, 3).isNaN)
    #expect(floorDivision(1, 0).isNaN)
  }

  @Test func agreesWithTheReferenceStepByStep() {
    var state: UInt64 = 11
    func random() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 11
    }
    for _ in 0..<200_000 {
      let divisor = (Double(random() % 1_000_000) + 1) / 1000
      // A multiple of the divisor and its neighbours, where the last bit decides.
      let multiple = divisor * Double(random() % 100_000)
      for dividend in [multiple, multiple.nextUp, multiple.nextDown, multiple + 0.37, multiple * 1e9] {
        let expected = floorDivisionByRemainder(dividend, divisor)
        let received = floorDivision(dividend, divisor)
        if received.bitPattern != expected.bitPattern {
          Issue.record("\(dividend) // \(divisor) is \(expected), received \(received)")
          return
        }
      }
    }
  }
}
