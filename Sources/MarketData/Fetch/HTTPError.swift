/// Why no reply came.
public enum HTTPError: Error, Sendable, Equatable {
  /// libcurl could not be loaded.
  case libraryUnavailable(reason: String)
  /// The address is not an http or https address.
  case invalidURL(String)
  /// The host's name could not be resolved.
  case hostNotFound(host: String)
  /// No connection came about.
  case connectionFailed(host: String, reason: String)
  /// The deadline passed.
  case timedOut(host: String, seconds: Double)
  /// The connection ended before the reply did.
  case interrupted(host: String, reason: String)
  /// The certificate could not be verified, or TLS failed otherwise.
  case insecure(host: String, reason: String)
  /// The body is larger than the limit.
  case bodyTooLarge(host: String, limit: Int)
  /// More redirects than the limit, or one to a forbidden protocol.
  case redirectRefused(host: String, reason: String)
  /// The caller cancelled.
  case cancelled
  /// Anything else libcurl reports.
  case failed(host: String, reason: String)

  /// Whether the same request may well succeed in a moment.
  public var mayPass: Bool {
    switch self {
    case .hostNotFound, .connectionFailed, .timedOut, .interrupted: true
    case .libraryUnavailable, .invalidURL, .insecure, .bodyTooLarge, .redirectRefused, .cancelled, .failed: false
    }
  }
}

extension HTTPError: CustomStringConvertible {
  /// One sentence: what failed, at which host, and what to do.
  public var description: String {
    switch self {
    case .libraryUnavailable(let reason):
      "Nothing can be downloaded because libcurl is not usable (\(reason)); install libcurl 7.68 or later (Debian: libcurl4)."
    case .invalidURL(let url):
      "The address \(url) is not usable; it must begin with http:// or https:// and name a host."
    case .hostNotFound(let host):
      "The host \(host) was not found; check the network connection, or a proxy in https_proxy, or run with --offline on cached bars."
    case .connectionFailed(let host, let reason):
      "No connection to \(host) (\(reason)); check the network connection, or a proxy in https_proxy, or run with --offline on cached bars."
    case .timedOut(let host, let seconds):
      "\(host) did not answer within \(seconds.formatted) s; try again later, or run with --offline on cached bars."
    case .interrupted(let host, let reason):
      "The connection to \(host) broke off before the reply was complete (\(reason)); try again later."
    case .insecure(let host, let reason):
      "The certificate of \(host) was not accepted (\(reason)); behind a company proxy, name its CA file in BACKTESTER_CA_FILE."
    case .bodyTooLarge(let host, let limit):
      "\(host) sent more than \(limit >> 20) MiB, which no price history needs; check that the address is right."
    case .redirectRefused(let host, let reason): "\(host) redirects in a way that is not followed (\(reason))."
    case .cancelled: "The download was cancelled."
    case .failed(let host, let reason): "The download from \(host) failed: \(reason)."
    }
  }
}

extension Double {
  /// `10` for 10.0 and `0.3` for 0.3.
  fileprivate var formatted: String { self == rounded() && abs(self) < 1e15 ? String(Int64(self)) : String(self) }
}
