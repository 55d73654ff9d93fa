import StrategyServer

StrategyServer.main(Breakout.self)
