import ArgumentParser
import BacktestService
import ProgramSupport
import RunStore
import TradingModel

/// Options that say where runs are kept.
struct DatabaseOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Database of runs; $BACKTESTER_DB, else the user's data directory.", valueName: "file"),
    completion: .file(extensions: ["sqlite", "db"]))
  var db: String?

  /// The database to use.
  func file() throws -> String {
    try ProgramEnvironment.databaseFile(named: db)
  }

  /// Opens the database for reading.
  func open(readOnly: Bool) throws -> SQLiteRunStore {
    do {
      var options = SQLiteRunStore.Options()
      options.readOnly = readOnly
      return try SQLiteRunStore(file: file(), program: "backtester \(Version.text)", options: options)
    } catch { throw CommandFailure.failed(error) }
  }

  /// Saves a run that finished at a time; the report says where, or why not.
  func save(_ report: inout BacktestReport, finished: EpochMilliseconds) {
    do {
      report.save(in: try file(), now: finished, engineVersion: Version.text, makeID: RunQueue.newID)
    } catch {
      report.saveFailure = "The run was not saved: \(error)"
    }
  }
}
