import JSONRPC
public import StrategyKit
package import StrategyProtocol
import TradingModel
import WireText

/// A process as a strategy: the engine cannot tell it from one compiled in.
///
/// In lock-step and preload it asks the process bar by bar; in streamed and vectorized mode it has the decisions of many
/// bars ahead, and performs each on its own bar, so that orders, fills and equity are the same whatever the mode.
public final class PluginStrategy: Strategy {
  private let plugin: Plugin
  private let mode: ExecutionMode
  private let parameters: ParameterValues
  private var runID = ""
  private var barCount = 0
  private var firstDecision = 1
  // Touched on every bar, by one thread, and never from within each other.
  @exclusivity(unchecked) private var barMessage: BarMessage?
  @exclusivity(unchecked) private var scanner = ActionScanner(symbols: SymbolTable([String]()))
  @exclusivity(unchecked) private var answer = BarAnswer()
  /// The bar to ask about next in a preloaded run, unless an order event comes first.
  @exclusivity(unchecked) private var nextIndex = 0
  /// Order events the strategy had been told, or whose telling it asked for, when it named ``nextIndex``.
  @exclusivity(unchecked) private var eventsKnown = 0
  /// The bar to which the first value of each of the answer's lists of annotations belongs.
  @exclusivity(unchecked) private var firstAhead = 0
  private var decisions: (any DecisionStream)?
  private var isStarted = false
  /// Whether its answer about the last bar of the warm-up may hold actions.
  public private(set) var placesEarlyOrders = false
  /// The strategy's own numbers about the run, as JSON text.
  public private(set) var summary: String?

  /// Prepares a run of a plugin.
  ///
  /// - Parameter mode: As ``Plugin/mode(for:)`` chose it.
  package init(_ plugin: Plugin, mode: ExecutionMode, parameters: ParameterValues) {
    self.plugin = plugin
    self.mode = mode
    self.parameters = parameters
  }

  private var connection: PluginConnection { plugin.connection }
  private var timeouts: Timeouts { plugin.limits.timeoutsMilliseconds }

  /// Starts the run at the process, and loads the columns where the mode wants them.
  ///
  /// - Returns: The number of bars of the warm-up.
  public func prepare(_ run: RunDescription) throws -> [Int] {
    runID = plugin.nextRunID()
    barCount = run.barCount
    connection.index = nil
    connection.isCancelled = false
    scanner = ActionScanner(
      symbols: SymbolTable(run.instruments), annotationForm: mode == .lockstep || mode == .preload ? .value : .list)
    let file = plugin.columnFile(for: mode, run)
    let encoding = SeriesUpload.encoding(for: mode, plugin.capabilities, file: file)
    let answer = try start(run, encoding: encoding)
    if let accepted = answer.mode, accepted != mode {
      throw PluginFailure(
        .protocolError, "The strategy was asked for mode \(mode.rawValue) and accepted \(accepted.rawValue)",
        hint: "Accept the mode or answer error 1004.", pointer: "/mode")
    }
    isStarted = true
    nextIndex = 0
    var warmUp = answer.warmupBars ?? 0
    placesEarlyOrders = answer.earlyOrders == true && (mode == .lockstep || mode == .preload)
    if mode == .preload || mode == .vectorized {
      let upload = SeriesUpload(
        run, runID: runID, encoding: encoding ?? .json, file: file, capabilities: plugin.capabilities)
      // A preloaded strategy computes its indicators, or trains its model, when it has the last bar.
      let preparation = mode == .preload ? max(timeouts.seriesLoad, timeouts.seriesEvaluate) : timeouts.seriesLoad
      let loaded = try upload.send(connection, allowance: timeouts.seriesLoad, preparation: preparation)
      warmUp = loaded?.warmupBars ?? warmUp
      if let early = loaded?.earlyOrders, mode == .preload { placesEarlyOrders = early }
    }
    firstDecision = max(1, warmUp)
    // The bar before it may not exist.
    if firstDecision > run.barCount { placesEarlyOrders = false }
    switch mode {
    case .lockstep, .preload:
      connection.shareCore()
      barMessage = BarMessage(
        runID: runID, symbol: run.instruments.first?.symbol ?? "", mode: mode, capabilities: plugin.capabilities)
    case .streamed:
      decisions = StreamedDecisions(connection, run, runID: runID, scanner: scanner, plugin.limits, plugin.capabilities)
    case .vectorized:
      decisions = try VectorizedDecisions(
        connection, run, runID: runID, scanner: scanner, firstDecision: firstDecision, limits: plugin.limits)
    }
    // A warm-up longer than the data leaves nothing to decide; the engine ignores look-backs it can never satisfy.
    return [min(firstDecision, run.barCount)]
  }

