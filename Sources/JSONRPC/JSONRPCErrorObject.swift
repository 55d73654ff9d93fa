/// The `error` member of an answer, and the error a method throws to have it sent.
public struct JSONRPCErrorObject: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of error, for programs; see ``Code`` for those of JSON-RPC itself.
  public var code: Int
  /// One sentence for people.
  public var message: String
  /// Details for programs.
  public var data: JSONValue?

  /// Creates an error.
  public init(code: Int, message: String, data: JSONValue? = nil) {
    self.code = code
    self.message = message
    self.data = data
  }

  /// Creates an error with one of JSON-RPC's own codes.
  public init(_ code: Code, _ message: String, data: JSONValue? = nil) {
    self.init(code: code.rawValue, message: message, data: data)
  }

  /// The codes that JSON-RPC 2.0 defines, and the one the Language Server Protocol added for cancellation.
  public enum Code: Int, CaseIterable, Sendable {
    /// The bytes are not JSON.
    case parseError = -32700
    /// The JSON is not one JSON-RPC message.
    case invalidRequest = -32600
    /// Nothing serves the method.
    case methodNotFound = -32601
    /// The parameters have the wrong shape.
    case invalidParams = -32602
    /// The serving side failed by its own fault.
    case internalError = -32603
    /// The request was cancelled by the asking side.
    case requestCancelled = -32800
  }

  /// The code if it is one of JSON-RPC's own.
  public var standardCode: Code? { Code(rawValue: code) }

  /// The message and the code.
  public var description: String { "\(message) (error \(code))" }

  /// Reads an error object: an integer `code` and a string `message`; other members but `data` are ignored.
  /// - Returns: `nil` when the value is not such an object.
  public init?(_ value: JSONValue) {
    guard case .object = value, let code = value["code"]?.intValue, let message = value["message"]?.stringValue else {
      return nil
    }
    self.init(code: code, message: message, data: value["data"])
  }
}

extension JSONWriter {
  /// Writes an error object.
  public mutating func value(_ error: JSONRPCErrorObject) {
    beginObject()
    field("code", error.code)
    field("message", error.message)
    if let data = error.data { field("data", data) }
    endObject()
  }
}
