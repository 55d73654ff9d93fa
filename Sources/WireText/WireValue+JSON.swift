package import JSONRPC
package import StrategyProtocol

/// The wire's tree and the text module's tree: two types, so that neither module needs the other.
extension WireValue {
  /// The tree of a text.
  package init(_ value: JSONValue) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .array(elements.map(WireValue.init))
    case .object(let members): self = .object(members.map { Member($0.key, WireValue($0.value)) })
    }
  }

  /// The tree to write as a text.
  package var json: JSONValue {
    switch self {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .string(let text): .string(text)
    case .array(let elements): .array(elements.map(\.json))
    case .object(let members): .object(members.map { JSONValue.Member($0.key, $0.value.json) })
    }
  }
}

extension JSONWriter {
  /// Writes a message of the protocol.
  package mutating func value(message: some Encodable) {
    // Encoding only fails for numbers that are not finite, which the writer refuses too.
    if let tree = try? WireValue.encoding(message) { value(tree.json) } else { value(Double.nan) }
  }
}
