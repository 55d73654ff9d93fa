public import TradingModel

/// Where runs are kept: records, trades, order events, equity curves and annotations.
///
/// SQLite is one implementation, a database server may be another, so nothing here assumes that the processes that run,
/// read and delete are one: any call may find that another process was faster. Times and ids come from the caller; a store
/// has no clock and no randomness of its own.
///
/// Every call blocks its thread until it is done and may be made from several threads at once. Do not call from Swift's
/// cooperative thread pool where that must not wait for a disk.
///
/// A call either does all it says or throws and changes nothing.
public protocol RunStoring: Sendable {
  /// Stores a new run, with what it produced if it has ended.
  ///
  /// - Throws: ``RunStoreError/duplicateRun(id:)`` when there is a run of that id.
  func insert(_ record: RunRecord, result: RunResult?) throws(RunStoreError)

  /// Stores many new runs that have produced nothing but their records, in one transaction: for trials of a sweep.
  ///
  /// - Throws: ``RunStoreError/duplicateRun(id:)`` when there is a run of one of the ids, or two of the records have the same.
  func insert(contentsOf records: [RunRecord]) throws(RunStoreError)

  /// Replaces a run's record and, unless `result` is `nil`, everything it produced.
  ///
  /// - Throws: ``RunStoreError/unknownRun(reference:near:)`` when there is no such run, for instance because it was deleted.
  func update(_ record: RunRecord, result: RunResult?) throws(RunStoreError)

  /// Notes that `owner` is alive on all of its runs that have not ended.
  ///
  /// - Returns: How many runs that were.
  @discardableResult
  func heartbeat(_ owner: RunOwner, at time: EpochMilliseconds) throws(RunStoreError) -> Int

  /// Ends runs whose owner is gone: status ``RunStatus/interrupted``, finished at `time`.
  ///
  /// Runs without an owner are left alone.
  ///
  /// - Parameters:
  ///   - time: When they are said to have ended.
  ///   - isAlive: Whether an owner still works on its runs, given its last heartbeat. Asked once for each owner, outside any
  ///     transaction.
  /// - Returns: The runs that were changed, oldest first.
  @discardableResult
  func markInterrupted(
    at time: EpochMilliseconds, isAlive: (_ owner: RunOwner, _ lastHeartbeat: EpochMilliseconds?) -> Bool
  ) throws(RunStoreError) -> [RunID]

  /// Removes a run and everything it produced.
  ///
  /// - Returns: Whether there was such a run.
  func delete(_ id: RunID) throws(RunStoreError) -> Bool

  /// Finds the run a user means: a whole id, the beginning of one, or `latest` for the run created last that is not a trial
  /// of a sweep.
  ///
  /// - Throws: ``RunStoreError/ambiguousRun(prefix:candidates:count:)`` when several ids begin so,
  ///   ``RunStoreError/isSweep(id:)`` when they are a sweep's; ``RunStoreError/unknownRun(reference:near:)`` when none does;
  ///   ``RunStoreError/onlyTrials(sweep:)`` when only trials could be the latest.
  func resolve(_ reference: String) throws(RunStoreError) -> RunID

  /// One run's record.
  ///
  /// - Throws: ``RunStoreError/unknownRun(reference:near:)``, as all the calls below.
  func record(_ id: RunID) throws(RunStoreError) -> RunRecord

  /// The runs that match a query, one page at a time.
  ///
  /// Following ``RunPage/nextCursor`` visits every run that was there at the start exactly once, whatever is inserted or
  /// deleted in between, as long as the value sorted by does not change.
  func list(_ query: RunQuery) throws(RunStoreError) -> RunPage

  /// Closed trades in closing order, from position `offset` on.
  func trades(of id: RunID, offset: Int, limit: Int) throws(RunStoreError) -> RowPage<Trade>

  /// Order events in their order, from position `offset` on.
  func orderEvents(of id: RunID, offset: Int, limit: Int) throws(RunStoreError) -> RowPage<OrderEvent>

  /// Trades still open after the last bar, in opening order.
  func openTrades(of id: RunID) throws(RunStoreError) -> [OpenTrade]

  /// The equity curve or a part of it.
  func equity(of id: RunID, _ range: SeriesRange) throws(RunStoreError) -> EquitySeries

  /// Values the strategy noted for charts.
  func annotations(of id: RunID) throws(RunStoreError) -> [BacktestRun.Annotation]

  /// Everything the run produced, as of one moment.
  func result(of id: RunID) throws(RunStoreError) -> RunResult
}

extension RunStoring {
  /// Stores a new run that has produced nothing yet.
  public func insert(_ record: RunRecord) throws(RunStoreError) { try insert(record, result: nil) }

  /// Replaces a run's record and leaves what it produced as it is.
  public func update(_ record: RunRecord) throws(RunStoreError) { try update(record, result: nil) }

  /// The whole equity curve.
  public func equity(of id: RunID) throws(RunStoreError) -> EquitySeries { try equity(of: id, .all) }
}
