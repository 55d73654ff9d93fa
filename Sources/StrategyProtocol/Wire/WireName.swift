/// A word of the protocol: an enumeration written as its raw value.
package protocol WireName: RawRepresentable, CaseIterable, Codable, Sendable, Hashable where RawValue == String {}

extension WireName {
  /// Reads a word, and names the allowed ones when it is none of them.
  package init(from decoder: any Decoder) throws {
    let word = try decoder.singleValueContainer().decode(String.self)
    guard let value = Self(rawValue: word) else {
      throw WirePath(decoder.codingPath).error(
        "was \"\(word)\"; it must be one of \(Self.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }
}
