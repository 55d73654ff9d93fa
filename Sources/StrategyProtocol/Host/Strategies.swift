/// Lists strategies by name.
package struct StrategiesListRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// `next_cursor` of the page before; left out for the first page.
  package var cursor: String?
  /// Most items of the page; 100 when left out.
  package var limit: Int?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case cursor
    case limit
  }

  /// Makes the message of its fields.
  package init(cursor: String? = nil, limit: Int? = nil) {
    self.cursor = cursor
    self.limit = limit
  }

  package func check(_ path: WirePath) throws {
    try path.member("limit").check(limit, minimum: 1, maximum: 1000)
  }
}

/// A page of strategies.
package struct StrategiesListResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Strategies, by name.
  package var items: [StrategyRecord]
  /// Asks for the next page; left out on the last one.
  package var nextCursor: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case items
    case nextCursor = "next_cursor"
  }

  /// Makes the message of its fields.
  package init(items: [StrategyRecord], nextCursor: String? = nil) {
    self.items = items
    self.nextCursor = nextCursor
  }

  package func check(_ path: WirePath) throws {
    try items.check(path.member("items"))
  }
}

/// Asks about one strategy.
package struct StrategiesDescribeRequest: Codable, Equatable, Sendable, WireShape {
  /// Its name, or a path to it.
  package var strategy: String

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case strategy
  }

  /// Makes the message of its fields.
  package init(strategy: String) {
    self.strategy = strategy
  }
}
