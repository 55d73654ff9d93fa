/// How often a request is repeated, and after what pause.
public struct RetryPolicy: Sendable {
  /// Tries of a request that failed for a reason that may pass, the first included; 1 or more.
  public var attempts: Int
  /// Seconds before the second try, doubled before each further one, times 0.5...1.5.
  public var pauseSeconds: Double
  /// Seconds before the one more try after "too many requests", times 0.5...1.5.
  public var throttledPauseSeconds: Double
  /// Seconds between the starts of two requests.
  public var pacingSeconds: Double
  /// A number in 0..<1 for each pause, so that many clients do not return at the same moment.
  public var jitter: @Sendable () -> Double

  /// Makes a policy. The defaults follow what was seen to work with Yahoo: few tries, far apart.
  public init(
    attempts: Int = 3, pauseSeconds: Double = 1, throttledPauseSeconds: Double = 8, pacingSeconds: Double = 0.6,
    jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
  ) {
    self.attempts = attempts
    self.pauseSeconds = pauseSeconds
    self.throttledPauseSeconds = throttledPauseSeconds
    self.pacingSeconds = pacingSeconds
    self.jitter = jitter
  }
}
