import BuiltInStrategies
import StrategyKit
import Testing
import TradingModel

struct ReversionTests {
  // RSI(2) of these: - - 50 then it falls to 0 on bar 4 and rises above 70 on bar 7.
  static let closes = [10.0, 11, 10, 9, 8, 8.5, 9.5, 12, 14]

  static func strength(_ closes: [Double], _ period: Int) -> [Double] {
    var strength = RelativeStrengthIndex(period: period)
    return closes.map { strength.update($0) }
  }

  @Test func buysWeaknessWhenFlat() throws {
    let strength = Self.strength(Self.closes, 2)
    let requests = try requests(of: make(RSIReversion.self, [("period", .integer(2))]), over: Self.closes)
    for index in 3..<Self.closes.count {
      let falls = strength[index - 1] > 30 && strength[index] < 30
      #expect(requests[index] == (falls ? ["buy"] : []), "bar \(index)")
    }
    #expect(requests.joined().count == 1)
  }

  @Test func closesStrengthWhenHolding() throws {
    let strength = Self.strength(Self.closes, 2)
    let broker = RecordingBroker()
    broker.openTrades = [OpenTrade(id: 1, instrument: 0, size: 3, entryPrice: 9, entryIndex: 2)]
    let requests = try requests(
      of: make(RSIReversion.self, [("period", .integer(2))]), over: Self.closes, broker: broker)
    for index in 3..<Self.closes.count {
      let rises = strength[index - 1] < 70 && strength[index] > 70
      #expect(requests[index] == (rises ? ["close position 1.0"] : []), "bar \(index)")
    }
    #expect(requests.joined().count == 1)
  }

  @Test func convergenceBuysAboveItsSignalAndClosesBelow() throws {
    let closes = (0..<80).map { index -> Double in
      let phase = index % 20
      return Double(100 + min(phase, 20 - phase))
    }
    var convergence = MovingAverageConvergenceDivergence(fast: 3, slow: 6, signal: 4)
    var crossover = Crossover()
    let crosses = closes.map { close in
      let value = convergence.update(close)
      return crossover.update(value.line, value.signal)
    }
    let parameters: [(String, ParameterValue)] = [
      ("fast", .integer(3)), ("slow", .integer(6)), ("signal", .integer(4)),
    ]
    let flat = try requests(of: make(MACDCross.self, parameters), over: closes)
    for index in 9..<closes.count {
      let expected = [Cross.above: ["buy"], .below: ["close position 1.0"]][crosses[index]] ?? []
      #expect(flat[index] == expected, "bar \(index)")
    }
    #expect(flat.joined().filter { $0 == "buy" }.count >= 3)

    let broker = RecordingBroker()
    broker.openTrades = [OpenTrade(id: 1, instrument: 0, size: 3, entryPrice: 9, entryIndex: 2)]
    let holding = try requests(of: make(MACDCross.self, parameters), over: closes, broker: broker)
    #expect(Set(holding.joined()) == ["close position 1.0"])
  }

  @Test func buyAndHoldBuysUntilItHolds() throws {
    let broker = RecordingBroker()
    #expect(try requests(of: make(BuyAndHold.self), over: [1, 2, 3], broker: broker) == [[], ["buy"], ["buy"]])
    broker.pendingOrders = [ScriptedTests.order(1, .entry)]
    #expect(try requests(of: make(BuyAndHold.self), over: [1, 2, 3], broker: broker) == [[], [], []])
    broker.pendingOrders = []
    broker.openTrades = [OpenTrade(id: 1, instrument: 0, size: 3, entryPrice: 9, entryIndex: 2)]
    #expect(try requests(of: make(BuyAndHold.self), over: [1, 2, 3], broker: broker) == [[], [], []])
  }
}
