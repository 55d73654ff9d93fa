/// A message, or an object inside messages, with a fixed set of fields.
///
/// The schema of the same name in `protocol/v1/schemas` lists the same fields in the same order; tests compare them.
package protocol WireShape: Codable, Equatable, Sendable {
  associatedtype CodingKeys: CodingKey, CaseIterable
}

extension WireShape {
  /// Name of the type and of its schema.
  package static var wireName: String { String(describing: Self.self) }
  /// Names of the fields on the wire, in the order in which they are written.
  package static var fields: [String] { CodingKeys.allCases.map(\.stringValue) }
}
