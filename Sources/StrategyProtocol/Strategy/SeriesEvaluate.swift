/// Asks for all decisions at once.
package struct SeriesEvaluateRequest: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The run.
  package var runID: String
  /// First bar to decide on.
  package var firstIndex: Int
  /// Number of bars.
  package var count: Int
  /// Token for $/progress.
  package var progressToken: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case runID = "run_id"
    case firstIndex = "first_index"
    case count
    case progressToken = "progress_token"
  }

  /// Makes the message of its fields.
  package init(runID: String, firstIndex: Int, count: Int, progressToken: String? = nil) {
    self.runID = runID
    self.firstIndex = firstIndex
    self.count = count
    self.progressToken = progressToken
  }

  package func check(_ path: WirePath) throws {
    try path.member("first_index").check(firstIndex, minimum: 0)
    try path.member("count").check(count, minimum: 1)
  }
}

/// All decisions: one of target_position, target_weight, entries and exits, or actions.
package struct SeriesEvaluateResponse: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Signed units to hold from the next bar on.
  package var targetPosition: OrderedMap<Column>?
  /// Part of the equity to hold, -1 to 1, from the next bar on.
  package var targetWeight: OrderedMap<Column>?
  /// When to go long.
  package var entries: OrderedMap<Column>?
  /// When to leave a long position.
  package var exits: OrderedMap<Column>?
  /// When to go short.
  package var shortEntries: OrderedMap<Column>?
  /// When to leave a short position.
  package var shortExits: OrderedMap<Column>?
  /// Actions with bar_index, ascending.
  package var actions: [Action]?
  /// Per name one value a bar.
  package var annotations: OrderedMap<[Double?]>?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case targetPosition = "target_position"
    case targetWeight = "target_weight"
    case entries
    case exits
    case shortEntries = "short_entries"
    case shortExits = "short_exits"
    case actions
    case annotations
  }

  /// Makes the message of its fields.
  package init(
    targetPosition: OrderedMap<Column>? = nil, targetWeight: OrderedMap<Column>? = nil,
    entries: OrderedMap<Column>? = nil, exits: OrderedMap<Column>? = nil, shortEntries: OrderedMap<Column>? = nil,
    shortExits: OrderedMap<Column>? = nil, actions: [Action]? = nil, annotations: OrderedMap<[Double?]>? = nil
  ) {
    self.targetPosition = targetPosition
    self.targetWeight = targetWeight
    self.entries = entries
    self.exits = exits
    self.shortEntries = shortEntries
    self.shortExits = shortExits
    self.actions = actions
    self.annotations = annotations
  }

  package func check(_ path: WirePath) throws {
    try targetPosition?.check(path.member("target_position"))
    try targetWeight?.check(path.member("target_weight"))
    try entries?.check(path.member("entries"))
    try exits?.check(path.member("exits"))
    try shortEntries?.check(path.member("short_entries"))
    try shortExits?.check(path.member("short_exits"))
    try actions?.check(path.member("actions"))
    let forms = [targetPosition != nil, targetWeight != nil, entries != nil || shortEntries != nil, actions != nil]
    if forms.filter(\.self).count > 1 {
      throw path.error("must have only one of target_position, target_weight, entries (with exits) and actions")
    }
    if exits != nil, entries == nil { throw path.error("has exits without entries") }
    if shortExits != nil, shortEntries == nil { throw path.error("has short_exits without short_entries") }
  }
}
