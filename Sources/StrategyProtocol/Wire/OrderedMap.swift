/// A JSON object with free keys, in a fixed order: per symbol, per parameter, per column.
package struct OrderedMap<Value: Codable & Equatable & Sendable>: Codable, Equatable, Sendable,
  ExpressibleByDictionaryLiteral
{
  /// The keys with their values, each key once.
  package var entries: [Entry]

  /// One key with its value.
  package struct Entry: Equatable, Sendable {
    package var key: String
    package var value: Value

    package init(_ key: String, _ value: Value) {
      self.key = key
      self.value = value
    }
  }

  package init(_ entries: [Entry] = []) { self.entries = entries }

  package init(dictionaryLiteral elements: (String, Value)...) { entries = elements.map { Entry($0.0, $0.1) } }

  /// The keys in their order.
  package var keys: [String] { entries.map(\.key) }

  /// The value of a key; `nil` when it is not there. Linear in the number of keys.
  package subscript(key: String) -> Value? { entries.first { $0.key == key }?.value }

  package init(from decoder: any Decoder) throws {
    // A tree decoder gives the members in order, and without a look-up for each of them.
    if let decoder = decoder as? WireDecoder {
      entries = try decoder.decodeMembers(as: Value.self).map { Entry($0.key, $0.value) }
      return
    }
    let container = try decoder.container(keyedBy: AnyKey.self)
    entries = try container.allKeys.map { Entry($0.stringValue, try container.decode(Value.self, forKey: $0)) }
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: AnyKey.self)
    for entry in entries { try container.encode(entry.value, forKey: AnyKey(entry.key)) }
  }
}

extension OrderedMap: WireChecked where Value: WireChecked {
  package func check(_ path: WirePath) throws {
    for entry in entries { try entry.value.check(path.member(entry.key)) }
  }
}
