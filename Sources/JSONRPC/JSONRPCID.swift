/// The identifier that ties an answer to its request.
public enum JSONRPCID: Hashable, Sendable, CustomStringConvertible {
  /// An integer; what this program uses for its own requests.
  case number(Int64)
  /// A string; clients may use them.
  case string(String)
  /// No identifier could be made out of the request that is being answered.
  case null

  /// The identifier as its JSON text, for messages.
  public var description: String {
    switch self {
    case .number(let value): String(value)
    case .string(let value): "\"\(value)\""
    case .null: "null"
    }
  }

  /// The identifier as a value tree, such as the `id` in the parameters of a cancellation.
  public var value: JSONValue {
    switch self {
    case .number(let value): .int(value)
    case .string(let value): .string(value)
    case .null: .null
    }
  }

  /// Takes an identifier from a value tree; `nil` when it is neither an integer, a string nor null.
  public init?(_ value: JSONValue) {
    switch value {
    case .int(let number): self = .number(number)
    case .string(let text): self = .string(text)
    case .null: self = .null
    case .double:
      guard let number = value.intValue else { return nil }
      self = .number(Int64(number))
    case .bool, .array, .object: return nil
    }
  }
}

extension JSONRPCID: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
  /// Makes a numeric identifier of a literal.
  public init(integerLiteral value: Int64) { self = .number(value) }
  /// Makes a string identifier of a literal.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONWriter {
  /// Writes an identifier with the type it came with.
  public mutating func value(_ id: JSONRPCID) {
    switch id {
    case .number(let number): value(number)
    case .string(let text): value(text)
    case .null: null()
    }
  }
}
