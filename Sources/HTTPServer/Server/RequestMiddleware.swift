import HTTPTypes
import Hummingbird
import Logging

/// What happens around every request: access is checked, errors become answers, headers are added.
struct RequestMiddleware: RouterMiddleware {
  typealias Context = ServerContext

  let policy: AccessPolicy
  let routes: RouteList

  func handle(
    _ request: Request, context: ServerContext, next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    var response: Response
    do {
      try policy.check(request)
      response = try await answer(request, context, next)
    } catch let error as ReplyError {
      response = Self.isForPeople(request) ? Response(page: error) : Response(error)
    } catch is CancellationError {
      response = Response(.overloaded("The server is stopping.", retryAfter: 5))
    } catch {
      context.logger.error("\(request.method.rawValue) \(request.uri.path.prefix(200)): \(error)")
      response = Response(.internalFailure)
    }
    SecurityHeaders.add(to: &response.headers)
    response.headers[values: .vary].append("Origin")
    if let origin = policy.readableOrigin(of: request) { response.headers[.accessControlAllowOrigin] = origin }
    // The method is not the server's to repeat in an answer to HEAD.
    return response
  }

  /// Whether an error is best told in a page: outside the API, unless the client asks for JSON.
  private static func isForPeople(_ request: Request) -> Bool {
    if request.uri.path == "/api" || request.uri.path.hasPrefix("/api/") { return false }
    let accepted = request.headers[.accept] ?? ""
    return accepted.contains("text/html") || !accepted.contains("json")
  }

  private func answer(
    _ request: Request, _ context: ServerContext, _ next: (Request, ServerContext) async throws -> Response
  ) async throws -> Response {
    let methods = routes.methods(of: request.uri.path)
    if methods.isEmpty { throw ReplyError.notFound() }
    if request.method == .options { return preflight(request, methods) }
    if !methods.contains(request.method) {
      throw ReplyError.method(request.method.rawValue, allowed: methods.map(\.rawValue))
    }
    return try await next(request, context)
  }

  /// Says what a page may ask for.
  private func preflight(_ request: Request, _ methods: [HTTPRequest.Method]) -> Response {
    var headers: HTTPFields = [.allow: methods.map(\.rawValue).joined(separator: ", ")]
    if policy.readableOrigin(of: request) != nil {
      headers[.accessControlAllowMethods] = headers[.allow]
      // The last two are harmless, and front ends made for Django send them.
      headers[.accessControlAllowHeaders] = "Accept, Authorization, Content-Type, X-CSRFToken, X-Requested-With"
      headers[.accessControlMaxAge] = "600"
    }
    return Response(status: .noContent, headers: headers)
  }
}
