extension JSONWriter {
  /// Starts a request and opens its parameters; follow with fields and ``endCall()``.
  @inlinable
  public mutating func beginRequest(id: Int, method: StaticString) {
    reset()
    beginObject()
    field("jsonrpc", "2.0" as StaticString)
    field("id", id)
    field("method", method)
    key("params")
    beginObject()
  }

  /// Starts a notification and opens its parameters; follow with fields and ``endCall()``.
  @inlinable
  public mutating func beginNotification(method: StaticString) {
    reset()
    beginObject()
    field("jsonrpc", "2.0" as StaticString)
    field("method", method)
    key("params")
    beginObject()
  }

  /// Ends what ``beginRequest(id:method:)`` or ``beginNotification(method:)`` started.
  @inlinable
  public mutating func endCall() {
    endObject()
    endObject()
  }

  /// Starts an answer; follow with one value, its result, and ``endResult()``.
  public mutating func beginResult(id: JSONRPCID) {
    reset()
    beginObject()
    field("jsonrpc", "2.0" as StaticString)
    key("id")
    value(id)
    key("result")
  }

  /// Ends what ``beginResult(id:)`` started.
  public mutating func endResult() {
    endObject()
  }

  /// Writes a whole message, after forgetting what was written before.
  public mutating func message(_ message: JSONRPCMessage) {
    switch message {
    case .request(let id, let method, let params):
      begin()
      key("id")
      value(id)
      call(method, params)
    case .notification(let method, let params):
      begin()
      call(method, params)
    case .response(let id, let result):
      beginResult(id: id)
      value(result)
      endResult()
    case .error(let id, let error):
      begin()
      key("id")
      value(id)
      key("error")
      value(error)
      endObject()
    }
  }

  private mutating func begin() {
    reset()
    beginObject()
    field("jsonrpc", "2.0" as StaticString)
  }

  private mutating func call(_ method: String, _ params: JSONValue?) {
    field("method", method)
    if let params { field("params", params) }
    endObject()
  }
}
