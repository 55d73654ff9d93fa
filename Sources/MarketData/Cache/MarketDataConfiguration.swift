public import TradingModel

/// Everything a ``MarketDataService`` depends on.
public struct MarketDataConfiguration: Sendable {
  /// Where Yahoo's chart API is, `https://host` each; the second is asked when the first says "too many requests".
  public var yahooBases: [String]
  /// The folder of the cache file `bars.sqlite`; made when first needed.
  public var cacheDirectory: String
  /// What holds for every request.
  public var http: HTTPClient.Settings
  /// Limits on a request with all its tries; the total is its deadline.
  public var limits: HTTPLimits
  /// How failed requests are repeated.
  public var retry: RetryPolicy
  /// The time, in epoch milliseconds.
  public var now: @Sendable () -> EpochMilliseconds
  /// Seconds on a clock that never jumps, for deadlines and pauses.
  public var uptime: @Sendable () -> Double

  /// Yahoo's own hosts.
  public static let yahooHosts = ["https://query2.finance.yahoo.com", "https://query1.finance.yahoo.com"]

  /// Makes a configuration.
  public init(
    cacheDirectory: String, yahooBases: [String] = yahooHosts, http: HTTPClient.Settings = HTTPClient.Settings(),
    limits: HTTPLimits = HTTPLimits(), retry: RetryPolicy = RetryPolicy(),
    now: @escaping @Sendable () -> EpochMilliseconds, uptime: @escaping @Sendable () -> Double = Self.systemUptime
  ) {
    self.cacheDirectory = cacheDirectory
    self.yahooBases = yahooBases
    self.http = http
    self.limits = limits
    self.retry = retry
    self.now = now
    self.uptime = uptime
  }

  /// The environment variables that ``init(environment:now:)`` reads.
  public static let variables = [
    "BACKTESTER_YAHOO_URL", "BACKTESTER_CACHE", "BACKTESTER_CA_FILE", "BACKTESTER_USER_AGENT",
    "BACKTESTER_HTTP_TIMEOUT", "XDG_DATA_HOME", "HOME",
  ]

  /// Makes a configuration from a process's environment.
  ///
  /// Variables: `BACKTESTER_YAHOO_URL` (an address in place of Yahoo's hosts), `BACKTESTER_CACHE` (folder of the
  /// cache; default `$XDG_DATA_HOME/backtester` or `~/.local/share/backtester`), `BACKTESTER_CA_FILE`,
  /// `BACKTESTER_USER_AGENT`, `BACKTESTER_HTTP_TIMEOUT` (seconds for a request with all its tries, 0.1...600).
  /// Empty ones count as absent.
  ///
  /// - Throws: ``MarketDataError/invalidSetting(name:value:reason:)``.
  public init(
    environment: [String: String], now: @escaping @Sendable () -> EpochMilliseconds
  ) throws(MarketDataError) {
    let set = environment.filter { !$0.value.isEmpty }
    self.init(cacheDirectory: try Self.cacheDirectory(set), now: now)
    if let base = set["BACKTESTER_YAHOO_URL"] {
      var plain = base.trimmed
      while plain.hasSuffix("/") { plain.removeLast() }
      guard HTTPAddress.isWeb(plain) else {
        throw .invalidSetting(
          name: "BACKTESTER_YAHOO_URL", value: base, reason: "it must be an address such as http://127.0.0.1:8080")
      }
      yahooBases = [plain]
      // Pacing is a courtesy to Yahoo; who names another server knows what that one bears.
      retry.pacingSeconds = 0
    }
    if let agent = set["BACKTESTER_USER_AGENT"] {
      guard agent.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value < 127 }) else {
        throw .invalidSetting(name: "BACKTESTER_USER_AGENT", value: agent, reason: "it must be plain ASCII text")
      }
      http.userAgent = agent
    }
    http.certificateFile = set["BACKTESTER_CA_FILE"]
    if let text = set["BACKTESTER_HTTP_TIMEOUT"] {
      guard let seconds = Double(text.trimmed), seconds >= 0.1, seconds <= 600 else {
        throw .invalidSetting(
          name: "BACKTESTER_HTTP_TIMEOUT", value: text, reason: "it must be a number of seconds from 0.1 to 600")
      }
      limits.totalSeconds = seconds
      limits.connectSeconds = min(limits.connectSeconds, seconds)
    }
  }

  private static func cacheDirectory(_ environment: [String: String]) throws(MarketDataError) -> String {
    if let directory = environment["BACKTESTER_CACHE"] { return directory }
    // The XDG rules ignore relative paths.
    if let data = environment["XDG_DATA_HOME"], data.hasPrefix("/") { return "\(data)/backtester" }
    if let home = environment["HOME"] { return "\(home)/.local/share/backtester" }
    throw .invalidSetting(
      name: "HOME", value: "", reason: "it is not set; name a folder for cached bars in BACKTESTER_CACHE")
  }

  /// Seconds of the system's monotonic clock.
  @Sendable public static func systemUptime() -> Double {
    let elapsed = ContinuousClock.now - clockStart
    return Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) * 1e-18
  }

  private static let clockStart = ContinuousClock.now
}
