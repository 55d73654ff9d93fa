/// Any JSON value, with the order of an object's members kept.
///
/// Messages are encoded into and decoded from this tree (``encoding(_:)``, ``decode(_:)``), because the wire fixes the
/// order of keys and Foundation's coders do not keep it. Reading and writing text is another module's work: this one
/// does no I/O. Off the hot path only.
package enum WireValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A whole number; whole doubles up to 2⁵³ are written this way too, as the wire writes `103` and not `103.0`.
  case int(Int64)
  /// Any other finite number.
  case double(Double)
  case string(String)
  case array([WireValue])
  /// The members in their order, each key once.
  case object([Member])

  /// One key of an object with its value.
  package struct Member: Equatable, Sendable {
    package var key: String
    package var value: WireValue

    package init(_ key: String, _ value: WireValue) {
      self.key = key
      self.value = value
    }
  }

  /// An object without members.
  package static let emptyObject = WireValue.object([])

  /// The members; `nil` for anything but an object.
  package var members: [Member]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements; `nil` for anything but an array.
  package var elements: [WireValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The text; `nil` for anything but a string.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The number as a double; `nil` for anything but a number.
  package var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The number as an integer; `nil` for anything but a whole number.
  package var integer: Int? {
    switch self {
    case .int(let value): Int(exactly: value)
    case .double(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The value of a member; `nil` when there is none or this is no object.
  package subscript(key: String) -> WireValue? { members?.first { $0.key == key }?.value }

  /// A finite number as the wire writes it: whole ones without a fraction. The sign of -0 is kept.
  package init(number: Double) {
    if number.magnitude <= 9_007_199_254_740_992, let whole = Int64(exactly: number),
      !(whole == 0 && number.sign == .minus)
    {
      self = .int(whole)
    } else {
      self = .double(number)
    }
  }

  /// What kind of value it is, for error sentences.
  package var noun: String {
    switch self {
    case .null: "null"
    case .bool: "a boolean"
    case .int, .double: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

extension WireValue: Codable {
  /// Takes the tree as it is from a ``WireDecoder``, and builds it from any other decoder.
  package init(from decoder: any Decoder) throws {
    if let decoder = decoder as? WireDecoder {
      self = decoder.value
      return
    }
    if let container = try? decoder.container(keyedBy: AnyKey.self) {
      self = .object(
        try container.allKeys.map { Member($0.stringValue, try container.decode(WireValue.self, forKey: $0)) })
      return
    }
    if var container = try? decoder.unkeyedContainer() {
      var elements: [WireValue] = []
      while !container.isAtEnd { elements.append(try container.decode(WireValue.self)) }
      self = .array(elements)
      return
    }
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .int(value)
    } else if let value = try? container.decode(Double.self) {
      self = .double(value)
    } else {
      self = .string(try container.decode(String.self))
    }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .object(let members):
      var container = encoder.container(keyedBy: AnyKey.self)
      for member in members { try container.encode(member.value, forKey: AnyKey(member.key)) }
    case .array(let elements):
      var container = encoder.unkeyedContainer()
      for element in elements { try container.encode(element) }
    default:
      var container = encoder.singleValueContainer()
      switch self {
      case .bool(let value): try container.encode(value)
      case .int(let value): try container.encode(value)
      case .double(let value): try container.encode(value)
      case .string(let value): try container.encode(value)
      default: try container.encodeNil()
      }
    }
  }
}

/// A key that is only known at run time.
package struct AnyKey: CodingKey {
  package var stringValue: String
  package var intValue: Int?

  package init(_ text: String) {
    stringValue = text
    intValue = nil
  }

  package init(stringValue: String) { self.init(stringValue) }

  package init(intValue: Int) {
    stringValue = String(intValue)
    self.intValue = intValue
  }
}
