public import StrategyKit
import TradingModel

/// Performs a list of actions, bar by bar, so that anyone with a list of signals can backtest it.
///
/// Actions on one bar are performed in the order of the script. One the broker refuses is recorded as a rejected order
/// event; the next is performed all the same.
public struct Scripted: NamedStrategy {
  /// Its name, what it does and its parameters.
  public static let descriptor = StrategyDescriptor(
    name: "scripted",
    summary: "Performs the actions of a JSON file: orders, closes, cancellations and moved stops, each on its bar.",
    parameters: [
      ParameterDefinition(
        name: "script", kind: .string, defaultValue: nil,
        summary: "Path of a JSON file such as [{\"bar\": 5, \"op\": \"buy\", \"sl\": 0.98}]")
    ])

  /// Sorted by bar; the script's order within a bar.
  private let actions: [ScriptedAction]
  private var cursor = 0
  /// The bar of the action at ``cursor``; past every bar when there is none.
  @usableFromInline var nextBar = Int.min

  /// Reads and checks the script file.
  ///
  /// - Throws: `ParameterError` with a sentence naming the file, and the element in it.
  public init(parameters: ParameterValues) throws {
    self.init(actions: try ScriptFile.actions(at: parameters.string("script")))
  }

  /// Makes a strategy from actions in the order of the script; their bars may be in any order.
  public init(actions: [ScriptedAction]) {
    self.actions = actions.enumerated().sorted {
      ($0.element.bar, $0.offset) < ($1.element.bar, $1.offset)
    }.map(\.element)
    nextBar = self.actions.first?.bar ?? .max
  }

  /// Looks at none.
  public var readsOrderEvents: Bool { false }

  /// Performs the newest bar's actions.
  ///
  /// - Throws: ``ScriptError`` when a stop-loss or take-profit is to move and the script gives no price for that side.
  @inlinable
  public mutating func next(_ context: inout StrategyContext) throws {
    if context.index >= nextBar { try performDue(&context) }
  }

  @usableFromInline
  mutating func performDue(_ context: inout StrategyContext) throws {
    while cursor < actions.count, actions[cursor].bar <= context.index {
      // Actions of bars on which strategies do not decide are passed over.
      if actions[cursor].bar == context.index { try perform(actions[cursor], &context) }
      cursor += 1
    }
    nextBar = cursor < actions.count ? actions[cursor].bar : .max
  }

  private func perform(_ action: ScriptedAction, _ context: inout StrategyContext) throws {
    let close = context.close
    switch action.operation {
    case .order(let side, let size, let limit, let stop, let stopLoss, let takeProfit, let tag):
      let price = { (factor: Double?) -> Double? in factor.flatMap { close * $0 == 0 ? nil : close * $0 } }
      context.place(
        OrderRequest(
          side, size: size.map { $0 < 1 ? .fraction($0) : .units($0) } ?? .all, limit: price(limit), stop: price(stop),
          stopLoss: price(stopLoss), takeProfit: price(takeProfit), tag: tag))
    case .close(let portion):
      if !context.isFlat { context.closePosition(portion: portion) }
    case .closeTrade(let index, let portion):
      if let trade = pick(index, of: context.trades) { context.close(trade.id, portion: portion) }
    case .cancel(let index):
      if let order = pick(index, of: context.broker.pendingOrders.filter { !$0.isContingent }) {
        context.cancel(order.id)
      }
    case .setStopLoss(let index, let below, let above):
      guard let trade = pick(index, of: context.trades) else { return }
      let factor = try trade.isLong ? given(below, "below", action) : given(above, "above", action)
      context.setStopLoss(of: trade.id, to: close * factor)
    case .setTakeProfit(let index, let below, let above):
      guard let trade = pick(index, of: context.trades) else { return }
      let factor = try trade.isLong ? given(above, "above", action) : given(below, "below", action)
      context.setTakeProfit(of: trade.id, to: close * factor)
    case .clearStopLoss(let index):
      if let trade = pick(index, of: context.trades) { context.setStopLoss(of: trade.id, to: nil) }
    }
  }

  /// The element an index means: modulo the count, counted from the end when negative.
  private func pick<Element>(_ index: Int, of elements: [Element]) -> Element? {
    if elements.isEmpty { return nil }
    let remainder = index % elements.count
    return elements[remainder < 0 ? remainder + elements.count : remainder]
  }

  private func given(_ factor: Double?, _ name: String, _ action: ScriptedAction) throws -> Double {
    guard let factor else {
      throw ScriptError(
        pointer: "/\(action.position)/\(name)",
        problem: "is missing; the trade on bar \(action.bar) is on the side that needs it")
    }
    return factor
  }
}
