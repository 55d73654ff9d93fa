/// Asks for the order events of a run.
package struct RunsEventsRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The run.
  package var runID: String
  /// Only these kinds.
  package var kinds: [EventKind]?
  /// `next_cursor` of the page before; left out for the first page.
  package var cursor: String?
  /// Most items of the page; 100 when left out.
  package var limit: Int?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case kinds
    case cursor
    case limit
  }

  /// Makes the message of its fields.
  package init(runID: String, kinds: [EventKind]? = nil, cursor: String? = nil, limit: Int? = nil) {
    self.runID = runID
    self.kinds = kinds
    self.cursor = cursor
    self.limit = limit
  }

  package func check(_ path: WirePath) throws {
    try path.member("limit").check(limit, minimum: 1, maximum: 1000)
  }
}

/// A page of order events.
package struct RunsEventsResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Events by seq.
  package var items: [Event]
  /// Asks for the next page; left out on the last one.
  package var nextCursor: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case items
    case nextCursor = "next_cursor"
  }

  /// Makes the message of its fields.
  package init(items: [Event], nextCursor: String? = nil) {
    self.items = items
    self.nextCursor = nextCursor
  }

  package func check(_ path: WirePath) throws {
    try items.check(path.member("items"))
  }
}
