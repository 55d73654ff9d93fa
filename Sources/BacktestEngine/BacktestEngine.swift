public import BrokerSimulator
public import StrategyKit
public import TradingModel

/// The bar loop: broker against strategy.
///
/// For every bar from the end of the warm-up on, in this order: bar i is revealed; the broker works off resting orders
/// on it, values the account at its close and checks for ruin; the strategy observes it and decides; what it asks for
/// acts from bar i + 1 on.
public struct BacktestEngine: Sendable {
  /// What is traded; one instrument.
  public var instruments: [Instrument]
  /// The bars, one series per instrument.
  public var series: [BarSeries]
  /// How orders are executed.
  public var settings: ExecutionSettings
  /// Seed told to the strategy.
  public var seed: UInt64
  /// Whether a rejected order ends the run as failed.
  public var failsOnRejectedOrders = false
  /// Whether the run's order events are part of its result.
  ///
  /// Off, for a trial of a sweep of which only the statistics are wanted, ``BacktestRun/orderEvents`` is empty and all
  /// else the same to the bit. With a strategy that never looks at events (`Strategy.readsOrderEvents`) the broker does
  /// not make them either. `PerformanceMetrics(_:market:profile:)` is the cheap way to the statistics of many such runs.
  public var keepsOrderEvents = true

  /// Makes an engine; ``run(_:hooks:)`` checks what it is given.
  public init(instruments: [Instrument], series: [BarSeries], settings: ExecutionSettings, seed: UInt64 = 0) {
    self.instruments = instruments
    self.series = series
    self.settings = settings
    self.seed = seed
  }

  /// Runs a strategy over the bars.
  ///
  /// Generic and inlinable, so that a caller that knows the strategy's type gets a loop of its own.
  ///
  /// - Throws: ``EngineError`` or `SettingsError` when the run cannot start, ``InterruptedRun`` when it started and did not
  ///   end by itself.
  @inlinable
  public func run<S: Strategy>(_ strategy: inout S, hooks: RunHooks = RunHooks()) throws -> BacktestRun {
    let broker = try makeBroker(keepsOrderEvents: keepsOrderEvents || strategy.readsOrderEvents)
    var warmUpIndex = 0
    var failure: (any Error)?
    let bars = series[0].count
    // The broker writes the account's values into the very array the run keeps.
    let equity = [Double](unsafeUninitializedCapacity: bars) { curve, barsDone in
      broker.beginEquityCurve(UnsafeMutableBufferPointer(rebasing: curve[..<bars]))
      do {
        let lookbacks = try strategy.prepare(
          RunDescription(instruments: instruments, series: series, settings: settings, seed: seed))
        warmUpIndex = Self.warmUpIndex(lookbacks: lookbacks, barCount: bars)
        try loop(&strategy, broker, warmUpIndex: warmUpIndex, index: &barsDone, hooks)
        broker.finish(isTraded: warmUpIndex + 1 < bars)
        try strategy.finish(.completed)
        barsDone = bars
      } catch {
        failure = error
        let outcome: RunOutcome = if case EngineError.cancelled = error { .cancelled } else { .failed }
        // The run is over either way; what ended it is the error worth telling.
        try? strategy.finish(outcome)
      }
      broker.endEquityCurve(firstTraded: warmUpIndex + 1, barsDone: barsDone)
    }
    let run = result(of: broker, equity: equity, warmUpIndex: warmUpIndex)
    if let failure { throw InterruptedRun(cause: failure, partial: run) }
    return run
  }

