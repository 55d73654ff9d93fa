import HTTPTypes

/// Headers of every response.
enum SecurityHeaders {
  /// What the page may load: its own scripts, styles and data, nothing inline and nothing from elsewhere.
  static let contentPolicy = [
    "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
    "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
  ].joined(separator: "; ")

  static let all: HTTPFields = {
    var fields = HTTPFields()
    fields[.contentSecurityPolicy] = contentPolicy
    fields[.xContentTypeOptions] = "nosniff"
    for (name, value) in [
      ("X-Frame-Options", "DENY"), ("Referrer-Policy", "same-origin"), ("Cross-Origin-Opener-Policy", "same-origin"),
      ("Cross-Origin-Resource-Policy", "same-origin"),
    ] {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    return fields
  }()

  /// Adds them to a response, leaving what it says itself; nothing is kept by caches unless the response says so.
  static func add(to headers: inout HTTPFields) {
    for field in all where headers[field.name] == nil { headers.append(field) }
    if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
  }
}
