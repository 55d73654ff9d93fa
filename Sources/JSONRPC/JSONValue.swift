/// Any JSON value, with the order of an object's members and the difference between integers and other numbers kept.
///
/// Two values are equal when they have the same structure, members in the same order and numbers of the same kind:
/// `1` and `1.0` differ, as they do in the text.
public enum JSONValue: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number written as digits alone that fits in 64 bits.
  case int(Int64)
  /// Any other number; never NaN or infinite when it was parsed.
  case double(Double)
  case string(String)
  case array([JSONValue])
  /// The members in the order of the text, each key once.
  case object([Member])

  /// One key of an object with its value.
  public struct Member: Equatable, Sendable {
    /// The key, escapes resolved.
    public var key: String
    /// The value.
    public var value: JSONValue

    /// Creates a member.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The type of the value.
  public var kind: JSONKind {
    switch self {
    case .null: .null
    case .bool: .bool
    case .int, .double: .number
    case .string: .string
    case .array: .array
    case .object: .object
    }
  }

  // MARK: Content

  /// Whether the value is `null`.
  public var isNull: Bool { self == .null }

  /// The truth value, or `nil` for another type.
  public var boolValue: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The integer, or `nil` for another type; a double counts when it is integral and at most 2⁵³.
  public var intValue: Int? {
    switch self {
    case .int(let value): Int(exactly: value)
    case .double(let value) where value.magnitude <= 9_007_199_254_740_992: Int(exactly: value)
    default: nil
    }
  }

  /// The number as a double (the nearest one for an integer beyond 2⁵³), or `nil` for another type.
  public var doubleValue: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// The string, or `nil` for another type.
  public var stringValue: String? {
    if case .string(let value) = self { value } else { nil }
  }

  /// The elements, or `nil` for another type.
  public var arrayValue: [JSONValue]? {
    if case .array(let value) = self { value } else { nil }
  }

  /// The members in order, or `nil` for another type.
  public var objectValue: [Member]? {
    if case .object(let value) = self { value } else { nil }
  }

  /// The value of a member; `nil` when there is none or this is no object. Keys are compared byte by byte.
  ///
  /// Setting a value replaces the member or appends one; setting `nil` removes it. Setting a member of anything but an
  /// object does nothing, except that `null` becomes an object.
  public subscript(key: String) -> JSONValue? {
    get { objectValue?.last { $0.key.utf8.elementsEqual(key.utf8) }?.value }
    set {
      var members: [Member]
      switch self {
      case .object(let present): members = present
      case .null: members = []
      default: return
      }
      let index = members.lastIndex { $0.key.utf8.elementsEqual(key.utf8) }
      switch (index, newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key, value))
      case (nil, nil): return
      }
      self = .object(members)
    }
  }

  /// The element at an index; `nil` when there is none or this is no array.
  public subscript(index: Int) -> JSONValue? {
    guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
    return elements[index]
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  /// Makes `null` of a literal.
  public init(nilLiteral: ()) { self = .null }
  /// Makes `true` or `false` of a literal.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes an integer of a literal.
  public init(integerLiteral value: Int64) { self = .int(value) }
  /// Makes a double of a literal.
  public init(floatLiteral value: Double) { self = .double(value) }
  /// Makes a string of a literal.
  public init(stringLiteral value: String) { self = .string(value) }
  /// Makes an array of a literal.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// Makes an object; the keys must differ of a literal.
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(members.map { Member($0.0, $0.1) })
  }
}
