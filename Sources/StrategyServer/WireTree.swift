import JSONRPC
import StrategyProtocol

/// The wire's tree and the text module's tree: two types, so that neither module needs the other.
extension WireValue {
  init(_ value: JSONValue) {
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
}

extension JSONValue {
  init(_ value: WireValue) {
    switch value {
    case .null: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .double(let number): self = .double(number)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .array(elements.map(JSONValue.init))
    case .object(let members): self = .object(members.map { Member($0.key, JSONValue($0.value)) })
    }
  }
}

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

extension JSONWriter {
  /// Writes a message of the protocol.
  mutating func value(message: some Encodable) {
    // Encoding only fails for numbers that are not finite, which the writer refuses too.
    if let tree = try? WireValue.encoding(message) { value(JSONValue(tree)) } else { value(Double.nan) }
  }
}
