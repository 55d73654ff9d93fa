package import TradingModel

/// A chunk of bars.
package struct BarsNextRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The run.
  package var runID: String
  /// Index of the first bar of the chunk.
  package var firstIndex: Int
  /// Number of bars.
  package var count: Int
  /// Opening times, epoch ms.
  package var times: [EpochMilliseconds]
  /// Per symbol one row a bar.
  package var bars: OrderedMap<[BarRow?]>

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case firstIndex = "first_index"
    case count
    case times
    case bars
  }

  /// Makes the message of its fields.
  package init(runID: String, firstIndex: Int, count: Int, times: [EpochMilliseconds], bars: OrderedMap<[BarRow?]>) {
    self.runID = runID
    self.firstIndex = firstIndex
    self.count = count
    self.times = times
    self.bars = bars
  }

  package func check(_ path: WirePath) throws {
    try path.member("first_index").check(firstIndex, minimum: 0)
    try path.member("count").check(count, minimum: 1)
    try path.member("times").check(length: times.count, is: count)
    for entry in bars.entries {
      try path.member("bars").member(entry.key).check(length: entry.value.count, is: count)
    }
  }
}

/// What the strategy wants done on the bars of the chunk.
package struct BarsNextResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Each with a bar_index of the chunk, ascending.
  package var actions: [Action]?
  /// Per name one value a bar of the chunk.
  package var annotations: OrderedMap<[Double?]>?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case actions
    case annotations
  }

  /// Makes the message of its fields.
  package init(actions: [Action]? = nil, annotations: OrderedMap<[Double?]>? = nil) {
    self.actions = actions
    self.annotations = annotations
  }

  package func check(_ path: WirePath) throws {
    try actions?.check(path.member("actions"))
  }
}
