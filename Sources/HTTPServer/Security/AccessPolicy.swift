import HTTPTypes
import Hummingbird

/// Who may ask for what: checks of a request's host, origin and token, before anything else is looked at.
struct AccessPolicy: Sendable {
  private let token: AccessToken?
  private let hostNames: Set<String>
  private let origins: [Origin]

  init(_ options: ServerOptions) {
    token = options.token
    hostNames = Set(options.hostNames.map { $0.lowercased() } + ["localhost"])
    origins = options.origins.compactMap(Origin.init)
  }

  /// Checks a request.
  ///
  /// - Throws: ``ReplyError``.
  func check(_ request: Request) throws(ReplyError) {
    guard let host = request.head.authority.flatMap({ HostAddress(header: $0) }),
      host.isAddress || hostNames.contains(host.name)
    else {
      throw .misdirected(
        "The Host header does not name this server; reach it by its address or localhost, or allow the name with "
          + "--allow-host.")
    }
    if !Self.isSafe(request.method) { try checkOrigin(request, host) }
    // A browser asks without credentials whether it may ask with them.
    if request.method == .options { return }
    if let token, !token.isCarried(by: request.headers[.authorization]) { throw .unauthorized }
  }

  /// The origin whose page may read the answer; `nil` when there is none or it may not.
  func readableOrigin(of request: Request) -> String? {
    guard let text = request.headers[.origin], let origin = Origin(text) else { return nil }
    return origin.isLocal || origins.contains(origin) ? text : nil
  }

  /// Refuses requests that change something and come from a page of another site. Programs send no origin.
  private func checkOrigin(_ request: Request, _ host: HostAddress) throws(ReplyError) {
    if let text = request.headers[.origin] {
      guard let origin = Origin(text), origin.host == host || origin.isLocal || origins.contains(origin) else {
        throw .forbidden("The origin of the page is not allowed; allow it with --allow-origin.")
      }
    } else if request.headers[Self.fetchSite] == "cross-site" {
      throw .forbidden("The page that sent the request is of another site.")
    }
  }

  private static let fetchSite = HTTPField.Name("Sec-Fetch-Site") ?? .origin

  private static func isSafe(_ method: HTTPRequest.Method) -> Bool {
    method == .get || method == .head || method == .options
  }
}
