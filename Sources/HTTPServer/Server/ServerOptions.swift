/// How a server is reached, and by whom.
public struct ServerOptions: Sendable {
  /// Address to listen on, or `localhost`.
  public var host = "127.0.0.1"
  /// Port to listen on; 0 takes any free one.
  public var port = 8000
  /// What a client must know to be served; `nil` serves everyone who reaches the address, which must then be loopback.
  public var token: AccessToken?
  /// Names beside IP addresses and `localhost` that clients may reach the server by.
  public var hostNames: [String] = []
  /// Origins beside local ones whose pages may call the server, e.g. `https://charts.example`.
  public var origins: [String] = []
  /// What one client may take.
  public var limits = ServerLimits()

  /// Makes the usual options: loopback, port 8000.
  public init() {}

  /// Checks that the options go together.
  ///
  /// - Throws: ``ServerOptionsError``.
  public func validate() throws(ServerOptionsError) {
    guard (0...65_535).contains(port) else { throw .port(port) }
    if !HostAddress.isLoopback(host), token == nil { throw .tokenMissing(host: host) }
    for origin in origins where Origin(origin) == nil { throw .origin(origin) }
    for name in hostNames where HostAddress(header: name)?.port != nil || HostAddress(header: name) == nil {
      throw .hostName(name)
    }
  }
}

/// Why a server does not start.
public enum ServerOptionsError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The port does not exist.
  case port(Int)
  /// Other machines could reach the server, and anyone could use it.
  case tokenMissing(host: String)
  /// The text is no origin.
  case origin(String)
  /// The text is no host name.
  case hostName(String)
  /// The token's file cannot be used: a whole sentence.
  case tokenFile(String)

  /// One sentence: what was wrong and what to do.
  public var description: String {
    switch self {
    case .port(let port): "--port was \(port); it must be from 0 to 65535."
    case .tokenMissing(let host):
      "--host \(host) can be reached from other machines, so a token is needed: write one of at least "
        + "\(AccessToken.minimumLength) characters into a file only you can read and name it with --token-file FILE, or "
        + "stay on this machine with --host 127.0.0.1."
    case .origin(let text):
      "--allow-origin was \(text); it must be scheme, host and perhaps port, for example https://charts.example:8443."
    case .hostName(let text):
      "--allow-host was \(text); it must be a host name without port, for example charts.example."
    case .tokenFile(let sentence): sentence
    }
  }
}
