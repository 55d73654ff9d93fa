import GRDB

extension SQLiteRunStore {
  /// So many ids are named when a beginning fits several.
  private static let candidateLimit = 10

  /// Finds the run a user means; see ``RunStoring/resolve(_:)``.
  public func resolve(_ reference: String) throws(RunStoreError) -> RunID {
    try read { db in
      if reference == "latest" {
        // Nobody asked for one trial of a sweep by itself, and which of thousands came last is chance.
        let latest = try db.firstRow(
          "SELECT runID FROM backtestRun WHERE sweepID IS NULL ORDER BY created DESC, runID DESC LIMIT 1"
        ) { $0.text() }
        if let latest { return latest }
        let sweep = try db.firstRow(
          "SELECT sweepID FROM backtestRun WHERE sweepID IS NOT NULL ORDER BY created DESC, runID DESC LIMIT 1"
        ) { $0.text() }
        throw sweep.map { RunStoreError.onlyTrials(sweep: $0) }
          ?? RunStoreError.unknownRun(reference: reference, near: [])
      }
      if try db.runRow(reference) != nil { return reference }
      let candidates = try db.runIDs(from: reference, limit: Self.candidateLimit)
      switch candidates.count {
      case 1: return candidates[0]
      case 0: throw RunStoreError.unknownRun(reference: reference, near: try db.runIDs(near: reference))
      default:
        // The ids of its trials begin with that of a sweep.
        let isSweep = try db.firstRow(
          "SELECT 1 FROM backtestRun WHERE sweepID = ? LIMIT 1", bind: { $0.bind(reference) }
        ) { $0.int() }
        if isSweep != nil { throw RunStoreError.isSweep(id: reference) }
        let count = try db.firstRow(
          "SELECT count(*) FROM backtestRun WHERE runID >= ? AND runID < ?", bind: { $0.bindPrefix(reference) }
        ) { $0.int() }
        throw RunStoreError.ambiguousRun(
          prefix: reference, candidates: candidates, count: count ?? candidates.count)
      }
    }
  }
}

extension Database {
  /// Ids like one that does not exist: up to three of those that share the longest beginning with it, of 2 characters or
  /// more.
  func runIDs(near id: RunID) throws -> [RunID] {
    var beginning = id.prefix(64)
    while beginning.count > 2 {
      beginning.removeLast()
      let ids = try runIDs(from: String(beginning), limit: 3)
      if !ids.isEmpty { return ids }
    }
    return []
  }

  /// The first ids with a beginning; none for an empty one.
  fileprivate func runIDs(from beginning: String, limit: Int) throws -> [RunID] {
    if beginning.isEmpty { return [] }
    var ids: [RunID] = []
    try forEachRow(
      "SELECT runID FROM backtestRun WHERE runID >= ? AND runID < ? ORDER BY runID LIMIT ?",
      bind: { binder in
        binder.bindPrefix(beginning)
        binder.bind(limit)
      }
    ) { ids.append($0.text()) }
    return ids
  }
}

extension Binder {
  /// Binds the bounds of all texts with a beginning: no text sorts after its beginning followed by the last code point.
  fileprivate mutating func bindPrefix(_ beginning: String) {
    bind(beginning)
    bind(beginning + "\u{10FFFF}")
  }
}
