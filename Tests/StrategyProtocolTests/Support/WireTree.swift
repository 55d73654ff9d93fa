import JSONRPC
import StrategyProtocol
import WireText

/// Text and trees: reading and writing JSON is the `JSONRPC` module's work, which `StrategyProtocol` does not know.
struct WireTree {
  var value: WireValue

  init(_ value: WireValue) { self.value = value }

  init(_ text: String) throws { value = WireValue(try JSONValue(parsing: text)) }

  /// One line of JSON with the keys in the tree's order.
  func text() throws -> String { try value.json.text() }

  subscript(key: String) -> WireTree? { value[key].map { WireTree($0) } }
}
