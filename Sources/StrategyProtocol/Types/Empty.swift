/// An object without fields.
package struct Empty: Codable, Equatable, Sendable, WireShape {
  package enum CodingKeys: CodingKey, CaseIterable {}

  package init() {}
  package init(from decoder: any Decoder) throws { _ = try decoder.container(keyedBy: AnyKey.self) }
  package func encode(to encoder: any Encoder) throws { _ = encoder.container(keyedBy: AnyKey.self) }
}
