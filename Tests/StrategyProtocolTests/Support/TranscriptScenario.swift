import BacktestEngine
import Foundation
import StrategyKit
import StrategyProtocol
import Testing
import TradingModel

/// One recorded session: a mode, what the strategy declares and what it answers on each bar.
struct TranscriptScenario: Sendable, CustomTestStringConvertible {
  /// Name of the file without its ending.
  var name: String
  var mode: ExecutionMode
  var capabilities = StrategyCapabilities()
  /// `warmup_bars` of the run/start answer.
  var warmUpBars = 0
  /// `warmup_bars` of the answer to the last series/load, in the modes that have one.
  var loadAnswer = #"{"received":12}"#
  /// Per bar the result of bar/next; in the other modes its actions get their bar_index.
  var script: [Int: String]

  let runID = "r-1"
  let symbol = "ACME"
  var testDescription: String { name }

  static let settings = ExecutionSettings(cash: 10_000, commission: .fixedAndRate(fixed: 1, rate: 0.001))

  static let start: Int64 = 1_704_672_000_000

  static func bars() throws -> BarSeries {
    let rows: [[Double]] = [
      [100, 101, 99, 100.5, 1200], [100.5, 102, 100, 101.5, 1300], [101.5, 103, 101, 102.4, 1250],
      [102.6, 104.1, 102.2, 103.8, 998], [103.8, 106, 103.1, 105.5, 1100], [105.5, 107, 104, 106.2, 1400],
      [106, 111, 105.9, 110.4, 2100], [110.4, 112, 108, 108.5, .nan], [108, 109, 105, 105.7, 1500],
      [105.7, 106, 101.5, 102, 1800], [102, 103, 100, 100.8, 900], [100.8, 102, 100.2, 101.9, 1000],
    ]
    return try BarSeries(
      rows.enumerated().map { index, row in
        Bar(
          time: start + Int64(index) * 86_400_000, open: row[0], high: row[1], low: row[2], close: row[3],
          volume: row[4])
      })
  }

  /// The scripted actions of a bar.
  func actions(on index: Int) throws -> [Action] {
    guard let answer = script[index] else { return [] }
    return try WireTree(answer).value.decode(BarNextResponse.self).actions ?? []
  }

  /// Plays the session against the engine.
  ///
  /// - Returns: The transcript's lines and the engine's result.
  func play() throws -> (lines: [String], run: BacktestRun) {
    let series = try Self.bars()
    let recorder = try TranscriptRecorder(program: name)
    try open(recorder, series)
    if mode == .preload || mode == .vectorized { try load(recorder, series) }
    if mode == .streamed { try stream(recorder, series) }
    if mode == .vectorized { try evaluate(recorder, series) }
    var strategy = ScriptedStrategy(recorder: recorder, scenario: self)
    let engine = BacktestEngine(
      instruments: [Instrument(symbol: symbol, currency: "USD")], series: [series], settings: Self.settings, seed: 42)
    let run = try engine.run(&strategy)
    try recorder.exchange(.runEnd, RunEndRequest(runID: runID, reason: .completed))
    try recorder.exchange(.shutdown, Empty())
    try recorder.notify(.exit)
    return (recorder.lines, run)
  }

  private func open(_ recorder: TranscriptRecorder, _ series: BarSeries) throws {
    let answer = InitializeResponse(
      protocolVersion: "1.0", strategy: StrategyInfo(name: name, version: "1.0"), capabilities: capabilities)
    _ = try recorder.exchange(
      .initialize,
      InitializeRequest(
        protocolVersion: ProtocolVersion.current.description, host: Peer(name: "backtester", version: "0.1.0"),
        hostProcessID: 4711, capabilities: .standard, limits: .standard),
      answer: try WireTree(.encoding(answer)).text(), as: InitializeResponse.self)
    try recorder.notify(.initialized)
    let isArray = mode == .preload || mode == .vectorized
    let start = RunStartRequest(
      runID: runID, mode: mode, symbols: [TradableSymbol(symbol: symbol, currency: "USD")], timeframe: "1d",
      start: try #require(series.times.first), end: try #require(series.times.last), barsTotal: series.count,
      parameters: .emptyObject, seed: 42, account: RunAccount(Self.settings, currency: "USD"),
      execution: ExecutionTerms(Self.settings), orderTypes: OrderType.allCases.map(\.rawValue),
      encoding: isArray ? .json : nil)
    _ = try recorder.exchange(
      .runStart, start, answer: try WireTree(.encoding(RunStartResponse(mode: mode, warmupBars: warmUpBars))).text(),
      as: RunStartResponse.self)
  }

  private func load(_ recorder: TranscriptRecorder, _ series: BarSeries) throws {
    let request = SeriesLoadRequest(
      runID: runID, symbol: symbol, offset: 0, count: series.count, rowsTotal: series.count,
      columns: [
        "time": Column(series.times, encoding: .json), "open": try Column(series.open, encoding: .json),
        "high": try Column(series.high, encoding: .json), "low": try Column(series.low, encoding: .json),
        "close": try Column(series.close, encoding: .json), "volume": try Column(series.volume, encoding: .json),
      ], last: true)
    _ = try recorder.exchange(.seriesLoad, request, answer: loadAnswer, as: SeriesLoadResponse.self)
  }

