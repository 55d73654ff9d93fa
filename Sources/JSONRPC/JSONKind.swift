/// The six types of JSON value.
public enum JSONKind: Equatable, Sendable {
  case null
  case bool
  case number
  case string
  case array
  case object

  /// The type's name with its article, for messages: "an object".
  public var article: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
