public import TradingModel

/// A run that started and did not end by itself: cancelled, or failed by its strategy.
public struct InterruptedRun: Error, CustomStringConvertible {
  /// What ended it: ``EngineError/cancelled(barsDone:)``, ``EngineError/orderRejected(index:message:)`` or the strategy's error.
  public var cause: any Error
  /// Everything up to the last bar that was worked off whole.
  public var partial: BacktestRun

  /// The cause's own sentence.
  public var description: String { "\(cause)" }

  /// Whether it was stopped on request.
  public var isCancellation: Bool { if case EngineError.cancelled = cause { true } else { false } }

  /// Makes an error.
  public init(cause: any Error, partial: BacktestRun) {
    self.cause = cause
    self.partial = partial
  }
}