  private func stream(_ recorder: TranscriptRecorder, _ series: BarSeries) throws {
    // The host's chunks are longer than this run.
    let request = BarsNextRequest(
      runID: runID, firstIndex: 0, count: series.count, times: series.times,
      bars: [symbol: (0..<series.count).map { BarRow(series[$0]) }])
    let answer = BarsNextResponse(actions: try indexedActions(0..<series.count))
    _ = try recorder.exchange(
      .barsNext, request, answer: try WireTree(.encoding(answer)).text(), as: BarsNextResponse.self)
  }

  private func evaluate(_ recorder: TranscriptRecorder, _ series: BarSeries) throws {
    let answer = SeriesEvaluateResponse(actions: try indexedActions(0..<series.count))
    _ = try recorder.exchange(
      .seriesEvaluate,
      SeriesEvaluateRequest(runID: runID, firstIndex: 0, count: series.count, progressToken: "p-\(runID)"),
      answer: try WireTree(.encoding(answer)).text(), as: SeriesEvaluateResponse.self)
  }

  private func indexedActions(_ range: Range<Int>) throws -> [Action]? {
    let all = try range.flatMap { index throws -> [Action] in
      try actions(on: index).map { action -> Action in
        switch action {
        case .order(var order):
          order.barIndex = index
          return Action.order(order)
        case .cancel(var cancel):
          cancel.barIndex = index
          return .cancel(cancel)
        case .close(var close):
          close.barIndex = index
          return .close(close)
        case .amend(var amend):
          amend.barIndex = index
          return .amend(amend)
        }
      }
    }
    return all.isEmpty ? nil : all
  }
}

extension TranscriptScenario {
  /// Decisions that depend on prices only, so that every mode can make them.
  private static let priceOnly: [Int: String] = [
    2:
      #"{"actions":[{"do":"order","client_order_id":"a1","side":"buy","quantity":40,"stop_loss":100,"take_profit":112}]}"#,
    6: #"{"actions":[{"do":"close"}]}"#,
    8: #"{"actions":[{"do":"order","client_order_id":"a2","side":"sell","stop_loss":110,"take_profit":95}]}"#,
  ]

  /// The sessions recorded in `protocol/v1/transcripts`; those without an engine are written by hand there.
  static let all = [
    TranscriptScenario(
      name: "lockstep", mode: .lockstep,
      script: [
        1: #"{"annotations":{"SMA(2)":101}}"#,
        2:
          #"{"actions":[{"do":"order","client_order_id":"a1","symbol":"ACME","side":"buy","type":"market","quantity":40,"stop_loss":100,"take_profit":112,"tag":"cross"}],"annotations":{"SMA(2)":101.95}}"#,
        4: #"{"actions":[{"do":"amend","trade_id":1,"stop_loss":102.6,"take_profit":111}]}"#,
        5:
          #"{"actions":[{"do":"close","trade_id":1,"portion":0.25},{"do":"order","client_order_id":"a2","symbol":"ACME","side":"buy","type":"stop_limit","quantity":10,"limit_price":112,"stop_price":111}]}"#,
        6:
          #"{"actions":[{"do":"order","client_order_id":"a3","symbol":"ACME","side":"buy","quantity":1.5},{"do":"order","client_order_id":"a4","symbol":"ACME","side":"buy","type":"limit","quantity":5,"limit_price":90},{"do":"order","client_order_id":"a5","symbol":"ACME","side":"buy","type":"limit","quantity":5,"limit_price":91}]}"#,
        7:
          #"{"actions":[{"do":"cancel","client_order_id":"a5"},{"do":"close","symbol":"ACME"},{"do":"order","client_order_id":"a6","symbol":"ACME","side":"buy","quantity":10000}]}"#,
        8: #"{"actions":[{"do":"order","side":"sell","stop_loss":110,"take_profit":95}]}"#,
        10: #"{"actions":[{"do":"amend","trade_id":3,"stop_loss":null}]}"#,
      ]),
    TranscriptScenario(
      name: "warm-up", mode: .lockstep, warmUpBars: 3,
      script: [
        1: #"{"actions":[{"do":"order","client_order_id":"early","side":"buy","quantity":1}]}"#,
        3: #"{"actions":[{"do":"order","client_order_id":"a1","side":"buy","fraction":0.5}]}"#,
      ]),
    TranscriptScenario(
      name: "preload", mode: .preload, capabilities: StrategyCapabilities(modes: ["lockstep", "preload"]),
      loadAnswer: #"{"received":12,"warmup_bars":0}"#, script: priceOnly),
    TranscriptScenario(
      name: "streamed", mode: .streamed,
      capabilities: StrategyCapabilities(modes: ["lockstep", "streamed"], needsAccount: false, needsEvents: false),
      script: priceOnly),
    TranscriptScenario(
      name: "vectorized", mode: .vectorized,
      capabilities: StrategyCapabilities(modes: ["lockstep", "vectorized"], needsAccount: false, needsEvents: false),
      script: priceOnly),
    TranscriptScenario(
      name: "short-messages", mode: .lockstep,
      capabilities: StrategyCapabilities(needsAccount: false, needsEvents: false), script: priceOnly),
  ]
}
