/// One JSON-RPC 2.0 message, decoded to value trees. For the hot path see ``JSONRPCEnvelope``.
public enum JSONRPCMessage: Equatable, Sendable {
  /// A call that wants an answer. The parameters are an object, or absent.
  case request(id: JSONRPCID, method: String, params: JSONValue?)
  /// A call that wants none.
  case notification(method: String, params: JSONValue?)
  /// The answer to a request that succeeded.
  case response(id: JSONRPCID, result: JSONValue)
  /// The answer to a request that failed; the identifier is null when the request could not be read.
  case error(id: JSONRPCID, JSONRPCErrorObject)

  /// Decodes one message.
  ///
  /// - Throws: ``JSONRPCInvalidMessage``, whose ``JSONRPCInvalidMessage/errorObject`` is the error to answer with.
  public init(
    decoding bytes: UnsafeBufferPointer<UInt8>, maximumBytes: Int = JSONLimits.maximumMessageBytes
  ) throws(JSONRPCInvalidMessage) {
    let envelope = try JSONRPCEnvelope(bytes, maximumBytes: maximumBytes)
    let id = envelope.id
    let body: JSONValue?
    do {
      body = try envelope.body.map { text throws(JSONScanError) in try JSONValue(parsing: text, maximumBytes: .max) }
    } catch {
      throw JSONRPCInvalidMessage(reason: .notJSON(error), id: id)
    }
    let method = envelope.method?.string ?? ""
    switch envelope.kind {
    case .request: self = .request(id: id, method: method, params: body)
    case .notification: self = .notification(method: method, params: body)
    case .result: self = .response(id: id, result: body ?? .null)
    case .error:
      guard let error = body.flatMap(JSONRPCErrorObject.init) else {
        throw JSONRPCInvalidMessage(reason: .malformedError, id: id)
      }
      self = .error(id: id, error)
    }
  }

  /// Decodes one message given as an array.
  public init(
    decoding bytes: [UInt8], maximumBytes: Int = JSONLimits.maximumMessageBytes
  ) throws(JSONRPCInvalidMessage) {
    let result = bytes.withUnsafeBufferPointer { buffer in
      Result { () throws(JSONRPCInvalidMessage) in try JSONRPCMessage(decoding: buffer, maximumBytes: maximumBytes) }
    }
    self = try result.get()
  }

  /// The message as JSON text without a line feed; members stand in the order of the specification.
  ///
  /// - Throws: ``JSONWriteError`` when it holds a NaN or an infinity, or is nested too deep.
  public func encoded() throws(JSONWriteError) -> [UInt8] {
    var writer = JSONWriter()
    writer.message(self)
    return try writer.bytes()
  }
}
