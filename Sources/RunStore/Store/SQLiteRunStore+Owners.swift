import GRDB
public import TradingModel

extension SQLiteRunStore {
  /// As in the index `backtestRunUnfinished`, word for word, or SQLite would not use it.
  private static let unfinished = "status IN ('queued', 'starting', 'running')"
  private static let sameOwner = "ownerHost = ? AND ownerProcessID = ? AND ownerInstance IS ?"

  /// Notes that an owner is alive; see ``RunStoring/heartbeat(_:at:)``.
  @discardableResult
  public func heartbeat(_ owner: RunOwner, at time: EpochMilliseconds) throws(RunStoreError) -> Int {
    try write { db in
      try db.run("UPDATE backtestRun SET heartbeat = ? WHERE \(Self.unfinished) AND \(Self.sameOwner)") { binder in
        binder.bind(time)
        binder.bind(owner)
      }
      return db.changesCount
    }
  }

  /// Ends the runs of owners that are gone; see ``RunStoring/markInterrupted(at:isAlive:)``.
  @discardableResult
  public func markInterrupted(
    at time: EpochMilliseconds, isAlive: (_ owner: RunOwner, _ lastHeartbeat: EpochMilliseconds?) -> Bool
  ) throws(RunStoreError) -> [RunID] {
    var dead: [RunOwner] = []
    for (owner, lastHeartbeat) in try unfinishedOwners() where !isAlive(owner, lastHeartbeat) { dead.append(owner) }
    if dead.isEmpty { return [] }
    let owners = dead
    return try write { db in
      var changed: [(created: EpochMilliseconds, id: RunID)] = []
      for owner in owners {
        try db.forEachRow(
          """
          UPDATE backtestRun SET status = 'interrupted', finished = ?, failureKind = 'interrupted',
            failureMessage = 'The process that ran it ended before the run did.', failureFault = 'host'
          WHERE \(Self.unfinished) AND \(Self.sameOwner)
          RETURNING created, runID
          """,
          bind: { binder in
            binder.bind(time)
            binder.bind(owner)
          }
        ) { changed.append(($0.int64(), $0.text())) }
      }
      return changed.sorted { $0 < $1 }.map(\.id)
    }
  }

  /// The owners of runs that have not ended, each with its last heartbeat.
  private func unfinishedOwners() throws(RunStoreError) -> [(owner: RunOwner, lastHeartbeat: EpochMilliseconds?)] {
    try read { db in
      var owners: [(owner: RunOwner, lastHeartbeat: EpochMilliseconds?)] = []
      try db.forEachRow(
        """
        SELECT ownerHost, ownerProcessID, ownerInstance, max(heartbeat) FROM backtestRun
        WHERE \(Self.unfinished) AND ownerHost IS NOT NULL
        GROUP BY ownerHost, ownerProcessID, ownerInstance ORDER BY min(created)
        """
      ) { row in
        owners.append(
          (RunOwner(host: row.text(), processID: row.int(), instance: row.optionalText()), row.optionalInt64()))
      }
      return owners
    }
  }
}

extension Binder {
  fileprivate mutating func bind(_ owner: RunOwner) {
    bind(owner.host)
    bind(owner.processID)
    bind(owner.instance)
  }
}
