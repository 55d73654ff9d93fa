import HTTPTypes
import Hummingbird

/// A path and a method that the server answers.
struct Route: Sendable {
  let method: HTTPRequest.Method
  /// E.g. `/api/v1/backtests/{id}`; a slash at the end of a request's path makes no difference.
  let path: String
  let answer: @Sendable (Request, ServerContext) async throws -> Response

  init(
    _ method: HTTPRequest.Method, _ path: String,
    _ answer: @escaping @Sendable (Request, ServerContext) async throws -> Response
  ) {
    self.method = method
    self.path = path
    self.answer = answer
  }
}

/// All routes of the server: the router finds what answers a request, this list knows what there is.
struct RouteList: Sendable {
  let routes: [Route]
  /// The segments of each route's path.
  private let patterns: [[Substring]]

  init(routes: [Route]) {
    self.routes = routes
    patterns = routes.map { $0.path.split(separator: "/") }
  }

  /// The methods that a path knows, `HEAD` and `OPTIONS` among them; empty when there is no such path.
  func methods(of path: String) -> [HTTPRequest.Method] {
    let parts = path.split(separator: "/")
    var methods: [HTTPRequest.Method] = []
    for (route, pattern) in zip(routes, patterns) where Self.matches(pattern, parts) { methods.append(route.method) }
    if methods.isEmpty { return [] }
    if methods.contains(.get) { methods.append(.head) }
    return methods + [.options]
  }

  private static func matches(_ pattern: [Substring], _ parts: [Substring]) -> Bool {
    pattern.count == parts.count && zip(pattern, parts).allSatisfy { $0.first == "{" || $0 == $1 }
  }
}
