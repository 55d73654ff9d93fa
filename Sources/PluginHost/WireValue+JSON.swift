package import JSONRPC
package import StrategyProtocol

/// The wire's tree and the text module's tree: two types, so that neither module needs the other.
extension WireValue {
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
  /// Writes a message type of the protocol.
  mutating func value(message: some Encodable) {
    // Encoding only fails for NaN and infinity, which a checked request has none of; the writer then refuses too.
    if let tree = try? WireValue.encoding(message) { value(tree.json) } else { value(Double.nan) }
  }
}

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
