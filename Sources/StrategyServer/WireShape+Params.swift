import JSONRPC
import StrategyProtocol
import WireText

extension WireShape {
  /// Reads params.
  ///
  /// - Throws: ``Refusal``.
  static func read(_ body: UnsafeBufferPointer<UInt8>?) throws(Refusal) -> Self {
    let tree: JSONValue
    do {
      tree = try body.map { try JSONValue(parsing: $0) } ?? .object([])
    } catch {
      throw Refusal(.invalidParams, "\(error)")
    }
    do { return try WireValue(tree).decode(Self.self) } catch { throw Refusal(error) }
  }
}
