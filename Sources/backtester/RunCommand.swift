import ArgumentParser
import BacktestEngine
import BacktestService
import JSONRPC
import MarketData
import PluginHost
import ReportRendering
import RunStore
import StrategyKit
import TradingModel
import WebPage

/// `backtester run`.
struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Run a strategy over bars, show the result and save it.",
    discussion: """
      Examples:
        backtester run sma_cross --sample GOOG
        backtester run sma_cross --sample GOOG --param n1=10 --param n2=30 --commission 0.002
        backtester run la_bomba --symbol AAPL --from 2015-01-01 --to 2020-01-01
        backtester run la_bomba --symbol BTC-USD --interval 1h --from 2026-01-01 --offline
        backtester run la_bomba --data bars.csv --from 2015-01-01 --to 2020-01-01 --json --no-save
        backtester run scripted --data bars.csv --param script=signals.json

      Exit codes: 0 done; 1 the run failed (data, strategy, database); 2 wrong usage.
      """)

  @Argument(
    help:
      "A built-in strategy or plugin by name (`backtester strategies` lists them), or a path: a Python file, FILE.py:Class, an executable, a folder with a plugin.json.",
    completion: .custom { _, _, _ in Composition.strategyNames })
  var strategy: String

  @OptionGroup(title: "Bars") var source: SourceOptions
  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Database") var database: DatabaseOptions

  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("Set a parameter of the strategy; may be repeated.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(help: "How a strategy process gets its bars: auto, lockstep, preload, streamed or vectorized.")
  var mode = RunMode.auto

  @OptionGroup(title: "Plugins") var plugins: PluginOptions

  @Option(help: ArgumentHelp("Write the conversation with a strategy process down.", valueName: "file"))
  var record: String?

  @Option(help: "Seed for a strategy that uses randomness, 0 or more.")
  var seed: UInt64 = 0

  @Flag(
    help:
      "Run a strategy that has later bars again on changed histories, and fail the run if a decision changes; with --mode auto, use the fastest mode that passes."
  )
  var lookaheadCheck = false

  @Flag(help: "Fail the run when any order is rejected.")
  var strictOrders = false

  @Flag(help: "Do not save the run.")
  var noSave = false

  @Option(
    help: ArgumentHelp("Write the result as a web page in one file, - for standard output.", valueName: "file"),
    completion: .file(extensions: ["html"]))
  var report: String?

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  func validate() throws {
    if noSave, database.db != nil {
      throw ValidationError("--no-save and --db exclude each other; leave one of them out.")
    }
    if report == "-", json { throw ValidationError("--report - and --json both want standard output; name a file.") }
  }

  func run() throws {
    Interrupt.watch()
    var service = plugins.service()
    let request = try makeRequest(service.marketData)
    let bar = ProgressBar(title: strategy)
    let fetching = ProgressBar(title: "Fetching \(source.symbol ?? "bars")", unit: "requests")
    let hooks = RunHooks(
      isCancelled: { Interrupt.isRequested },
      progress: { done, total in
        fetching.finish()
        bar.update(done, total)
      })
    var report: BacktestReport
    let log = StrategyLog()
    do {
      service.fetchProgress = { fetching.update($0.done, $0.planned) }
      service.transcriptPath = record
      service.pluginLog = log.show
      report = try service.run(request, hooks: hooks)
      fetching.finish()
      bar.finish()
    } catch {
      fetching.finish()
      bar.finish()
      var failure = CommandFailure(error)
      failure.message = log.withoutRepetition(failure.message)
      if json, failure.exitCode == 1 { show(notStarted: error) }
      throw failure
    }
    // Read once: the page written now and the one made of the saved run name the same time.
    let finished = RunQueue.now
    if !noSave { database.save(&report, finished: finished) }
    if self.report != "-" { try show(report) }
    try writePage(report, finished: finished)
    if report.status != .completed {
      let message = report.failure.map { log.withoutRepetition($0.message) }
      throw CommandFailure(message: message ?? "The run was cancelled.", exitCode: 1)
    }
    if let failure = report.saveFailure { throw CommandFailure(message: failure, exitCode: 1) }
  }

  private func makeRequest(_ marketData: MarketDataProvider) throws -> BacktestRequest {
    let (from, to) = try source.range()
    var request = BacktestRequest(
      strategy: strategy, parameters: try parameters.map(Self.parameter), data: try source.source(marketData),
      from: from, to: to, settings: try execution.settings(),
      mode: mode, seed: seed, strictOrders: strictOrders)
    request.lookaheadCheck = lookaheadCheck
    return request
  }

  private static func parameter(_ text: String) throws -> (name: String, value: BacktestRequest.ParameterInput) {
    guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
      throw CommandFailure.usage("--param was \(text); it must be NAME=VALUE, for example --param n1=10.")
    }
    return (String(text[..<equals]), .text(String(text[text.index(after: equals)...])))
  }

  private func writePage(_ report: BacktestReport, finished: EpochMilliseconds) throws {
    guard let file = self.report else { return }
    let record = report.record(
      id: report.runID ?? "not-saved", finished: finished, engineVersion: Version.text)
    let page = RunReport.html(record, RunResult(report.run), bars: .loaded(report.bars), version: Version.text)
    try OutputFile.write(page, to: file)
  }

  /// The object of a run that did not come to its first bar.
  private func show(notStarted error: any Error) {
    var writer = JSONWriter()
    let failure =
      error is PluginFailure
      ? BacktestReport.Failure(refusal: error)
      : BacktestReport.Failure(kind: "data_error", message: "\(error)", fault: "data")
    ReportJSON.write(notStarted: failure, to: &writer)
    try? writer.withLine { Terminal.write($0, to: 1) }
  }

  private func show(_ report: BacktestReport) throws {
    if json {
      // The object is the same for the same bars; what only this load can tell goes where people see it.
      for note in report.data.loadNotes { Terminal.note("Note: \(note)") }
      var writer = JSONWriter(capacity: 1 << 16)
      ReportJSON.write(report, to: &writer)
      try writer.withLine { Terminal.write($0, to: 1) }
    } else {
      Terminal.print(ReportText.render(report, style: Terminal.outputStyle))
    }
  }
}

extension CommandFailure {
  /// Sorts an error of the service into wrong usage and failed run.
  init(_ error: any Error) {
    let isUsage: Bool =
      switch error {
      case let error as ServiceError: error.isUsageError
      case let error as SweepError: error.isUsageError
      case let error as PluginFailure: error.kind == .startFailed && error.fault == .user
      case is ParameterError, is SettingsError: true
      default: false
      }
    self.init(message: "\(error)", exitCode: isUsage ? 2 : 1)
  }
}
