/// The host part of a request, as a `Host` header or an origin names it.
struct HostAddress: Equatable {
  /// Lower-cased, without the brackets of an IPv6 address.
  var name: String
  /// As it was written; `nil` when it was left out.
  var port: Int?

  /// Reads `name`, `name:port`, `[v6]` or `[v6]:port`; `nil` for anything else.
  init?(header text: String) {
    var rest = text.lowercased()[...]
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      name = String(rest[rest.index(after: rest.startIndex)..<end])
      rest = rest[rest.index(after: end)...]
      guard name.contains(":"), Self.isIPv6(name) else { return nil }
    } else {
      let end = rest.firstIndex(of: ":") ?? rest.endIndex
      name = String(rest[..<end])
      rest = rest[end...]
      let isName = name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"): true
        default: false
        }
      }
      guard !name.isEmpty, name.utf8.count <= 253, isName else { return nil }
    }
    if rest.isEmpty { return }
    let digits = rest.dropFirst()
    guard rest.first == ":", digits.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(digits),
      number <= 65_535
    else { return nil }
    port = number
  }

  /// Whether it is an address rather than a name.
  ///
  /// A page of another site reaches this server by a name that its own name server answers with our address (DNS
  /// rebinding); by an address it cannot, for its host then is that address.
  var isAddress: Bool { name.contains(":") || Self.isIPv4(name) }

  /// Whether an address or name stands for this machine alone.
  static func isLoopback(_ host: String) -> Bool {
    let host = host.lowercased()
    return host == "localhost" || host == "::1" || host == "[::1]" || (isIPv4(host) && host.hasPrefix("127."))
  }

  private static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) } && (Int(part) ?? 256) < 256
      }
  }

  private static func isIPv6(_ text: String) -> Bool {
    text.utf8.allSatisfy { byte in
      (48...58).contains(byte) || (97...102).contains(byte) || byte == UInt8(ascii: ".")
    }
  }
}

/// The site a page comes from: scheme, host, port.
struct Origin: Equatable {
  var scheme: String
  var host: HostAddress

  /// Reads an `Origin` header; `nil` for `null` and whatever is none.
  init?(_ text: String) {
    guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://") else { return nil }
    scheme = text[..<colon].lowercased()
    guard scheme == "http" || scheme == "https" else { return nil }
    guard let host = HostAddress(header: String(text[text.index(colon, offsetBy: 3)...])) else { return nil }
    self.host = host
  }

  /// Whether a page of it was served by this machine to its own user.
  var isLocal: Bool { HostAddress.isLoopback(host.name) }
}
