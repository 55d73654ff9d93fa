/// How far series/evaluate or a long bar/next of preload is.
package struct StrategyProgressNotification: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The request's progress_token; the run_id for bar/next. Not looked at.
  package var token: WireValue
  /// Where it stands.
  package var value: StrategyProgress

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case token
    case value
  }

  /// Makes the message of its fields.
  package init(token: WireValue, value: StrategyProgress) {
    self.token = token
    self.value = value
  }

  package func check(_ path: WirePath) throws {
    try path.member("token").check(token: token)
    try value.check(path.member("value"))
  }
}

/// Where the strategy's work stands.
package struct StrategyProgress: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Begin, report or end.
  package var kind: ProgressKind
  /// For people.
  package var message: String?
  /// 0 to 100.
  package var percentage: Double?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case kind
    case message
    case percentage
  }

  /// Makes it of its fields.
  package init(kind: ProgressKind, message: String? = nil, percentage: Double? = nil) {
    self.kind = kind
    self.message = message
    self.percentage = percentage
  }

  package func check(_ path: WirePath) throws {
    try path.member("percentage").check(percentage, minimum: 0, maximum: 100)
  }
}
