import BuiltInStrategies
import StrategyServer

StrategyServer.main([
  SMACross.self: .prices, EMACross.self: .prices, RSIReversion.self: .account, MACDCross.self: .account,
  LaBomba.self: .account, BuyAndHold.self: .account, Scripted.self: .account,
])
