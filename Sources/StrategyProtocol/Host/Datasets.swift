/// Lists data sets by id.
package struct DatasetsListRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
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

/// A page of data sets.
package struct DatasetsListResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Data sets, by id.
  package var items: [DatasetRecord]
  /// Asks for the next page; left out on the last one.
  package var nextCursor: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case items
    case nextCursor = "next_cursor"
  }

  /// Makes the message of its fields.
  package init(items: [DatasetRecord], nextCursor: String? = nil) {
    self.items = items
    self.nextCursor = nextCursor
  }

  package func check(_ path: WirePath) throws {
    try items.check(path.member("items"))
  }
}

/// Asks about one data set.
package struct DatasetsDescribeRequest: Codable, Equatable, Sendable, WireShape {
  /// Its id.
  package var dataset: String

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case dataset
  }

  /// Makes the message of its fields.
  package init(dataset: String) {
    self.dataset = dataset
  }
}
