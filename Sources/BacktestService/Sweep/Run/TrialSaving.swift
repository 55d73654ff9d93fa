import RunStore

/// Collects the records of one worker's trials and stores them many at a time: a transaction costs as much as many trials.
struct TrialSaving {
  /// Trials in a transaction.
  private static let batchSize = 64
  /// A trial waits no longer than this for others: what ends the program meanwhile costs at most so much work.
  private static let batchTime = Duration.milliseconds(250)

  private let store: any RunStoring
  private var records: [RunRecord] = []
  private var oldest: ContinuousClock.Instant?

  init(_ store: any RunStoring) {
    self.store = store
    records.reserveCapacity(Self.batchSize)
  }

  /// Adds a record.
  ///
  /// - Returns: Whether ``flush()`` is due.
  mutating func add(_ record: RunRecord, at time: ContinuousClock.Instant) -> Bool {
    records.append(record)
    let first = oldest ?? time
    oldest = first
    return records.count >= Self.batchSize || time - first >= Self.batchTime
  }

  /// Stores what was collected.
  ///
  /// - Returns: How many records that were.
  mutating func flush() throws(RunStoreError) -> Int {
    defer {
      records.removeAll(keepingCapacity: true)
      oldest = nil
    }
    let count = records.count
    if count > 0 { try store.insert(contentsOf: records) }
    return count
  }
}
