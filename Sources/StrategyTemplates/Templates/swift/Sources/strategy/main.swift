import StrategyServer

StrategyServer.main(AverageCross.self, needs: .prices)
