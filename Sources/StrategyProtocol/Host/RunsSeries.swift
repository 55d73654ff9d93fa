package import TradingModel

/// Asks for columns of a run.
package struct RunsSeriesRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The run.
  package var runID: String
  /// time, equity, drawdown_pct, position, open, high, low, close, volume, or annotation:NAME.
  package var columns: [String]
  /// How to write them; json when left out.
  package var encoding: ColumnEncoding?
  /// First time, epoch ms.
  package var from: EpochMilliseconds?
  /// First time not wanted, epoch ms.
  package var to: EpochMilliseconds?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case columns
    case encoding
    case from
    case to
  }

  /// Makes the message of its fields.
  package init(
    runID: String, columns: [String], encoding: ColumnEncoding? = nil, from: EpochMilliseconds? = nil,
    to: EpochMilliseconds? = nil
  ) {
    self.runID = runID
    self.columns = columns
    self.encoding = encoding
    self.from = from
    self.to = to
  }

  package func check(_ path: WirePath) throws {
    try path.member("columns").check(count: columns.count, minimum: 1)
  }
}

/// Columns of a run.
package struct RunsSeriesResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The run.
  package var runID: String
  /// Rows of each column.
  package var count: Int
  /// The columns asked for.
  package var columns: OrderedMap<Column>

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case count
    case columns
  }

  /// Makes the message of its fields.
  package init(runID: String, count: Int, columns: OrderedMap<Column>) {
    self.runID = runID
    self.count = count
    self.columns = columns
  }

  package func check(_ path: WirePath) throws {
    try path.member("count").check(count, minimum: 0)
    try columns.check(path.member("columns"))
    for entry in columns.entries {
      try path.member("columns").member(entry.key).member("count").check(entry.value.count, is: count)
    }
  }
}
