public import ArgumentParser
public import BacktestService
public import Conformance
public import MarketData
public import RunStore
public import TradingModel

// Words of the model that options take as they are.
extension ConformanceLevel: ExpressibleByArgument {}
extension CSVOptions.DateOrder: ExpressibleByArgument {}
extension ExecutionProfile: ExpressibleByArgument {}
extension RunMode: ExpressibleByArgument {}
extension RunStatus: ExpressibleByArgument {}
