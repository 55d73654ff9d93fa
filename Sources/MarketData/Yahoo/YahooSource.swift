internal import Synchronization

/// Fetches charts: paced, repeated where that can help, cut into the ranges that Yahoo allows.
///
/// Meant to be used by one thread at a time.
final class YahooSource: Sendable {
  private let client: HTTPClient
  /// `https://host` without a slash at the end; the second is tried when the first throttles.
  private let bases: [String]
  private let limits: HTTPLimits
  private let retry: RetryPolicy
  private let uptime: @Sendable () -> Double

  private struct State {
    var lastStart = -Double.infinity
    var throttledAt = -Double.infinity
  }
  private let state = Mutex(State())

  /// - Parameters:
  ///   - limits: For a request with all its tries; the largest body holds for each.
  ///   - uptime: Seconds on a clock that never jumps.
  init(
    client: HTTPClient, bases: [String], limits: HTTPLimits, retry: RetryPolicy,
    uptime: @escaping @Sendable () -> Double
  ) {
    self.client = client
    self.bases = bases
    self.limits = limits
    self.retry = retry
    self.uptime = uptime
  }

  /// Where the first request goes.
  var host: String { HTTPAddress.host(of: bases[0]) }

  /// The bars and events from `start` to `end`, both included, in epoch seconds.
  func chart(
    symbol: String, interval: BarInterval, start: Int64, end: Int64, extendedHours: Bool,
    cancellation: CancellationSignal, progress: (_ done: Int, _ planned: Int) -> Void
  ) throws(MarketDataError) -> YahooChart {
    let requests = YahooRequest.chunks(
      symbol: symbol, interval: interval, start: start, end: end, extendedHours: extendedHours)
    var whole: YahooChart?
    var nothing: MarketDataError?
    for (index, request) in requests.enumerated() {
      progress(index, requests.count)
      do throws(MarketDataError) {
        let chart = try fetch(request, cancellation)
        whole = whole.map { Self.joined($0, chart) } ?? chart
      } catch {
        // One of several ranges may lie before the first bar.
        guard case .beforeListing = error, requests.count > 1 else { throw error }
        nothing = error
      }
    }
    progress(requests.count, requests.count)
    if let whole { return whole }
    throw nothing ?? .noTimes(symbol: symbol, said: "no range was asked for")
  }

  private static func joined(_ a: YahooChart, _ b: YahooChart) -> YahooChart {
    var joined = b
    joined.times = a.times + b.times
    joined.open = a.open + b.open
    joined.high = a.high + b.high
    joined.low = a.low + b.low
    joined.close = a.close + b.close
    joined.volume = a.volume + b.volume
    if a.adjustedClose != nil || b.adjustedClose != nil {
      joined.adjustedClose =
        (a.adjustedClose ?? [Double](repeating: .nan, count: a.times.count))
        + (b.adjustedClose ?? [Double](repeating: .nan, count: b.times.count))
    }
    joined.events = a.events + b.events
    joined.meta.sessions = a.meta.sessions + b.meta.sessions
    return joined
  }

  // MARK: One request

  private func fetch(_ request: YahooRequest, _ cancellation: CancellationSignal) throws(MarketDataError) -> YahooChart
  {
    let deadline = uptime() + limits.totalSeconds
    var failures = 0
    var mayWaitOnThrottle = uptime() - state.withLock { $0.throttledAt } > 300
    var base = 0
    while true {
      var askedToWait = 0.0
      do throws(MarketDataError) {
        let response = try send(request, base: bases[base], seconds: deadline - uptime(), cancellation)
        askedToWait = response.retryAfterSeconds ?? 0
        return try YahooReply.chart(in: response, to: request, host: HTTPAddress.host(of: bases[base]))
      } catch {
        failures += 1
        var pause = retry.pauseSeconds * Double(1 << min(failures - 1, 10))
        if case .throttled = error {
          if !mayWaitOnThrottle {
            state.withLock { $0.throttledAt = uptime() }
            throw error
          }
          mayWaitOnThrottle = false
          pause = retry.throttledPauseSeconds
          base = (base + 1) % bases.count
        } else if !error.mayPass || failures >= retry.attempts {
          throw error
        }
        pause = max(pause * (0.5 + retry.jitter()), askedToWait)
        if uptime() + pause >= deadline { throw error }
        if !cancellation.wait(seconds: pause) { throw .cancelled }
      }
    }
  }

  private func send(
    _ request: YahooRequest, base: String, seconds: Double, _ cancellation: CancellationSignal
  ) throws(MarketDataError) -> HTTPResponse {
    let wait = state.withLock { $0.lastStart } + retry.pacingSeconds - uptime()
    if !cancellation.wait(seconds: min(wait, retry.pacingSeconds)) { throw .cancelled }
    state.withLock { $0.lastStart = uptime() }
    var limits = limits
    limits.totalSeconds = max(0.001, seconds)
    limits.connectSeconds = min(limits.connectSeconds, limits.totalSeconds)
    let http = HTTPRequest(
      url: base + request.target,
      headers: [("Accept", "application/json, text/plain, */*"), ("Accept-Language", "en-US,en;q=0.9")], limits: limits)
    do throws(HTTPError) {
      return try client.fetchBlocking(http, cancellation: cancellation)
    } catch {
      if error == .cancelled { throw .cancelled }
      // A later try has less time left; the user knows only the whole.
      if case .timedOut(let host, let seconds) = error, seconds == limits.totalSeconds {
        throw .network(.timedOut(host: host, seconds: self.limits.totalSeconds))
      }
      throw .network(error)
    }
  }
}
