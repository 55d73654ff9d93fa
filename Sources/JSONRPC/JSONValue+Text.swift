extension JSONValue {
  /// Parses one JSON text; see ``JSONScanner`` for what is accepted.
  ///
  /// When a key occurs twice, the member keeps its first place and takes the last value.
  public init(
    parsing bytes: UnsafeBufferPointer<UInt8>, maximumBytes: Int = JSONLimits.maximumMessageBytes
  ) throws(JSONScanError) {
    var scanner = try JSONScanner(bytes, maximumBytes: maximumBytes)
    let value = try scanner.readValue()
    try scanner.finish()
    self = value
  }

  /// Parses one JSON text given as bytes.
  public init(parsing bytes: [UInt8], maximumBytes: Int = JSONLimits.maximumMessageBytes) throws(JSONScanError) {
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(JSONScanError) in try JSONValue(parsing: buffer, maximumBytes: maximumBytes) }
    }
    self = try result.get()
  }

  /// Parses one JSON text given as a string.
  public init(parsing text: String, maximumBytes: Int = JSONLimits.maximumMessageBytes) throws(JSONScanError) {
    var text = text
    let result = text.withUTF8 { buffer in
      Result { () throws(JSONScanError) in try JSONValue(parsing: buffer, maximumBytes: maximumBytes) }
    }
    self = try result.get()
  }

  /// The JSON text of the value, without white space, members in their order.
  ///
  /// - Throws: ``JSONWriteError`` for a NaN or an infinity, or when nested too deep.
  public func serialized() throws(JSONWriteError) -> [UInt8] {
    var writer = JSONWriter()
    writer.value(self)
    return try writer.bytes()
  }

  /// The JSON text of the value as a string; see ``serialized()``.
  public func text() throws(JSONWriteError) -> String {
    String(decoding: try serialized(), as: UTF8.self)
  }
}

extension JSONScanner {
  /// Reads one value of any type as a tree.
  ///
  /// When a key occurs twice, the member keeps its first place and takes the last value.
  public mutating func readValue() throws(JSONScanError) -> JSONValue {
    switch try peekKind() {
    case .null:
      try readNull()
      return .null
    case .bool: return .bool(try readBool())
    case .number: return try readNumber()
    case .string: return .string(try readString())
    case .array:
      try beginArray()
      var elements: [JSONValue] = []
      while try nextElement() { elements.append(try readValue()) }
      return .array(elements)
    case .object:
      try beginObject()
      var members = MemberList()
      while try nextKey() {
        let name = key.string
        members.set(name, try readValue())
      }
      return .object(members.members)
    }
  }
}

extension JSONWriter {
  /// Writes a value tree, members in their order.
  ///
  /// Unlike ``value(_:)-(Double)``, an integral ``JSONValue/double(_:)`` keeps a fraction (`100.0`), so that it is read back
  /// as a double.
  public mutating func value(_ value: JSONValue) {
    // Nothing more is written once the message is lost; it also bounds the recursion.
    if failure != nil { return }
    switch value {
    case .null: null()
    case .bool(let value): self.value(value)
    case .int(let value): self.value(value)
    case .double(let number):
      let first = used
      self.value(number)
      // Digits alone would be read back as an integer.
      if !(first..<used).contains(where: { start[$0] == 0x2E || start[$0] | 0x20 == 0x65 }), failure == nil {
        reserve(2)
        start[used] = 0x2E
        start[used + 1] = 0x30
        used += 2
      }
    case .string(let value): self.value(value)
    case .array(let elements):
      beginArray()
      for element in elements { self.value(element) }
      endArray()
    case .object(let members):
      beginObject()
      for member in members {
        key(member.key)
        self.value(member.value)
      }
      endObject()
    }
  }
}

/// Collects the members of an object, each key once, in linear time.
private struct MemberList {
  var members: [JSONValue.Member] = []
  /// Made when a search through all members would take longer than a look-up.
  ///
  /// Bytes and not strings are compared: Swift takes two spellings of `é` as equal, JSON does not.
  private var indices: [[UInt8]: Int] = [:]

  mutating func set(_ key: String, _ value: JSONValue) {
    if let index = index(of: key) {
      members[index].value = value
      return
    }
    if members.count == 16 {
      for (index, member) in members.enumerated() { indices[Array(member.key.utf8)] = index }
    }
    if members.count >= 16 { indices[Array(key.utf8)] = members.count }
    members.append(JSONValue.Member(key, value))
  }

  private func index(of key: String) -> Int? {
    if members.count <= 16 { return members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) } }
    return indices[Array(key.utf8)]
  }
}
