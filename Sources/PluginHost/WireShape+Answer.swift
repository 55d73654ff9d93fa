import JSONRPC
import StrategyProtocol
import WireText

extension WireShape {
  /// Decodes an answer.
  ///
  /// - Throws: ``PluginFailure`` of kind `protocol_error`, naming the place.
  static func decode(_ body: UnsafeBufferPointer<UInt8>, answerTo method: String) throws(PluginFailure) -> Self {
    do {
      return try WireValue(JSONValue(parsing: body)).decode(Self.self)
    } catch let error as WireError {
      throw PluginFailure(
        .protocolError,
        "In the strategy's answer to \(method) \(error.pointer.isEmpty ? "the result" : error.pointer) \(error.problem)",
        hint: "Compare with the specification of \(method).", pointer: error.pointer)
    } catch {
      throw PluginFailure(
        .protocolError, "The strategy's answer to \(method) could not be read: \(error)",
        hint: "Compare with the specification of \(method).")
    }
  }
}
