extension WireValue {
  /// The tree of a message; members in the order in which the type encodes them, which is the order of the
  /// specification.
  ///
  /// - Throws: ``WireError`` when a number is NaN or infinite.
  package static func encoding(_ message: some Encodable) throws -> WireValue {
    try WireEncoder.box(message, at: [])
  }
}

/// Encodes into a ``WireValue``.
struct WireEncoder: Encoder {
  let codingPath: [any CodingKey]
  let userInfo: [CodingUserInfoKey: Any] = [:]
  fileprivate let node: Node

  /// The tree of `value`, which stands at `path`.
  fileprivate static func box(_ value: some Encodable, at path: [any CodingKey]) throws -> WireValue {
    switch value {
    case let value as WireValue: return value
    case let value as String: return .string(value)
    case let value as Bool: return .bool(value)
    case let value as Double:
      guard value.isFinite else {
        throw WirePath(path).error("is \(value); JSON has no such number, write null for a missing value")
      }
      return WireValue(number: value)
    case let value as any BinaryInteger:
      guard let whole = Int64(exactly: value) else { throw WirePath(path).error("is \(value), more than 64 bits hold") }
      return .int(whole)
    default:
      let encoder = WireEncoder(codingPath: path, node: Node())
      try value.encode(to: encoder)
      return encoder.node.value
    }
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.begin(.object([]))
    return KeyedEncodingContainer(Keyed(codingPath: codingPath, node: node))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.begin(.array([]))
    return Unkeyed(codingPath: codingPath, node: node)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(codingPath: codingPath, node: node) }
}

/// Holds a value while it is put together.
///
/// Containers are copied around by the types that encode, so what they fill must be shared. A child that is itself
/// filled after it was handed out (`superEncoder`, nested containers) is kept as a node until the end.
private final class Node {
  private enum Content {
    case value(WireValue)
    case object([(key: String, node: Node)])
    case array([Node])
  }

  private var content = Content.value(.emptyObject)

  init() {}
  private init(_ value: WireValue) { content = .value(value) }

  var value: WireValue {
    switch content {
    case .value(let value): value
    case .object(let members): .object(members.map { WireValue.Member($0.key, $0.node.value) })
    case .array(let nodes): .array(nodes.map(\.value))
    }
  }

  var count: Int { if case .array(let nodes) = content { nodes.count } else { 0 } }

  /// Makes it an object or an array unless it is one already, as a type may ask for its container twice.
  func begin(_ empty: WireValue) {
    switch (empty, content) {
    case (.object, .object), (.array, .array): break
    case (.object, _): content = .object([])
    default: content = .array([])
    }
  }

  func set(_ value: WireValue) { content = .value(value) }

  @discardableResult
  func add(_ key: String, _ value: WireValue? = nil) -> Node {
    let child = value.map { Node($0) } ?? Node()
    if case .object(var members) = content {
      content = .value(.null)
      members.append((key, child))
      content = .object(members)
    }
    return child
  }

  @discardableResult
  func append(_ value: WireValue? = nil) -> Node {
    let child = value.map { Node($0) } ?? Node()
    if case .array(var nodes) = content {
      content = .value(.null)
      nodes.append(child)
      content = .array(nodes)
    }
    return child
  }
}

private struct Keyed<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let codingPath: [any CodingKey]
  let node: Node

  mutating func encodeNil(forKey key: Key) throws { node.add(key.stringValue, .null) }

  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    node.add(key.stringValue, try WireEncoder.box(value, at: codingPath + [key]))
  }

  mutating func nestedContainer<Nested: CodingKey>(
    keyedBy keyType: Nested.Type, forKey key: Key
  ) -> KeyedEncodingContainer<Nested> {
    WireEncoder(codingPath: codingPath + [key], node: node.add(key.stringValue)).container(keyedBy: keyType)
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    WireEncoder(codingPath: codingPath + [key], node: node.add(key.stringValue)).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { WireEncoder(codingPath: codingPath, node: node.add("super")) }

  mutating func superEncoder(forKey key: Key) -> any Encoder {
    WireEncoder(codingPath: codingPath + [key], node: node.add(key.stringValue))
  }
}

private struct Unkeyed: UnkeyedEncodingContainer {
  let codingPath: [any CodingKey]
  let node: Node
  var count: Int { node.count }

  private var path: [any CodingKey] { codingPath + [AnyKey(intValue: count)] }

  mutating func encodeNil() throws { node.append(.null) }
  mutating func encode<T: Encodable>(_ value: T) throws { node.append(try WireEncoder.box(value, at: path)) }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
    WireEncoder(codingPath: path, node: node.append()).container(keyedBy: keyType)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    WireEncoder(codingPath: path, node: node.append()).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { WireEncoder(codingPath: path, node: node.append()) }
}

private struct Single: SingleValueEncodingContainer {
  let codingPath: [any CodingKey]
  let node: Node

  mutating func encodeNil() throws { node.set(.null) }
  mutating func encode<T: Encodable>(_ value: T) throws { node.set(try WireEncoder.box(value, at: codingPath)) }
}
