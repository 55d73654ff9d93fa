/// Asks to give up a request, which is still answered.
package struct CancelRequestNotification: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// The id of the request.
  package var id: WireValue
  /// Why, for people.
  package var reason: String?

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case id
    case reason
  }

  /// Makes the message of its fields.
  package init(id: WireValue, reason: String? = nil) {
    self.id = id
    self.reason = reason
  }

  package func check(_ path: WirePath) throws {
    try path.member("id").check(token: id)
  }
}
