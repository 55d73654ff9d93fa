import BuiltInStrategies
import StrategyKit
import Testing

struct CatalogTests {
  @Test func namesAreTheOnesUsersKnow() {
    #expect(
      BuiltInStrategies.names == ["sma_cross", "ema_cross", "rsi", "macd", "la_bomba", "buy_and_hold", "scripted"])
  }

  @Test(arguments: [
    ("sma_cross", "sma_cross"), ("SMA", "sma_cross"), ("sma", "sma_cross"), ("EMA", "ema_cross"), ("RSI", "rsi"),
    ("rsi", "rsi"), ("MACD", "macd"), ("LA_BOMBA", "la_bomba"), ("La_Bomba", "la_bomba"),
    ("buy_and_hold", "buy_and_hold"),
  ])
  func findsByNameOrAlias(_ name: String, _ expected: String) {
    #expect(BuiltInStrategies.strategy(named: name)?.descriptor.name == expected)
  }

  @Test(arguments: ["", "SMA_CROSS", "sma-cross", "Buy_And_Hold", "nonsense"])
  func doesNotGuess(_ name: String) { #expect(BuiltInStrategies.strategy(named: name) == nil) }

  @Test func everyAliasLeadsSomewhere() {
    for (alias, name) in BuiltInStrategies.aliases {
      #expect(BuiltInStrategies.strategy(named: alias)?.descriptor.name == name)
    }
  }

  @Test func everyDefaultIsInItsRange() throws {
    for strategy in BuiltInStrategies.all {
      for parameter in strategy.descriptor.parameters {
        guard let value = parameter.defaultValue else { continue }
        #expect(try parameter.check(value) == value, "\(strategy.descriptor.name) \(parameter.name)")
        #expect(!parameter.summary.isEmpty)
      }
    }
  }

  @Test func periodOfNothingIsRefused() {
    #expect(throws: ParameterError.self) { try make(SMACross.self, [("n1", .integer(0))]) }
    #expect(throws: ParameterError.self) { try make(LaBomba.self, [("stop_loss_pct", .number(1))]) }
    #expect(throws: ParameterError.self) { try make(Scripted.self) }
  }
}
