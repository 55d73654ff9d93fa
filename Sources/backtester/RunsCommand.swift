import ArgumentParser
import JSONRPC
import ReportRendering
import RunStore
import TradingModel

/// `backtester runs`.
struct RunsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "runs",
    abstract: "List, show, export and delete saved runs.",
    discussion: """
      Examples:
        backtester runs
        backtester runs list --strategy sma_cross --sort sharpe
        backtester runs show latest
        backtester runs export 20261122-1602 --format csv > trades.csv
        backtester runs delete 20261122-160256-k3f9
      """,
    subcommands: [ListCommand.self, ShowCommand.self, ExportCommand.self, DeleteCommand.self],
    defaultSubcommand: ListCommand.self)

  /// `backtester runs list`.
  struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list", abstract: "List saved runs, newest first.",
      discussion: "Example: backtester runs list --symbol GOOG --sort total_return_pct --limit 10")

    @OptionGroup(title: "Database") var database: DatabaseOptions
    @Option(help: "Only runs of this strategy.") var strategy: String?
    @Option(help: "Only runs on this symbol.") var symbol: String?
    @Option(help: ArgumentHelp("Only trials of this sweep; without it trials are left out.", valueName: "id"))
    var sweep: String?
    @Option(help: "Only runs with this status: completed, failed, cancelled, interrupted.") var status: RunStatus?
    @Option(help: "Sort by created, duration or a metric such as sharpe; largest first.") var sort = "created"
    @Option(help: "How many to list.") var limit = 20
    @Flag(help: "Print a JSON array.") var json = false

    func validate() throws {
      if limit < 1 || limit > 10_000 { throw ValidationError("--limit was \(limit); it must be from 1 to 10000.") }
    }

    func run() throws {
      var query = RunQuery()
      if let strategy { query.strategies = [strategy] }
      query.symbol = symbol
      if let status { query.statuses = [status] }
      query.sweepID = sweep
      query.leavesOutTrials = sweep == nil
      query.limit = limit
      switch sort {
      case "created": query.sort = .created
      case "duration": query.sort = .duration
      default:
        do { query.sort = .metric(try RunText.metricKey(sort)) } catch { throw CommandFailure.usage("\(error)") }
      }
      do {
        let page = try database.open(readOnly: true).list(query)
        let style = Terminal.outputStyle
        Terminal.print(
          json
            ? RunText.json(page)
            : sweep == nil ? RunText.list(page, style: style) : RunText.trials(page, style: style))
      } catch let failure as CommandFailure {
        throw failure
      } catch { throw CommandFailure.failed(error) }
    }
  }

  /// `backtester runs show`.
  struct ShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "show", abstract: "Show a saved run as it was shown when it ended.",
      discussion: "Example: backtester runs show latest")

    @Argument(help: "The run's id, its beginning, or `latest`, which leaves trials of sweeps out.") var id = "latest"
    @OptionGroup(title: "Database") var database: DatabaseOptions
    @Flag(help: "Print one JSON object.") var json = false

    func run() throws {
      do {
        let store = try database.open(readOnly: true)
        let id = try store.resolve(id)
        let record = try store.record(id)
        let result = try store.result(of: id)
        if json {
          try RunsCommand.printJSON(record, result)
        } else {
          Terminal.print(RunText.show(record, result, style: Terminal.outputStyle))
        }
      } catch let failure as CommandFailure {
        throw failure
      } catch { throw CommandFailure.failed(error) }
    }
  }

  /// `backtester runs export`.
  struct ExportCommand: ParsableCommand {
    /// What is exported.
    enum Format: String, ExpressibleByArgument, CaseIterable {
      case json, csv
    }

    /// Which table a CSV holds.
    enum Table: String, ExpressibleByArgument, CaseIterable {
      case trades, equity, events
    }

    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Write a saved run to standard output.",
      discussion: """
        Examples:
          backtester runs export latest > run.json
          backtester runs export latest --format csv --table equity > equity.csv
        """)

    @Argument(help: "The run's id, its beginning, or `latest`, which leaves trials of sweeps out.") var id: String
    @OptionGroup(title: "Database") var database: DatabaseOptions
    @Option(help: "json holds everything, csv one table.") var format = Format.json
    @Option(help: "With csv: trades, equity or events.") var table = Table.trades

    func run() throws {
      do {
        let store = try database.open(readOnly: true)
        let id = try store.resolve(id)
        let record = try store.record(id)
        let result = try store.result(of: id)
        if format == .csv, let sweep = record.sweepID {
          throw CommandFailure(
            message: "The run \(id) is a trial of the sweep \(sweep), of which parameters and metrics are kept, not "
              + "\(table.rawValue); `backtester run` with its parameters gives them.", exitCode: 1)
        }
        switch (format, table) {
        case (.json, _): try RunsCommand.printJSON(record, result)
        case (.csv, .trades): Terminal.print(RunCSV.trades(result, record))
        case (.csv, .equity): Terminal.print(RunCSV.equity(result))
        case (.csv, .events): Terminal.print(RunCSV.events(result, record))
        }
      } catch let failure as CommandFailure {
        throw failure
      } catch { throw CommandFailure.failed(error) }
    }
  }

  /// `backtester runs delete`.
  struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "delete", abstract: "Delete saved runs with everything that belongs to them.",
      discussion: "Example: backtester runs delete 20261122-160256-k3f9")

    @Argument(help: "Ids, or beginnings of ids that fit one run only; the id of a sweep deletes all its trials.")
    var ids: [String]
    @OptionGroup(title: "Database") var database: DatabaseOptions

    func run() throws {
      do {
        let store = try database.open(readOnly: false)
        // All names are looked up before the first run goes: a slip in the last one then deletes nothing.
        for (name, runs) in try ids.map({ ($0, try Self.runs($0, store)) }) {
          let deleted = try runs.filter { try store.delete($0) }
          if runs.count > 1 {
            Terminal.note("Deleted the \(deleted.count) trials of the sweep \(name).")
          } else if let id = deleted.first {
            Terminal.note("Deleted run \(id).")
          }
        }
      } catch let failure as CommandFailure {
        throw failure
      } catch { throw CommandFailure.failed(error) }
    }

    /// The runs that a name stands for: one, or the trials of a sweep.
    private static func runs(_ name: String, _ store: SQLiteRunStore) throws(RunStoreError) -> [RunID] {
      do {
        return [try store.resolve(name)]
      } catch {
        guard case .isSweep(let sweep) = error else { throw error }
        return try trials(of: sweep, store)
      }
    }

    private static func trials(of sweep: RunID, _ store: SQLiteRunStore) throws(RunStoreError) -> [RunID] {
      var query = RunQuery()
      query.sweepID = sweep
      query.limit = 1000
      query.countsTotal = false
      var ids: [RunID] = []
      repeat {
        let page = try store.list(query)
        for run in page.runs { ids.append(run.id) }
        query.cursor = page.nextCursor
      } while query.cursor != nil
      return ids
    }
  }

  static func printJSON(_ record: RunRecord, _ result: RunResult) throws {
    var writer = JSONWriter(capacity: 1 << 16)
    RunText.write(record, result, to: &writer)
    try writer.withLine { Terminal.write($0, to: 1) }
  }
}
