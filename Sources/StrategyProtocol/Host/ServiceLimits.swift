/// Sizes in force.
package struct ServiceLimits: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Longest message the host accepts.
  package var maxMessageBytes: Int
  /// Largest `limit` of a list.
  package var maxPageItems: Int
  /// Runs at the same time.
  package var maxConcurrentRuns: Int
  /// Runs waiting.
  package var maxQueuedRuns: Int
  /// Answers a client may leave unread before it is dropped.
  package var maxUnreadBytes: Int
  /// Most $/progress notifications per run and second.
  package var progressPerSecond: Int

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case maxMessageBytes = "max_message_bytes"
    case maxPageItems = "max_page_items"
    case maxConcurrentRuns = "max_concurrent_runs"
    case maxQueuedRuns = "max_queued_runs"
    case maxUnreadBytes = "max_unread_bytes"
    case progressPerSecond = "progress_per_second"
  }

  /// Makes it of its fields.
  package init(
    maxMessageBytes: Int, maxPageItems: Int, maxConcurrentRuns: Int, maxQueuedRuns: Int, maxUnreadBytes: Int,
    progressPerSecond: Int
  ) {
    self.maxMessageBytes = maxMessageBytes
    self.maxPageItems = maxPageItems
    self.maxConcurrentRuns = maxConcurrentRuns
    self.maxQueuedRuns = maxQueuedRuns
    self.maxUnreadBytes = maxUnreadBytes
    self.progressPerSecond = progressPerSecond
  }

  package func check(_ path: WirePath) throws {
    try path.member("max_message_bytes").check(maxMessageBytes, minimum: 1)
    try path.member("max_page_items").check(maxPageItems, minimum: 1)
    try path.member("max_concurrent_runs").check(maxConcurrentRuns, minimum: 1)
    try path.member("max_queued_runs").check(maxQueuedRuns, minimum: 1)
    try path.member("max_unread_bytes").check(maxUnreadBytes, minimum: 1)
    try path.member("progress_per_second").check(progressPerSecond, minimum: 1)
  }
}
