import ArgumentParser
import BacktestService
import JSONRPC
import PerformanceMetrics
import ReportRendering
import RunStore
import StrategyKit
import TradingModel

/// `backtester sweep`.
struct SweepCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sweep",
    abstract: "Run a strategy with many combinations of parameters and show the best.",
    discussion: """
      Examples:
        backtester sweep sma_cross --sample GOOG --param n1=5:50:5 --param n2=20:200:10 --where "n1 < n2"
        backtester sweep la_bomba --sample GOOG --param n1=5,10,20 --param stop_loss_pct=0.01:0.05:0.01 --maximize sqn
        backtester sweep sma_cross --data bars.csv --param n1=1:200 --param n2=1:400 --random 500 --seed 7
        backtester sweep sma_cross --sample GOOG --param n1=5:50 --param n2=60 --no-save --csv - > trials.csv

      Values: n1=10 is one value, n1=5,10,20 a list, n1=5:50:5 a range with its end and its step; without a step whole
      numbers go by 1. Ranges may stand in lists: n1=5:20:5,50. A parameter that is not named keeps its default.

      Conditions: --where takes parameters, numbers, 'texts', true and false; + - * / %; < <= > >= == !=, also chained
      (5 < n1 < n2); and, or, not; parentheses.

      Objectives: --maximize or --minimize with any metric of `backtester run --json`. Drawdowns are negative percentages:
      --maximize max_drawdown_pct finds the shallowest.

      Each trial is saved with its parameters and statistics, without equity and trades; `backtester run` with the same
      parameters gives those. Ctrl-C stops and keeps what is done.

      Exit codes: 0 done; 1 cancelled, not saved, or every trial failed; 2 wrong usage.
      """)

  @Argument(
    help: "A built-in strategy or plugin by name, or a path, as for `backtester run`.",
    completion: .custom { _, _, _ in Composition.strategyNames })
  var strategy: String

  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("Values of a parameter; may be repeated.", valueName: "name=values"))
  var parameters: [String] = []

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp("Leave out combinations that do not meet it.", valueName: "condition"))
  var condition: String?

  @Option(
    help: ArgumentHelp("The metric that is best when largest; sharpe unless another is given.", valueName: "metric"))
  var maximize: String?

  @Option(help: ArgumentHelp("The metric that is best when smallest.", valueName: "metric"))
  var minimize: String?

  @Option(help: ArgumentHelp("Try so many combinations chosen at random.", valueName: "count"))
  var random: Int?

  @Option(help: "Seed of the random choice, and of a strategy that uses randomness, as in `backtester run`.")
  var seed: UInt64 = 0

  @Option(help: "Seed of the random choice alone.")
  var randomSeed: UInt64?

  @Option(help: ArgumentHelp("Trials at the same time; all cores unless given.", valueName: "count"))
  var jobs: Int?

  @Option(help: "How many trials to show; with --json all unless given.")
  var top: Int?

  @Option(
    help: ArgumentHelp("Write every trial to a CSV file; - writes to standard output.", valueName: "file"),
    completion: .file(extensions: ["csv"]))
  var csv: String?

  @Flag(help: "Print the result as one JSON object.")
  var json = false

  @Flag(help: "Do not save the trials.")
  var noSave = false

  @OptionGroup(title: "Bars") var source: SourceOptions
  @OptionGroup(title: "Execution") var execution: ExecutionOptions
  @OptionGroup(title: "Database") var database: DatabaseOptions
  @OptionGroup(title: "Plugins") var plugins: PluginOptions

  @Option(help: "How a strategy process gets its bars: auto, lockstep, preload, streamed or vectorized.")
  var mode = RunMode.auto

  @Flag(help: "Fail a trial when any of its orders is rejected.")
  var strictOrders = false

  func validate() throws {
    if noSave, database.db != nil {
      throw ValidationError("--no-save and --db exclude each other; leave one of them out.")
    }
    if maximize != nil, minimize != nil {
      throw ValidationError("--maximize and --minimize exclude each other; a sweep has one objective.")
    }
    if json, csv == "-" {
      throw ValidationError("--json and --csv - both write to standard output; name a file, as in --csv trials.csv.")
    }
    if parameters.isEmpty {
      throw ValidationError("Give the values to try, for example --param n1=5:50:5 --param n2=20:200:10.")
    }
    if let jobs, !(1...1024).contains(jobs) {
      throw ValidationError("--jobs was \(jobs); it must be from 1 to 1024.")
    }
    if let top, top < 1 { throw ValidationError("--top was \(top); it must be 1 or more.") }
    if randomSeed != nil, random == nil { throw ValidationError("--random-seed goes with --random N.") }
  }

  func run() throws {
    Interrupt.watch()
    let store = try noSave ? nil : openStore()
    let sweep: Sweep
    let output: CSVOutput?
    do {
      var service = plugins.service()
      service.pluginLog = StrategyLog().show
      var generator = SystemRandomNumberGenerator()
      sweep = try service.sweep(
        makeRequest(service.marketData), id: RunIdentifier.make(at: RunQueue.now, using: &generator),
        store: store?.store,
        engineVersion: Version.text, clock: { RunQueue.now }, isCancelled: { Interrupt.isRequested })
      // Only now, when nothing is wrong with the request: an older file is not lost to a slip.
      output = try csv.map(CSVOutput.init)
      try sweep.start()
    } catch let failure as CommandFailure {
      throw failure
    } catch { throw CommandFailure(error) }
    let status = SweepStatusLine(sweep)
    while !sweep.wait(upTo: .milliseconds(50)) {
      if Interrupt.isRequested { sweep.cancel() }
      status.update()
    }
    status.finish()
    try show(sweep, output, savedIn: store?.file)
    try check(sweep.progress)
  }

  private func openStore() throws -> (store: SQLiteRunStore, file: String) {
    do {
      let file = try database.file()
      return (try SQLiteRunStore(file: file, program: "backtester \(Version.text)"), file)
    } catch { throw CommandFailure.failed(error) }
  }

  private func makeRequest(_ marketData: MarketDataProvider) throws -> SweepRequest {
    let (from, to) = try source.range()
    var objective = SweepObjective.standard
    if let name = maximize { objective = try SweepObjective(.maximize, named: name) }
    if let name = minimize { objective = try SweepObjective(.minimize, named: name) }
    let base = BacktestRequest(
      strategy: strategy, data: try source.source(marketData), from: from, to: to, settings: try execution.settings(),
      mode: mode, seed: seed, strictOrders: strictOrders)
    return SweepRequest(
      base: base, space: .grid(parameters.map { .text($0) }),
      random: random.map { RandomChoice(count: $0, seed: randomSeed ?? seed) }, condition: condition,
      objective: objective, workers: jobs)
  }

  private func show(_ sweep: Sweep, _ output: CSVOutput?, savedIn file: String?) throws {
    let isSaved = sweep.progress.saved > 0
    try output?.write(sweep, isSaved: isSaved)
    if json {
      var writer = JSONWriter(capacity: 1 << 16)
      SweepJSON.write(sweep, limit: top ?? sweep.plan.count, isSaved: isSaved, to: &writer)
      try writer.withLine { Terminal.write($0, to: 1) }
    } else if csv != "-" {
      Terminal.print(SweepText.render(sweep, top: top ?? 10, savedIn: file, style: Terminal.outputStyle))
    }
  }

  private func check(_ progress: SweepProgress) throws {
    func fail(_ message: String) -> CommandFailure { CommandFailure(message: message, exitCode: 1) }
    if let failure = progress.saveFailure {
      throw fail("\(progress.done - progress.saved) of \(progress.done) trials were not saved: \(failure)")
    }
    switch progress.status {
    case .completed: if progress.failed == progress.total { throw fail("Every trial failed.") }
    case .failed: throw fail(progress.failure?.message ?? "The sweep could not go on.")
    case .cancelled, .queued, .running:
      throw fail("The sweep was cancelled after \(progress.done) of \(progress.total) trials.")
    }
  }
}
