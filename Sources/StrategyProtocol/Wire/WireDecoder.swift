extension WireValue {
  /// Decodes a message and checks the limits of its fields. Unknown members are ignored.
  ///
  /// - Throws: ``WireError`` naming the place and what is wrong there.
  package func decode<Message: Decodable>(_ type: Message.Type) throws(WireError) -> Message {
    do {
      let message = try WireDecoder(value: self, codingPath: []).decode(type)
      if let checked = message as? any WireChecked { try checked.check(.root) }
      return message
    } catch let error as WireError {
      throw error
    } catch let error as DecodingError {
      throw WireError(error)
    } catch {
      throw WireError(pointer: "", problem: "cannot be read: \(error)")
    }
  }
}

extension WireError {
  /// The same fault as another decoder (Foundation's) reports it.
  package init(_ error: DecodingError) {
    switch error {
    case .keyNotFound(let key, let context):
      self.init(pointer: WirePath(context.codingPath).pointer, problem: "lacks the member \"\(key.stringValue)\"")
    case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
      self.init(
        pointer: WirePath(context.codingPath).pointer,
        problem: "has a value that does not fit: \(context.debugDescription)")
    @unknown default:
      self.init(pointer: "", problem: "cannot be read: \(error)")
    }
  }
}

/// Decodes from a ``WireValue``.
package struct WireDecoder: Decoder {
  /// What is decoded.
  package let value: WireValue
  package let codingPath: [any CodingKey]
  package let userInfo: [CodingUserInfoKey: Any] = [:]

  package init(value: WireValue, codingPath: [any CodingKey]) {
    self.value = value
    self.codingPath = codingPath
  }

  package func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(Keyed(members: try requireMembers(), codingPath: codingPath))
  }

  package func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let elements) = value else { throw mismatch("an array") }
    return Unkeyed(elements: elements, codingPath: codingPath)
  }

  package func singleValueContainer() throws -> any SingleValueDecodingContainer { self }

  /// Decodes every member of an object, in order.
  package func decodeMembers<T: Decodable>(as type: T.Type) throws -> [(key: String, value: T)] {
    try requireMembers().map { member in
      (member.key, try WireDecoder(value: member.value, codingPath: codingPath + [AnyKey(member.key)]).decode(type))
    }
  }

  private func requireMembers() throws -> [WireValue.Member] {
    guard case .object(let members) = value else { throw mismatch("an object") }
    return members
  }

  private func mismatch(_ wanted: String) -> WireError {
    WirePath(codingPath).error("must be \(wanted), received \(value.noun)")
  }

  private func integer<T: FixedWidthInteger>(_ type: T.Type) throws -> T {
    switch value {
    case .int(let number):
      guard let whole = T(exactly: number) else {
        throw WirePath(codingPath).error("was \(number), which is out of range")
      }
      return whole
    case .double(let number):
      guard let whole = T(exactly: number) else {
        throw WirePath(codingPath).error("was \(number); it must be a whole number")
      }
      return whole
    default: throw mismatch("a whole number")
    }
  }
}

extension WireDecoder: SingleValueDecodingContainer {
  package func decodeNil() -> Bool { value == .null }

  package func decode(_ type: Bool.Type) throws -> Bool {
    guard case .bool(let flag) = value else { throw mismatch("true or false") }
    return flag
  }

  package func decode(_ type: String.Type) throws -> String {
    guard case .string(let text) = value else { throw mismatch("a string") }
    return text
  }

  package func decode(_ type: Double.Type) throws -> Double {
    guard let number = value.number else { throw mismatch("a number") }
    return number
  }

  package func decode(_ type: Float.Type) throws -> Float { Float(try decode(Double.self)) }
  package func decode(_ type: Int.Type) throws -> Int { try integer(type) }
  package func decode(_ type: Int8.Type) throws -> Int8 { try integer(type) }
  package func decode(_ type: Int16.Type) throws -> Int16 { try integer(type) }
  package func decode(_ type: Int32.Type) throws -> Int32 { try integer(type) }
  package func decode(_ type: Int64.Type) throws -> Int64 { try integer(type) }
  package func decode(_ type: UInt.Type) throws -> UInt { try integer(type) }
  package func decode(_ type: UInt8.Type) throws -> UInt8 { try integer(type) }
  package func decode(_ type: UInt16.Type) throws -> UInt16 { try integer(type) }
  package func decode(_ type: UInt32.Type) throws -> UInt32 { try integer(type) }
  package func decode(_ type: UInt64.Type) throws -> UInt64 { try integer(type) }
  package func decode<T: Decodable>(_ type: T.Type) throws -> T { try T(from: self) }
}

private struct Keyed<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [WireValue.Member]
  let codingPath: [any CodingKey]
  /// Made for large objects only, as a message may have any number of members and each look-up would pass all of them.
  private let indices: [String: Int]?

  init(members: [WireValue.Member], codingPath: [any CodingKey]) {
    self.members = members
    self.codingPath = codingPath
    indices =
      members.count > 32
      ? Dictionary(members.enumerated().map { ($0.element.key, $0.offset) }, uniquingKeysWith: { first, _ in first })
      : nil
  }

  var allKeys: [Key] { members.compactMap { Key(stringValue: $0.key) } }

  func contains(_ key: Key) -> Bool { find(key) != nil }

  func decodeNil(forKey key: Key) throws -> Bool { try require(key).value == .null }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try require(key).decode(type) }

  func nestedContainer<Nested: CodingKey>(
    keyedBy type: Nested.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<Nested> { try require(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try require(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { WireDecoder(value: .object(members), codingPath: codingPath) }
  func superDecoder(forKey key: Key) throws -> any Decoder { try require(key) }

  private func find(_ key: Key) -> WireValue? {
    if let indices { return indices[key.stringValue].map { members[$0].value } }
    return members.first { $0.key == key.stringValue }?.value
  }

  private func require(_ key: Key) throws -> WireDecoder {
    guard let value = find(key) else { throw WirePath(codingPath).error("lacks the member \"\(key.stringValue)\"") }
    return WireDecoder(value: value, codingPath: codingPath + [key])
  }
}

private struct Unkeyed: UnkeyedDecodingContainer {
  let elements: [WireValue]
  let codingPath: [any CodingKey]
  var currentIndex = 0

  init(elements: [WireValue], codingPath: [any CodingKey]) {
    self.elements = elements
    self.codingPath = codingPath
  }

  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, elements[currentIndex] == .null else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    let value = try next().decode(type)
    currentIndex += 1
    return value
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    let container = try next().container(keyedBy: type)
    currentIndex += 1
    return container
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    let container = try next().unkeyedContainer()
    currentIndex += 1
    return container
  }

  mutating func superDecoder() throws -> any Decoder {
    let decoder = try next()
    currentIndex += 1
    return decoder
  }

  private func next() throws -> WireDecoder {
    guard !isAtEnd else { throw WirePath(codingPath).error("has only \(elements.count) elements") }
    return WireDecoder(value: elements[currentIndex], codingPath: codingPath + [AnyKey(intValue: currentIndex)])
  }
}
