/// Columns of one symbol.
package struct SeriesLoadRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The run.
  package var runID: String
  /// Which instrument.
  package var symbol: String
  /// Row of the first value.
  package var offset: Int
  /// Number of rows.
  package var count: Int
  /// Rows the symbol will have in the end.
  package var rowsTotal: Int
  /// time, open, high, low, close, volume.
  package var columns: OrderedMap<Column>
  /// True on the last series/load of the run, else left out.
  package var last: Bool?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case symbol
    case offset
    case count
    case rowsTotal = "rows_total"
    case columns
    case last
  }

  /// Makes the message of its fields.
  package init(
    runID: String, symbol: String, offset: Int, count: Int, rowsTotal: Int, columns: OrderedMap<Column>,
    last: Bool? = nil
  ) {
    self.runID = runID
    self.symbol = symbol
    self.offset = offset
    self.count = count
    self.rowsTotal = rowsTotal
    self.columns = columns
    self.last = last
  }

  package func check(_ path: WirePath) throws {
    try path.member("offset").check(offset, minimum: 0)
    try path.member("count").check(count, minimum: 1)
    try path.member("rows_total").check(rowsTotal, minimum: 1)
    try columns.check(path.member("columns"))
    try path.member("last").check(last, is: true)
    for entry in columns.entries {
      try path.member("columns").member(entry.key).member("count").check(entry.value.count, is: count)
    }
    if offset > rowsTotal || count > rowsTotal - offset { throw path.error("has rows beyond rows_total") }
  }
}

/// The rows arrived.
package struct SeriesLoadResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Number of rows taken; equals count.
  package var received: Int
  /// Replaces the warm-up of run/start; counts only in the answer to the last one.
  package var warmupBars: Int?
  /// Replaces early_orders of run/start; counts only in the answer to the last one.
  package var earlyOrders: Bool?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case received
    case warmupBars = "warmup_bars"
    case earlyOrders = "early_orders"
  }

  /// Makes the message of its fields.
  package init(received: Int, warmupBars: Int? = nil, earlyOrders: Bool? = nil) {
    self.received = received
    self.warmupBars = warmupBars
    self.earlyOrders = earlyOrders
  }

  package func check(_ path: WirePath) throws {
    try path.member("received").check(received, minimum: 0)
    try path.member("warmup_bars").check(warmupBars, minimum: 0, maximum: 9_007_199_254_740_991)
  }
}
