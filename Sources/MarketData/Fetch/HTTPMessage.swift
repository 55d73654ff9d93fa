/// One GET request.
public struct HTTPRequest: Sendable, Equatable {
  /// An absolute http or https address.
  public var url: String
  /// Header fields to send besides libcurl's own.
  public var headers: [(name: String, value: String)]
  /// Limits on the transfer.
  public var limits: HTTPLimits

  /// Makes a request.
  public init(url: String, headers: [(name: String, value: String)] = [], limits: HTTPLimits = HTTPLimits()) {
    self.url = url
    self.headers = headers
    self.limits = limits
  }

  /// The `host` or `host:port` of the address; the address itself when it has none.
  public var host: String { HTTPAddress.host(of: url) }

  /// Whether two requests ask the same.
  public static func == (a: HTTPRequest, b: HTTPRequest) -> Bool {
    a.url == b.url && a.limits == b.limits && a.headers.elementsEqual(b.headers, by: { $0 == $1 })
  }
}

/// Limits on one transfer.
public struct HTTPLimits: Sendable, Equatable {
  /// Seconds until the connection must stand, name look-up and TLS included.
  public var connectSeconds: Double
  /// Seconds until the whole reply must be there.
  public var totalSeconds: Double
  /// Largest body in bytes, after decompression.
  public var bodyBytes: Int
  /// Most redirects followed.
  public var redirects: Int

  /// Makes limits.
  public init(connectSeconds: Double = 10, totalSeconds: Double = 30, bodyBytes: Int = 64 << 20, redirects: Int = 5) {
    self.connectSeconds = connectSeconds
    self.totalSeconds = totalSeconds
    self.bodyBytes = bodyBytes
    self.redirects = redirects
  }
}

/// A reply, whatever its status.
public struct HTTPResponse: Sendable, Equatable {
  /// The status code, e.g. 200 or 404.
  public var status: Int
  /// The body, decompressed.
  public var body: [UInt8]
  /// The `Content-Type` field; empty when there is none.
  public var contentType: String
  /// Seconds the `Retry-After` field asks to wait; `nil` when absent or not a number.
  public var retryAfterSeconds: Double?
  /// The address that answered, after redirects.
  public var finalURL: String
  /// How many redirects were followed.
  public var redirectCount: Int

  /// Makes a reply.
  public init(
    status: Int, body: [UInt8], contentType: String = "", retryAfterSeconds: Double? = nil, finalURL: String = "",
    redirectCount: Int = 0
  ) {
    self.status = status
    self.body = body
    self.contentType = contentType
    self.retryAfterSeconds = retryAfterSeconds
    self.finalURL = finalURL
    self.redirectCount = redirectCount
  }
}

/// Reading addresses without Foundation.
enum HTTPAddress {
  /// The `host` or `host:port` of an address, without user and password.
  static func host(of url: String) -> String {
    let afterScheme = url.range(ofText: "://").map { url[$0.upperBound...] } ?? url[...]
    let authority = afterScheme.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    return String(authority.split(separator: "@").last ?? authority)
  }

  /// Whether the address begins with `http://` or `https://`, in any case, and names a host.
  static func isWeb(_ url: String) -> Bool {
    let lower = url.lowercased()
    guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else { return false }
    return !host(of: url).isEmpty
  }
}

extension String {
  /// The first place where `text` occurs; Foundation's `range(of:)` without Foundation.
  func range(ofText text: String) -> Range<String.Index>? { ranges(of: text).first }
}
