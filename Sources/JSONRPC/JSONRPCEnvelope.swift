/// A message with its parts found but not yet decoded.
///
/// One pass checks the whole message and finds its members in whatever order they come; the parameters or the result are
/// then scanned on their own. Nothing is allocated. Like the scanner, an envelope points into the bytes it was made from.
public struct JSONRPCEnvelope {
  /// What a message is.
  public enum Kind: Equatable, Sendable {
    /// A call that wants an answer.
    case request
    /// A call that wants none.
    case notification
    /// An answer with a result.
    case result
    /// An answer with an error.
    case error
  }

  /// An identifier, a string still standing in the message.
  public enum ID {
    case absent
    case null
    case number(Int64)
    case string(JSONStringView)
  }

  /// What the message is.
  public let kind: Kind
  /// Its identifier.
  public let idView: ID
  /// The name of the method; `nil` in an answer.
  public let method: JSONStringView?
  /// The text of `params`, `result` or `error`; `nil` when a call has no parameters.
  public let body: UnsafeBufferPointer<UInt8>?

  /// The identifier; null when absent.
  public var id: JSONRPCID {
    switch idView {
    case .absent, .null: .null
    case .number(let value): .number(value)
    case .string(let view): .string(view.string)
    }
  }

  /// Finds the parts of one message. Unknown members are passed over, `"params": null` counts as absent.
  ///
  /// - Throws: ``JSONRPCInvalidMessage`` when the bytes are not one JSON-RPC 2.0 message.
  public init(
    _ bytes: UnsafeBufferPointer<UInt8>, maximumBytes: Int = JSONLimits.maximumMessageBytes
  ) throws(JSONRPCInvalidMessage) {
    var parts = Parts()
    do {
      var scanner = try JSONScanner(bytes, maximumBytes: maximumBytes)
      try parts.scan(&scanner)
      try scanner.finish()
    } catch {
      throw JSONRPCInvalidMessage(reason: .notJSON(error))
    }
    self = try parts.envelope()
  }

  /// A scanner over ``body``.
  /// - Throws: ``JSONScanError`` when there is no body.
  public func bodyScanner() throws(JSONScanError) -> JSONScanner {
    try JSONScanner(body ?? UnsafeBufferPointer(start: nil, count: 0), maximumBytes: .max)
  }

  init(kind: Kind, idView: ID, method: JSONStringView?, body: UnsafeBufferPointer<UInt8>?) {
    self.kind = kind
    self.idView = idView
    self.method = method
    self.body = body
  }
}

/// The members of a message as they are found.
private struct Parts {
  var isObject = false
  var isBatch = false
  var hasVersion = false
  var id = JSONRPCEnvelope.ID.absent
  var method: JSONStringView?
  var params: UnsafeBufferPointer<UInt8>?
  var result: UnsafeBufferPointer<UInt8>?
  var error: UnsafeBufferPointer<UInt8>?
  /// The first thing found wrong; the scan goes on, to find the identifier.
  var problem: JSONRPCInvalidMessage.Reason?

  mutating func scan(_ scanner: inout JSONScanner) throws(JSONScanError) {
    switch try scanner.peekKind() {
    case .object: isObject = true
    case .array:
      isBatch = true
      return try scanner.skipValue()
    default:
      return try scanner.skipValue()
    }
    try scanner.beginObject()
    while try scanner.nextKey() {
      switch scanner.key {
      case "jsonrpc": try scanVersion(&scanner)
      case "id": try scanID(&scanner)
      case "method":
        if try scanner.peekKind() == .string {
          method = try scanner.readStringView()
        } else {
          try refuse(.malformedMethod, &scanner)
        }
      case "params":
        switch try scanner.peekKind() {
        case .object: params = try scanner.readSource()
        case .null: try scanner.readNull()
        default: try refuse(.malformedParams, &scanner)
        }
      case "result": result = try scanner.readSource()
      case "error":
        if try scanner.peekKind() == .object {
          error = try scanner.readSource()
        } else {
          try refuse(.malformedError, &scanner)
        }
      default: try scanner.skipValue()
      }
    }
  }

  private mutating func scanVersion(_ scanner: inout JSONScanner) throws(JSONScanError) {
    hasVersion = true
    guard try scanner.peekKind() == .string else { return try refuse(.wrongVersion, &scanner) }
    if try scanner.readStringView() != "2.0" { note(.wrongVersion) }
  }

  private mutating func scanID(_ scanner: inout JSONScanner) throws(JSONScanError) {
    switch try scanner.peekKind() {
    case .null:
      try scanner.readNull()
      id = .null
    case .string:
      id = .string(try scanner.readStringView())
    case .number:
      if let number = try scanner.readNumber().intValue { id = .number(Int64(number)) } else { note(.malformedID) }
    default:
      try refuse(.malformedID, &scanner)
    }
  }

  private mutating func refuse(
    _ reason: JSONRPCInvalidMessage.Reason, _ scanner: inout JSONScanner
  ) throws(JSONScanError) {
    note(reason)
    try scanner.skipValue()
  }

  private mutating func note(_ reason: JSONRPCInvalidMessage.Reason) {
    if problem == nil { problem = reason }
  }

  func envelope() throws(JSONRPCInvalidMessage) -> JSONRPCEnvelope {
    if isBatch { throw invalid(.batch) }
    if !isObject { throw invalid(.notAnObject) }
    if !hasVersion { throw invalid(.noVersion) }
    if let problem { throw invalid(problem) }
    switch (method, result, error) {
    case (let method?, nil, nil):
      if case .absent = id {
        return JSONRPCEnvelope(kind: .notification, idView: id, method: method, body: params)
      }
      return JSONRPCEnvelope(kind: .request, idView: id, method: method, body: params)
    case (nil, let result?, nil):
      if case .absent = id { throw invalid(.answerWithoutID) }
      return JSONRPCEnvelope(kind: .result, idView: id, method: nil, body: result)
    case (nil, nil, let error?):
      // An error without id is taken as one with null: a peer that could not read our message has none to repeat.
      return JSONRPCEnvelope(kind: .error, idView: id, method: nil, body: error)
    case (nil, nil, nil):
      throw invalid(.empty)
    default:
      throw invalid(.ambiguous)
    }
  }

  private func invalid(_ reason: JSONRPCInvalidMessage.Reason) -> JSONRPCInvalidMessage {
    let known: JSONRPCID
    switch id {
    case .absent, .null: known = .null
    case .number(let value): known = .number(value)
    case .string(let view): known = .string(view.string)
    }
    return JSONRPCInvalidMessage(reason: reason, id: known)
  }
}
