/// Why bytes are not one JSON-RPC message, and what to answer.
public struct JSONRPCInvalidMessage: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was wrong.
  public enum Reason: Equatable, Sendable {
    /// The bytes are not JSON.
    case notJSON(JSONScanError)
    /// JSON, but neither an object nor an array.
    case notAnObject
    /// An array: JSON-RPC's batches are not served.
    case batch
    /// An object without `jsonrpc`.
    case noVersion
    /// `jsonrpc` is not the string "2.0".
    case wrongVersion
    /// `id` is neither an integer, a string nor null.
    case malformedID
    /// `method` is not a string.
    case malformedMethod
    /// `params` is not an object.
    case malformedParams
    /// `error` is not an object with an integer `code` and a string `message`.
    case malformedError
    /// No `method`, `result` or `error`.
    case empty
    /// More than one of `method`, `result` and `error`.
    case ambiguous
    /// A `result` without an `id`.
    case answerWithoutID
  }

  /// What was wrong first.
  public let reason: Reason
  /// The identifier of the message, as far as it could be made out, else null: what an error answer must carry.
  public let id: JSONRPCID

  /// Creates an error.
  public init(reason: Reason, id: JSONRPCID = .null) {
    self.reason = reason
    self.id = id
  }

  /// Whether this is text that was never meant as a message, such as debugging output: no JSON object with `jsonrpc`.
  public var isStrayText: Bool {
    switch reason {
    case .notJSON, .notAnObject, .noVersion: true
    default: false
    }
  }

  /// The error to answer with.
  public var errorObject: JSONRPCErrorObject {
    switch reason {
    case .notJSON: JSONRPCErrorObject(.parseError, description)
    case .malformedParams: JSONRPCErrorObject(.invalidParams, description)
    default: JSONRPCErrorObject(.invalidRequest, description)
    }
  }

  /// One sentence: what was wrong and what to send instead.
  public var description: String {
    switch reason {
    case .notJSON(let error): error.description
    case .notAnObject: "A message must be a JSON object."
    case .batch: "Batches are not supported; send each message by itself."
    case .noVersion: "The message has no \"jsonrpc\" member; it must be \"2.0\"."
    case .wrongVersion: "The \"jsonrpc\" member of the message must be the string \"2.0\"."
    case .malformedID: "The \"id\" of a message must be an integer, a string or null."
    case .malformedMethod: "The \"method\" of a message must be a string."
    case .malformedParams: "The \"params\" of a message must be an object with named members."
    case .malformedError:
      "The \"error\" of an answer must be an object with an integer \"code\" and a string \"message\"."
    case .empty: "The message has no \"method\", no \"result\" and no \"error\"; it must have one of them."
    case .ambiguous: "The message has more than one of \"method\", \"result\" and \"error\"; it must have one of them."
    case .answerWithoutID: "The message has a \"result\" but no \"id\"; an answer must repeat the id of its request."
    }
  }
}