  /// The bars from the first to the last, or to ruin; `index` counts the bars done.
  @inlinable
  func loop<S: Strategy>(
    _ strategy: inout S, _ broker: SimulatedBroker, warmUpIndex: Int, index: inout Int, _ hooks: RunHooks
  ) throws {
    let count = series[0].count
    var context = StrategyContext(market: MarketView(series), broker: broker)
    broker.acceptsOrders = false
    let firstAccepted = strategy.placesEarlyOrders ? warmUpIndex : Int.max
    while index < min(warmUpIndex + 1, count) {
      if index == firstAccepted { broker.acceptsOrders = true }
      context.market.reveal(index)
      broker.passOver(index)
      try strategy.observe(context.market)
      try strategy.warmUp(&context)
      index += 1
    }
    broker.acceptsOrders = true
    let isCancelled = hooks.isCancelled
    let endsAtRejections = failsOnRejectedOrders
    var nextReport = hooks.progress == nil ? Int.max : index + hooks.progressInterval
    while index < count {
      if let isCancelled, isCancelled() { throw EngineError.cancelled(barsDone: index) }
      context.market.reveal(index)
      guard broker.process(index) else { break }
      try strategy.observe(context.market)
      try strategy.next(&context)
      if endsAtRejections, broker.rejectedCount > 0 { throw Self.rejection(broker) }
      index += 1
      if index >= nextReport {
        hooks.progress?(index, count)
        nextReport = index + hooks.progressInterval
      }
    }
    hooks.progress?(count, count)
  }

  /// The last warm-up bar: the latest first value of any indicator that is ever defined, at least bar 0.
  @usableFromInline
  static func warmUpIndex(lookbacks: [Int], barCount: Int) -> Int {
    max(0, (lookbacks.filter { $0 <= barCount }.max() ?? 1) - 1)
  }

  @usableFromInline
  func makeBroker(keepsOrderEvents: Bool) throws -> SimulatedBroker {
    guard series.count == 1, instruments.count == 1 else { throw EngineError.tooManyInstruments(series.count) }
    guard !series[0].isEmpty else { throw EngineError.noBars }
    let broker = try SimulatedBroker(series: series[0], settings: settings)
    broker.keepsOrderEvents = keepsOrderEvents
    return broker
  }

  @usableFromInline
  static func rejection(_ broker: SimulatedBroker) -> EngineError {
    let rejection = broker.lastRejection
    return .orderRejected(
      index: rejection?.index ?? broker.index, message: rejection?.reason?.message ?? "no reason given")
  }

  /// Compat adds up what the closed trades record, as the reference does: without the entries of trades still open, and
  /// with a fixed fee counted again for each slice. Strict counts what the account paid.
  private func commissions(of broker: SimulatedBroker) -> Double {
    settings.profile == .compat ? broker.closedTrades.reduce(0) { $0 + $1.commission } : broker.commissionsPaid
  }

  @usableFromInline
  func result(of broker: SimulatedBroker, equity: [Double], warmUpIndex: Int) -> BacktestRun {
    let times = series[0].times
    var warnings = broker.warnings
    if let ruin = broker.ruinIndex {
      warnings.append("The account was ruined at bar \(ruin) (\(UTCText.format(series[0].times[ruin]))).")
    }
    if !broker.openTrades.isEmpty, !settings.finalizeTrades {
      let count = broker.openTradeCount
      warnings.append(
        "\(count) \(count == 1 ? "trade is" : "trades are") still open after the last bar and not counted among the trades; "
          + "--finalize closes and counts them.")
    }
    let rejected = broker.rejectedCount
    if rejected > 0 {
      warnings.append("\(rejected) \(rejected == 1 ? "order was" : "orders were") rejected; the order events say why.")
    }
    return BacktestRun(
      instruments: instruments,
      times: equity.count < times.count ? Array(times[..<equity.count]) : times, equity: equity,
      trades: broker.closedTrades,
      openTrades: broker.openTrades, orderEvents: keepsOrderEvents ? broker.orderEventLog : [],
      commissions: commissions(of: broker),
      warmUpIndex: max(0, min(warmUpIndex, equity.count - 1)), ruinIndex: broker.ruinIndex, warnings: warnings,
      annotations: broker.notes.map { note in
        var values = [Double](repeating: .nan, count: equity.count)
        for (index, value) in note.values where index < values.count { values[index] = value }
        return BacktestRun.Annotation(name: note.name, values: values)
      })
  }
}
