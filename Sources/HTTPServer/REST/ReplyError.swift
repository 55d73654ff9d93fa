import HTTPTypes

/// Why a request is not done, in the words the client gets: the forms of Django REST Framework and of the older service.
enum ReplyError: Error {
  /// Faulty fields, each with its messages: 400.
  case fields([(field: String, messages: [String])])
  /// A sentence of the service: 400. Users of the older front end know it; `detail` tells them more.
  case sentence(String, detail: String? = nil)
  /// A body or a query that cannot be understood: 400.
  case malformed(String)
  /// The client is not known: 401.
  case unauthorized
  /// The client may not: 403.
  case forbidden(String)
  /// There is no such thing: 404.
  case notFound(String = "Not found.")
  /// The resource knows other methods only: 405.
  case method(String, allowed: [String])
  /// It cannot be done in the resource's present state: 409.
  case conflict(String)
  /// The body is longer than the limit: 413.
  case tooLarge(limit: Int)
  /// The body has a type the server does not read: 415.
  case mediaType(String)
  /// The request was meant for another host: 421.
  case misdirected(String)
  /// The server failed; the reason is in its log, not in the answer: 500.
  case internalFailure
  /// The server has too much to do or is stopping; come back in some seconds: 503.
  case overloaded(String, retryAfter: Int)

  var status: HTTPResponse.Status {
    switch self {
    case .fields, .sentence, .malformed: .badRequest
    case .unauthorized: .unauthorized
    case .forbidden: .forbidden
    case .notFound: .notFound
    case .method: .methodNotAllowed
    case .conflict: .conflict
    case .tooLarge: .contentTooLarge
    case .mediaType: .unsupportedMediaType
    case .misdirected: .misdirectedRequest
    case .internalFailure: .internalServerError
    case .overloaded: .serviceUnavailable
    }
  }

  /// The headers that go with the status.
  var headers: HTTPFields {
    switch self {
    case .unauthorized: [.wwwAuthenticate: "Basic realm=\"backtester\", charset=\"UTF-8\""]
    case .method(_, let allowed): [.allow: allowed.joined(separator: ", ")]
    case .overloaded(_, let seconds): [.retryAfter: "\(seconds)"]
    default: [:]
    }
  }

  /// The sentence for errors that have one.
  var detail: String {
    switch self {
    case .fields: "Some fields are not valid."
    case .sentence(let text, _), .malformed(let text), .forbidden(let text), .notFound(let text), .conflict(let text),
      .misdirected(let text), .overloaded(let text, _):
      text
    case .unauthorized: "Authentication credentials were not provided, or the token is wrong."
    case .method(let method, _): "Method \"\(method.prefix(20))\" not allowed."
    case .tooLarge(let limit): "The body is longer than \(limit) bytes."
    case .mediaType(let type): "Unsupported media type \"\(type)\" in request."
    case .internalFailure: "The server failed; its log says why."
    }
  }
}

extension ReplyError {
  init(_ error: BodyError) {
    self =
      switch error {
      case .unsupportedType(let type): .mediaType(type)
      case .malformed(let sentence): .malformed(sentence)
      case .notAnObject(let kind):
        .fields([("non_field_errors", ["Invalid data. Expected a dictionary, but got \(kind)."])])
      }
  }
}
