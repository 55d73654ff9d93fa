package import JSONRPC
public import PluginHost

/// Performs the numbered conformance checks of `protocol/v1/checks.json` on a strategy.
///
/// The strategy is started many times, mostly once for several checks, with processes that are ended for good before this
/// returns. Every wait has a deadline, so that a strategy that hangs, floods or lies only fails its checks. Blocks the
/// calling thread, for a few seconds with a well-behaved strategy.
///
/// - Parameters:
///   - command: How the strategy is started.
///   - level: Which checks; every level includes `core`.
///   - options: Parameters, patience, known failures.
///   - cancellation: Asked about twenty times a second; `true` gives up.
///   - progress: Told each result as it is known, on the calling thread.
/// - Returns: One result a check, in the order of `checks.json`.
/// - Throws: ``ConformanceError`` when the options do not fit the strategy or the caller gave up.
public func check(
  command: PluginCommand, level: ConformanceLevel = .all, options: ConformanceOptions = ConformanceOptions(),
  cancellation: (@Sendable () -> Bool)? = nil, progress: ((ConformanceProgress) -> Void)? = nil
) throws(ConformanceError) -> ConformanceReport {
  let kit = CheckKit(command: command, options: options, cancellation: cancellation)
  defer { kit.close() }
  return try kit.perform(level, progress)
}

/// Which checks to perform.
public enum ConformanceLevel: String, Sendable, CaseIterable {
  /// What every strategy must do.
  case core
  /// Core, and what a strategy that declares streamed must do.
  case streamed
  /// Core, and what a strategy that declares vectorized must do.
  case vectorized
  /// Core, and what a strategy should survive.
  case robust
  /// Everything that applies.
  case all

  /// Whether a check of `level` belongs to it.
  func includes(_ level: ConformanceLevel) -> Bool { self == .all || level == .core || level == self }
}

/// How the checks are performed.
public struct ConformanceOptions: Sendable {
  /// Values of the strategy's parameters, as text; defaults for the others.
  public var parameters: [String: String]
  /// Multiplies every waiting time.
  public var timeoutScale: Double
  /// Only these ids; empty performs the level's.
  public var only: Set<String>
  /// Ids of checks that are known to fail; one that passes nevertheless counts as failed.
  public var expectedFailures: Set<String>
  /// The version told to the strategy.
  public var hostVersion: String
  /// Told each message of every process, its direction first; for tests of what is sent.
  package var observer: (@Sendable (String, JSONValue) -> Void)?

  /// Makes options.
  public init(
    parameters: [String: String] = [:], timeoutScale: Double = 1, only: Set<String> = [],
    expectedFailures: Set<String> = [], hostVersion: String = "1.0"
  ) {
    self.parameters = parameters
    self.timeoutScale = timeoutScale
    self.only = only
    self.expectedFailures = expectedFailures
    self.hostVersion = hostVersion
  }
}

/// One finished check among all that were asked for.
public struct ConformanceProgress: Sendable {
  /// Its place, from 1 on.
  public var number: Int
  /// How many are performed.
  public var total: Int
  /// How it ended.
  public var check: ConformanceReport.Check
}

/// Why no report could be made.
public enum ConformanceError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A given parameter does not have the type the strategy declares.
  case badParameter(name: String, value: String, type: String)
  /// A given parameter is not declared by the strategy: its name and the declared ones.
  case unknownParameter(name: String, known: [String])
  /// The caller gave up.
  case cancelled

  /// One sentence.
  public var description: String {
    switch self {
    case .badParameter(let name, let value, let type):
      "--param \(name) was \(value); the strategy declares it as \(type)."
    case .unknownParameter(let name, let known):
      known.isEmpty
        ? "The strategy has no parameter \(name); it declares none."
        : "The strategy has no parameter \(name); it declares \(known.joined(separator: ", "))."
    case .cancelled: "The checks were cancelled."
    }
  }
}
