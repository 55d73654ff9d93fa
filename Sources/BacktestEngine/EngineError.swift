/// Why the engine does not start or finish a run.
public enum EngineError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is not a single bar.
  case noBars
  /// The run has more instruments than this engine trades.
  case tooManyInstruments(Int)
  /// A hook asked to stop.
  case cancelled(barsDone: Int)
  /// A rejected order, in a run that must not have any.
  case orderRejected(index: Int, message: String)

  /// One sentence.
  public var description: String {
    switch self {
    case .noBars: "There are no bars to trade on; widen the date range or check the data file."
    case .tooManyInstruments(let count): "The run has \(count) instruments; this engine trades one at a time."
    case .cancelled(let done): "The run was cancelled after \(done) bars."
    case .orderRejected(let index, let message):
      "An order was rejected at bar \(index): \(message). The run was asked to stop at rejected orders (--strict-orders)."
    }
  }
}
