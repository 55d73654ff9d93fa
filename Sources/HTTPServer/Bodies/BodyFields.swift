import JSONRPC

/// The fields of a request's body, whatever form it has.
struct BodyFields {
  /// One value as the client gave it.
  enum Value: Equatable {
    /// From a form, where everything is text.
    case text(String)
    /// From JSON.
    case json(JSONValue)
    /// A file sent with a form; its content is never looked at.
    case file
  }

  /// Names and values in the order of the body; of several with one name the last counts, as in Django.
  var values: [(name: String, value: Value)] = []
  /// Whether the body is a form, in which a field left blank is a field left out.
  var isForm = true

  /// The value of a field.
  subscript(name: String) -> Value? { values.last { $0.name == name }?.value }

  /// Reads a body by its `Content-Type`.
  ///
  /// - Throws: ``BodyError``.
  init(_ body: [UInt8], contentType: String?) throws(BodyError) {
    guard let contentType else {
      if body.isEmpty { return }
      throw .unsupportedType("")
    }
    let type = MediaTypeHeader(contentType)
    switch type.essence {
    case "application/json":
      isForm = false
      values = try Self.json(body)
    case "application/x-www-form-urlencoded": values = try URLEncodedForm.fields(body)
    case "multipart/form-data":
      guard let boundary = type.parameters["boundary"] else {
        throw .malformed("Multipart form parse error - the Content-Type names no boundary.")
      }
      values = try MultipartForm.fields(body, boundary: boundary)
    default: throw .unsupportedType(String(type.essence.prefix(100)))
    }
    if values.count > Self.maximumCount { throw .malformed("The body has more than \(Self.maximumCount) fields.") }
  }

  /// Most fields of a body.
  static let maximumCount = 1000

  private static func json(_ body: [UInt8]) throws(BodyError) -> [(name: String, value: Value)] {
    let parsed: JSONValue
    do { parsed = try JSONValue(parsing: body) } catch { throw .malformed("JSON parse error - \(error)") }
    guard case .object(let members) = parsed else { throw .notAnObject(kind: parsed.pythonTypeName) }
    return members.map { ($0.key, .json($0.value)) }
  }
}

/// Why a body cannot be read.
enum BodyError: Error, Equatable {
  /// A type the server does not read.
  case unsupportedType(String)
  /// It breaks the rules of its type: a whole sentence.
  case malformed(String)
  /// JSON, but no object.
  case notAnObject(kind: String)
}

extension JSONValue {
  /// What Django's reader calls a value of this type; its users know the word from error messages.
  fileprivate var pythonTypeName: String {
    switch self {
    case .null: "NoneType"
    case .bool: "bool"
    case .int: "int"
    case .double: "float"
    case .string: "str"
    case .array: "list"
    case .object: "dict"
    }
  }
}
