public import BrokerSimulator
public import StrategyKit

/// The simulator is what strategies trade against.
extension SimulatedBroker: Brokerage {}
