/// A program that speaks the protocol.
package struct Peer: Codable, Equatable, Sendable, WireChecked, WireShape {
  /// Name of the program.
  package var name: String
  /// Its own version, unrelated to the protocol's.
  package var version: String

  package enum CodingKeys: String, CodingKey, CaseIterable {
    case name
    case version
  }

  /// Makes it of its fields.
  package init(name: String, version: String) {
    self.name = name
    self.version = version
  }

  package func check(_ path: WirePath) throws {
    try path.member("name").check(length: name, minimum: 1)
  }
}
