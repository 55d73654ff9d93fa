import JSONRPC
import StrategyProtocol

/// `backtest/sweep`.
extension ServerSession {
  func sweep(_ request: BacktestSweepRequest, _ id: JSONRPCID) throws -> BacktestSweepResponse {
    throw RPCError(.capabilityMissing, "Sweeps are not served yet.")
  }
}
