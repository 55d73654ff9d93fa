import JSONRPC
import StrategyKit
import StrategyProtocol
import TradingModel
import WireText

/// The decisions of a vectorized run: one answer for all bars, as columns or as actions.
///
/// A value at bar i is performed on bar i, and so acts from bar i + 1 on, like every other order.
final class VectorizedDecisions: DecisionStream {
  private enum Form {
    case nothing
    case actions([ActionScanner.Entry])
    case targetPosition([Double])
    case targetWeight([Double])
    case signals(entries: [Bool], exits: [Bool], shortEntries: [Bool], shortExits: [Bool])
  }

  private let form: Form
  private let annotations: [(name: String, values: [Double])]
  private let firstDecision: Int
  private let maxActionsPerBar: Int
  private var position = 0
  private var last = 0.0

  /// Asks for the decisions.
  init(
    _ connection: PluginConnection, _ run: RunDescription, runID: String, scanner: ActionScanner, firstDecision: Int,
    limits: Limits
  ) throws {
    self.firstDecision = firstDecision
    maxActionsPerBar = limits.maxActionsPerBar
    let timeouts = limits.timeoutsMilliseconds
    connection.allowProgress(upTo: timeouts.seriesEvaluateMax)
    defer { connection.allowProgress(upTo: nil) }
    let body = try connection.call("series/evaluate", allowance: timeouts.seriesEvaluate) { writer in
      writer.value(
        message: SeriesEvaluateRequest(
          runID: runID, firstIndex: 0, count: run.barCount, progressToken: "p-\(runID)"))
    }
    do {
      // The types know which forms go together; the scanner then reads the actions as it does bar by bar.
      let columns = try SeriesEvaluateResponse.decode(body, answerTo: "series/evaluate")
      var answer = BarAnswer()
      try scanner.scan(body, into: &answer)
      annotations = answer.annotationLists
      form = try Self.form(columns, answer.actions, run)
    } catch {
      throw connection.explained(error)
    }
  }

  private static func form(
    _ answer: SeriesEvaluateResponse, _ actions: [ActionScanner.Entry], _ run: RunDescription
  ) throws(PluginFailure) -> Form {
    let count = run.barCount
    if !actions.isEmpty {
      try StreamedDecisions.check(actions, within: 0..<count)
      return .actions(actions)
    }
    let symbol = run.instruments[0].symbol
    func column(_ map: OrderedMap<Column>?, _ name: String) throws(PluginFailure) -> [Double]? {
      guard let map else { return nil }
      guard let column = map[symbol] else {
        throw ActionScanner.fault("/\(name)", "has no column for \(symbol)")
      }
      let values =
        column.count == count && column.encoding == .f64leFile
        ? try ColumnFileReader.numbers(column, "/\(name)/\(symbol)") : column.numbers
      guard let values, values.count == count else {
        throw ActionScanner.fault("/\(name)/\(symbol)", "must be a column of \(count) values")
      }
      return values
    }
    if let values = try column(answer.targetPosition, "target_position") {
      if run.settings.hedging {
        throw PluginFailure(
          .handshakeFailed, fault: .user, "target_position does not go with hedging", hint: "Leave --hedging out.")
      }
      return .targetPosition(values)
    }
    if let values = try column(answer.targetWeight, "target_weight") {
      if let row = values.firstIndex(where: { abs($0) > 1 }) {
        throw ActionScanner.fault(
          "/target_weight/\(symbol)", "is \(values[row]) at row \(row); it must be from -1 to 1")
      }
      return .targetWeight(values)
    }
    let entries = try column(answer.entries, "entries")
    let shortEntries = try column(answer.shortEntries, "short_entries")
    guard entries != nil || shortEntries != nil else { return .nothing }
    let exits = try column(answer.exits, "exits")
    let shortExits = try column(answer.shortExits, "short_exits")
    func flags(_ values: [Double]?) -> [Bool] { values?.map { $0 == 1 } ?? [Bool](repeating: false, count: count) }
    return .signals(
      entries: flags(entries), exits: flags(exits), shortEntries: flags(shortEntries), shortExits: flags(shortExits))
  }

  func perform(upTo index: Int, on broker: any Brokerage) throws {
    for note in annotations where index < note.values.count && !note.values[index].isNaN {
      broker.annotate(note.name, note.values[index])
    }
    switch form {
    case .nothing: break
    case .actions(let actions): performActions(actions, index, broker)
    case .targetPosition(let values) where index >= firstDecision: hold(values[index], broker)
    case .targetWeight(let values) where index >= firstDecision: weigh(values[index], broker)
    case .signals(let entries, let exits, let shortEntries, let shortExits) where index >= firstDecision:
      signal(entries[index], exits[index], shortEntries[index], shortExits[index], broker)
    default: break
    }
  }

  private func performActions(_ actions: [ActionScanner.Entry], _ index: Int, _ broker: any Brokerage) {
    var performed = 0
    while position < actions.count, let bar = actions[position].barIndex, bar <= index {
      if performed < maxActionsPerBar {
        actions[position].action.perform(on: broker)
      } else {
        broker.refuse(OrderRequest(.sell), .tooManyActions(limit: maxActionsPerBar))
      }
      performed += 1
      position += 1
    }
  }

  /// One market order for the difference between a new target and what is held.
  private func hold(_ target: Double, _ broker: any Brokerage) {
    guard !target.isNaN, target != last else { return }
    last = target
    let change = target - broker.positionSize(of: 0)
    guard change != 0 else { return }
    _ = try? broker.place(OrderRequest(change > 0 ? .buy : .sell, size: .units(abs(change))))
  }

  private func weigh(_ target: Double, _ broker: any Brokerage) {
    guard !target.isNaN, target != last else { return }
    last = target
    try? broker.closePosition(of: 0, portion: 1)
    guard target != 0 else { return }
    let size: OrderSize = abs(target) == 1 ? .all : .fraction(abs(target))
    _ = try? broker.place(OrderRequest(target > 0 ? .buy : .sell, size: size))
  }

  private func signal(
    _ entry: Bool, _ exit: Bool, _ shortEntry: Bool, _ shortExit: Bool, _ broker: any Brokerage
  ) {
    var held = broker.positionSize(of: 0)
    if exit && held > 0 || shortExit && held < 0 {
      try? broker.closePosition(of: 0, portion: 1)
      held = 0
    }
    if entry, held <= 0 {
      if held < 0 { try? broker.closePosition(of: 0, portion: 1) }
      _ = try? broker.place(OrderRequest(.buy))
    } else if shortEntry, held >= 0 {
      if held > 0 { try? broker.closePosition(of: 0, portion: 1) }
      _ = try? broker.place(OrderRequest(.sell))
    }
  }
}
