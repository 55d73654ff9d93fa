package import TradingModel

/// Lists runs, newest first.
package struct RunsListRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Only runs in this state.
  package var status: RunStatus?
  /// Only runs of this strategy.
  package var strategy: String?
  /// Only runs on this data set.
  package var dataset: String?
  /// Only runs that traded this symbol.
  package var symbol: String?
  /// Only runs with this tag.
  package var tag: String?
  /// Only trials of this sweep.
  package var sweepID: String?
  /// Only runs created at this time or later, epoch ms.
  package var from: EpochMilliseconds?
  /// Only runs created before this time, epoch ms.
  package var to: EpochMilliseconds?
  /// `next_cursor` of the page before; left out for the first page.
  package var cursor: String?
  /// Most items of the page; 100 when left out.
  package var limit: Int?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case status
    case strategy
    case dataset
    case symbol
    case tag
    case sweepID = "sweep_id"
    case from
    case to
    case cursor
    case limit
  }

  /// Makes the message of its fields.
  package init(
    status: RunStatus? = nil, strategy: String? = nil, dataset: String? = nil, symbol: String? = nil,
    tag: String? = nil, sweepID: String? = nil, from: EpochMilliseconds? = nil, to: EpochMilliseconds? = nil,
    cursor: String? = nil, limit: Int? = nil
  ) {
    self.status = status
    self.strategy = strategy
    self.dataset = dataset
    self.symbol = symbol
    self.tag = tag
    self.sweepID = sweepID
    self.from = from
    self.to = to
    self.cursor = cursor
    self.limit = limit
  }

  package func check(_ path: WirePath) throws {
    try path.member("limit").check(limit, minimum: 1, maximum: 1000)
  }
}

/// A page of runs.
package struct RunsListResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Runs, newest first.
  package var items: [RunRecord]
  /// Asks for the next page; left out on the last one.
  package var nextCursor: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case items
    case nextCursor = "next_cursor"
  }

  /// Makes the message of its fields.
  package init(items: [RunRecord], nextCursor: String? = nil) {
    self.items = items
    self.nextCursor = nextCursor
  }

  package func check(_ path: WirePath) throws {
    try items.check(path.member("items"))
  }
}

/// Asks for one run.
package struct RunsGetRequest: Codable, Equatable, Sendable, WireShape {
  /// The run.
  package var runID: String
  /// Optional parts of the record; [metrics, request, warnings] when left out.
  package var include: [RunPart]?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case include
  }

  /// Makes the message of its fields.
  package init(runID: String, include: [RunPart]? = nil) {
    self.runID = runID
    self.include = include
  }
}
