/// Why the store did not do what was asked. Nothing was changed.
public enum RunStoreError: Error, Sendable, Equatable {
  /// No place for the database can be derived from the environment.
  case noDefaultLocation
  /// The name of the database file is not one.
  case invalidPath(String)
  /// There is no database to read.
  case missingFile(file: String)
  /// The directory of the database does not exist and cannot be made.
  case directoryNotCreatable(directory: String, reason: String)
  /// The name belongs to a directory.
  case isDirectory(path: String)
  /// The file may not be opened, or not be made.
  case notPermitted(file: String, reason: String)
  /// The file or its directory can be read but not written.
  case readOnly(file: String)
  /// Another process held the database for longer than the timeout, in seconds.
  case locked(file: String, timeout: Double)
  /// The file holds something else than an SQLite database.
  case notADatabase(file: String)
  /// The file is an SQLite database of another program.
  case otherDatabase(file: String)
  /// The database is damaged.
  case damaged(file: String, detail: String)
  /// There is no room left.
  case diskFull(file: String)
  /// The database was made or upgraded by a newer program.
  case newerSchema(file: String, writer: String, program: String)
  /// The database is from an older program and cannot be upgraded, for it was opened for reading only.
  case olderSchema(file: String)
  /// The operating system failed to read or write.
  case inputOutput(file: String, detail: String)
  /// The store was closed.
  case closed(file: String)
  /// There is no such run; `near` are ids that begin alike.
  case unknownRun(reference: String, near: [RunID])
  /// The latest run is asked for, and every run is a trial of a sweep; `sweep` is the latest of them.
  case onlyTrials(sweep: RunID)
  /// The id is that of a sweep, which is no run.
  case isSweep(id: RunID)
  /// Several ids begin so: `count` in all, the first of them in `candidates`.
  case ambiguousRun(prefix: String, candidates: [RunID], count: Int)
  /// There is a run of that id already.
  case duplicateRun(id: RunID)
  /// A run cannot be stored because it contradicts itself.
  case invalidRun(id: RunID, fault: String)
  /// A text or a series is larger than SQLite can hold.
  case tooLarge(file: String)
  /// A query asks for something that makes no sense: a whole sentence.
  case invalidQuery(String)
  /// SQLite failed in a way not foreseen here.
  case unexpected(file: String, detail: String)
}

extension RunStoreError: CustomStringConvertible {
  /// One sentence: what failed, on which file, and what to do next.
  public var description: String {
    switch self {
    case .noDefaultLocation:
      "Neither HOME nor XDG_DATA_HOME says where to keep the run database; name a file with --db FILE or BACKTESTER_DB."
    case .invalidPath(let path):
      "\"\(path)\" is not the name of a file; name the run database with --db FILE or BACKTESTER_DB."
    case .missingFile(let file):
      "There is no run database \(file); run a backtest first, or name another file with --db FILE."
    case .directoryNotCreatable(let directory, let reason):
      "The directory \(directory) for the run database could not be made (\(reason)); make it, or name a file "
        + "elsewhere with --db FILE."
    case .isDirectory(let path):
      "\(path) is a directory, not a run database; name a file in it with --db FILE."
    case .notPermitted(let file, let reason):
      "The run database \(file) could not be opened (\(reason)); change its permissions or those of its directory, or "
        + "name another file with --db FILE."
    case .readOnly(let file):
      "The run database \(file) cannot be written; make the file and its directory writable, or name another file "
        + "with --db FILE."
    case .locked(let file, let timeout):
      "The run database \(file) was locked by another process for more than \(Self.seconds(timeout)); try again when "
        + "that process is done, or name another file with --db FILE."
    case .notADatabase(let file):
      "\(file) is not a run database (it is no SQLite file); name another file with --db FILE."
    case .otherDatabase(let file):
      "\(file) is a database of another program and was left alone; name another file with --db FILE."
    case .damaged(let file, let detail):
      "The run database \(file) is damaged (\(detail)); restore it from a copy, or move it away and a new one will be "
        + "made."
    case .diskFull(let file):
      "There is no room left for the run database \(file); free some space, or name a file on another disk with "
        + "--db FILE."
    case .newerSchema(let file, let writer, let program):
      "The run database \(file) was written by \(writer), which is newer than this program (\(program)); use that "
        + "version, or name another file with --db FILE."
    case .olderSchema(let file):
      "The run database \(file) was written by an older version and is open for reading only; open it once with this "
        + "version for writing, so that it is upgraded."
    case .inputOutput(let file, let detail):
      "The run database \(file) could not be read or written (\(detail)); check the disk, or name a file on a local "
        + "disk with --db FILE."
    case .closed(let file):
      "The run database \(file) was closed; open it again."
    case .unknownRun(let reference, let near):
      Self.unknownRun(reference, near)
    case .onlyTrials(let sweep):
      "Every run is a trial of a sweep, and latest leaves those out; list the last sweep's with runs list --sweep "
        + "\(sweep)."
    case .isSweep(let id):
      "\(id) is a sweep, not a run; list its trials with runs list --sweep \(id)."
    case .ambiguousRun(let prefix, let candidates, let count):
      "\(count) runs begin with \(prefix): \(Self.list(candidates, of: count)); give more of the id."
    case .duplicateRun(let id):
      "There is already a run \(id); give the new one another id."
    case .invalidRun(let id, let fault):
      "The run \(id) cannot be stored: \(fault)."
    case .tooLarge(let file):
      "A text or series is above SQLite's limit of 1,000,000,000 bytes and does not fit in the run database \(file); "
        + "leave it out or make the run shorter."
    case .invalidQuery(let fault):
      fault
    case .unexpected(let file, let detail):
      "The run database \(file) failed (\(detail)); try again, or name another file with --db FILE."
    }
  }

  private static func unknownRun(_ reference: String, _ near: [RunID]) -> String {
    if reference == "latest" { return "There are no runs yet; run a backtest first." }
    let question = near.isEmpty ? "" : " (did you mean \(near.joined(separator: " or "))?)"
    return "There is no run \(reference)\(question); list the runs to see their ids."
  }

  private static func list(_ candidates: [RunID], of count: Int) -> String {
    candidates.joined(separator: ", ") + (count > candidates.count ? ", …" : "")
  }

  private static func seconds(_ seconds: Double) -> String {
    seconds == seconds.rounded() && seconds.magnitude < 1e9 ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
