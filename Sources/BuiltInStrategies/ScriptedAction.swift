public import TradingModel

/// One action of a script: what to do after a bar's close.
public struct ScriptedAction: Sendable, Equatable {
  /// What a scripted action can do. Prices are multiples of the bar's close; 0 means not given.
  public enum Operation: Sendable, Equatable {
    /// Places an entry order. `size` is a fraction of the buying power when below 1, else units; `nil` is all.
    case order(
      Side, size: Double?, limit: Double?, stop: Double?, stopLoss: Double?, takeProfit: Double?, tag: String?)
    /// Closes a part of every open trade.
    case close(portion: Double)
    /// Closes a part of one open trade.
    case closeTrade(index: Int, portion: Double)
    /// Withdraws a resting order that is not a stop-loss or take-profit.
    case cancel(index: Int)
    /// Moves a trade's stop-loss: to `below` for a long trade, to `above` for a short one.
    case setStopLoss(index: Int, below: Double?, above: Double?)
    /// Moves a trade's take-profit: to `above` for a long trade, to `below` for a short one.
    case setTakeProfit(index: Int, below: Double?, above: Double?)
    /// Clears a trade's stop-loss.
    case clearStopLoss(index: Int)
  }

  /// The bar after whose close to act, counted from 0. Bars the run never decides on are never reached.
  public var bar: Int
  /// Position in the script, counted from 0.
  public var position: Int
  /// What to do. An `index` counts open trades (in opening order) or orders (in queue order) modulo how many there are;
  /// without any, nothing happens.
  public var operation: Operation

  /// Makes an action.
  public init(bar: Int, position: Int, operation: Operation) {
    self.bar = bar
    self.position = position
    self.operation = operation
  }
}

/// What is wrong with a script.
public struct ScriptError: Error, Sendable, Equatable, CustomStringConvertible {
  /// JSON Pointer of the faulty element, e.g. `/3/op`; empty for the whole script.
  public var pointer: String
  /// What was found there and what would be right, without a full stop.
  public var problem: String

  /// One sentence naming the element.
  public var description: String { sentence(about: "The script") }

  /// One sentence that calls the script `name`.
  func sentence(about name: String) -> String { "\(name)\(pointer.isEmpty ? "" : ": \(pointer)") \(problem)." }

  /// Makes an error.
  public init(pointer: String, problem: String) {
    self.pointer = pointer
    self.problem = problem
  }
}
