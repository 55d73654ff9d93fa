import JSONRPC
import StrategyProtocol

/// Text and trees: reading and writing JSON is the `JSONRPC` module's work, which `StrategyProtocol` does not know.
struct WireTree {
  var value: WireValue

  init(_ value: WireValue) { self.value = value }

  init(_ text: String) throws { value = Self.wire(try JSONValue(parsing: text)) }

  /// One line of JSON with the keys in the tree's order.
  func text() throws -> String { try Self.json(value).text() }

  subscript(key: String) -> WireTree? { value[key].map { WireTree($0) } }

  private static func wire(_ value: JSONValue) -> WireValue {
    switch value {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .string(let text): .string(text)
    case .array(let elements): .array(elements.map(wire))
    case .object(let members): .object(members.map { WireValue.Member($0.key, wire($0.value)) })
    }
  }

  private static func json(_ value: WireValue) -> JSONValue {
    switch value {
    case .null: .null
    case .bool(let flag): .bool(flag)
    case .int(let number): .int(number)
    case .double(let number): .double(number)
    case .string(let text): .string(text)
    case .array(let elements): .array(elements.map(json))
    case .object(let members): .object(members.map { JSONValue.Member($0.key, json($0.value)) })
    }
  }
}