  private func start(_ run: RunDescription, encoding: ColumnEncoding?) throws(PluginFailure) -> RunStartResponse {
    let series = run.series.first
    let timeframe = series.map { Timeframe.name(of: $0.times) } ?? ""
    let body = try connection.call("run/start", allowance: timeouts.runStart) { writer in
      writer.value(
        message: RunStartRequest(
          runID: runID, mode: mode, symbols: run.instruments.map(TradableSymbol.init),
          timeframe: timeframe.isEmpty ? nil : timeframe, start: series?.times.first ?? 0, end: series?.times.last ?? 0,
          barsTotal: run.barCount, parameters: parameters.wire,
          seed: Int(clamping: min(run.seed, 9_007_199_254_740_991)),
          account: RunAccount(run.settings, currency: run.instruments.first?.currency),
          execution: ExecutionTerms(run.settings), orderTypes: HostCapabilities.standard.orderTypes, encoding: encoding)
      )
    }
    return try RunStartResponse.decode(body, answerTo: "run/start")
  }

  /// Sends a bar of the warm-up, in lock-step; the other modes have their bars.
  public func warmUp(_ context: inout StrategyContext) throws {
    if mode == .lockstep || mode == .preload && placesEarlyOrders && context.index == firstDecision - 1 {
      try ask(&context, isWarmUp: true)
    }
    try decisions?.perform(upTo: context.index, on: context.broker)
  }

  /// Asks for the decision on the newest bar and performs it.
  public func next(_ context: inout StrategyContext) throws {
    if let decisions {
      connection.index = context.index
      try decisions.perform(upTo: context.index, on: context.broker)
    } else {
      try ask(&context, isWarmUp: false)
    }
  }

  private func ask(_ context: inout StrategyContext, isWarmUp: Bool) throws {
    let index = context.index
    let broker = context.broker
    if index < nextIndex, broker.orderEventCount == eventsKnown {
      annotateAhead(index, broker)
      return
    }
    connection.index = index
    let market = context.market
    let longest = mode == .preload ? timeouts.seriesEvaluateMax : nil
    eventsKnown = broker.orderEventCount
    try connection.ask("bar/next", allowance: timeouts.barNext, upTo: longest, scanner, into: &answer) { writer in
      barMessage?.write(market, broker, isWarmUp: isWarmUp, to: &writer)
    }
    for (name, value) in answer.annotations { broker.annotate(name, value) }
    nextIndex = 0
    if mode == .preload { try passOver(from: index) }
    perform(broker)
  }

  /// Takes what the newest answer says about the bars after its own; what earlier ones said counts no more.
  private func passOver(from index: Int) throws(PluginFailure) {
    let next = answer.nextIndex ?? index + 1
    guard next > index else {
      throw connection.explained(
        ActionScanner.fault("/next_index", "was \(next); it must be above the bar's index", about: .passingOver))
    }
    let passed = min(next, barCount) - index - 1
    for (name, values) in answer.annotationLists where values.count != passed {
      throw connection.explained(
        ActionScanner.fault(
          "/annotations_ahead/\(name)",
          "has \(values.count) values; it must have one for each of the \(passed) bars passed over", about: .passingOver
        ))
    }
    // Actions have to be known to work before bars can go by: the next one is asked about.
    if answer.actions.isEmpty { nextIndex = next }
    firstAhead = index + 1
  }

  /// Charts what the strategy said in advance about a bar it is not asked about.
  private func annotateAhead(_ index: Int, _ broker: any Brokerage) {
    for note in answer.annotationLists where index - firstAhead < note.values.count {
      let value = note.values[index - firstAhead]
      if !value.isNaN { broker.annotate(note.name, value) }
    }
  }

  private func perform(_ broker: any Brokerage) {
    let limit = plugin.limits.maxActionsPerBar
    for (number, entry) in answer.actions.enumerated() {
      if number < limit {
        entry.action.perform(on: broker)
      } else {
        broker.refuse(OrderRequest(.sell), .tooManyActions(limit: limit))
      }
    }
  }

  /// Tells the process that the run is over, and passes its warnings on.
  public func finish(_ outcome: RunOutcome) throws {
    PluginConnection.releaseCore()
    defer { connection.index = nil }
    connection.allowProgress(upTo: nil)
    guard isStarted, connection.isInStep else {
      if isStarted, outcome == .completed { throw connection.failureAtTheEnd() }
      return
    }
    connection.hooks.isCancelled = nil
    let reason: RunEndReason =
      switch outcome {
      case .completed: .completed
      case .cancelled: .cancelled
      case .failed: connection.isCancelled ? .cancelled : .failed
      }
    let body = try connection.call("run/end", allowance: timeouts.runEnd) { writer in
      writer.value(message: RunEndRequest(runID: runID, reason: reason))
    }
    let answer = try RunEndResponse.decode(body, answerTo: "run/end")
    summary = answer.summary.flatMap { try? $0.json.text() }
  }

  /// What the user should know about the conversation.
  public var warnings: [String] { connection.warnings }
}

/// Decisions known ahead of their bar.
protocol DecisionStream: AnyObject {
  /// Performs what was decided on bar `index`, fetching it first if need be.
  func perform(upTo index: Int, on broker: any Brokerage) throws
}
