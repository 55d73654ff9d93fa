/// What one client may take of the server.
public struct ServerLimits: Sendable {
  /// Largest body of a request in bytes; a longer one is answered with 413.
  public var maximumBodyBytes = 1 << 20
  /// Largest header field, name and value, in bytes; a longer one is answered with 431.
  public var maximumHeaderFieldBytes = 8 << 10
  /// Largest size of all header fields together, in bytes.
  public var maximumHeaderBytes = 32 << 10
  /// Most header fields of a request.
  public var maximumHeaderFields = 100
  /// Seconds in which a request must have arrived whole, counted from its header; later ones are answered with 408.
  public var requestSeconds: Int64 = 20
  /// Seconds after which a connection is closed on which no request begins, or one that stops in its header.
  public var idleSeconds: Int64 = 30
  /// Seconds after which a connection is closed whose client does not take what it asked for.
  public var stalledSeconds: Int64 = 60
  /// Most open connections; further ones wait to be accepted.
  public var maximumConnections = 256
  /// Most requests that may wait for or work on the database; further ones are answered with 503.
  public var maximumDatabaseRequests = 128
  /// Most whole runs that may be on their way to clients at once, each up to some megabytes; further ones get 503.
  public var maximumLargeResponses = 16
  /// Seconds that running requests have to end when the server is stopped.
  public var stopSeconds: Int64 = 10

  /// Makes the usual limits.
  public init() {}
}
