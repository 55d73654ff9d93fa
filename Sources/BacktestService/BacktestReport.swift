public import JSONRPC
import MarketData
public import PerformanceMetrics
public import TradingModel

/// Everything known about one run, finished or not.
public struct BacktestReport: Sendable {
  /// How a run ended.
  public enum Status: String, Sendable {
    /// It reached the last bar, or ruin.
    case completed
    /// The strategy, or a rule the user asked for, ended it.
    case failed
    /// The user ended it.
    case cancelled
  }

  /// What went wrong in a failed run.
  public struct Failure: Sendable, Equatable {
    /// A stable name for programs, e.g. `strategy_error`.
    public var kind: String
    /// One sentence.
    public var message: String

    /// Who has to act, when that is known: `strategy`, `host`, `user`.
    public var fault: String?
    /// More about it as JSON: exit code or signal, place, the end of standard error, the last messages.
    public var detail: JSONValue?

    /// Makes a failure.
    public init(kind: String, message: String, fault: String? = nil, detail: JSONValue? = nil) {
      self.kind = kind
      self.message = message
      self.fault = fault
      self.detail = detail
    }
  }

  /// The bars a run used.
  public struct DataDescription: Sendable, Equatable {
    /// Where they came from, for people.
    public var source: String
    /// How many.
    public var count: Int
    /// Time of the first.
    public var start: EpochMilliseconds
    /// Time of the last.
    public var end: EpochMilliseconds
    /// SHA-256 of the columns, in hexadecimal.
    public var sha256: String
    /// What a user should know about them, one sentence each: the same whenever the same bars are used.
    public var notes: [String]
    /// Where the cache had them from: a host, or a file; `nil` for samples and files.
    public var host: String?
    /// When the cache got them; `nil` for samples and files.
    public var fetchedAt: EpochMilliseconds?
    /// Milliseconds since then.
    public var age: Int64?
    /// What a user should know about this load of them: their age, what changed at the source. Another run on the same
    /// bars has others, so these are not part of ``BacktestReport/warnings``.
    public var loadNotes: [String] = []

    /// `fetched from query2.finance.yahoo.com 3 hours ago`; `nil` for samples and files.
    public var provenance: String? {
      guard let host, let age else { return nil }
      let isImport = source.hasPrefix("import ")
      let ago = age < 60_000 ? "just now" : "\(AgeText.text(age)) ago"
      return "\(isImport ? "imported" : "fetched") from \(host) \(ago)"
    }
  }

  /// Its number in the store; `nil` when it is not stored.
  public var runID: String?
  /// How it ended.
  public var status: Status
  /// The request, everything filled in.
  public var request: ResolvedRequest
  /// The bars it used.
  public var data: DataDescription
  /// The bars themselves.
  public var bars: BarSeries
  /// What the engine produced; up to the last whole bar when the run did not complete.
  public var run: BacktestRun
  /// Its statistics.
  public var metrics: PerformanceMetrics
  /// Why it failed.
  public var failure: Failure?
  /// What the look-ahead check said; `nil` when the strategy was not able to look ahead.
  public var lookahead: LookaheadCheckResult?
  /// SHA-256 over request, data and order stream, in hexadecimal.
  public var fingerprint: String
  /// Time the bar loop took.
  public var engineTime: Duration
  /// Time from request to report, loading included.
  public var totalTime: Duration
  /// The database file it was saved in.
  public var savedIn: String?
  /// Why it could not be saved.
  public var saveFailure: String?

  /// Keeps the run's bars in the cache for good; `nil` when they are not in the cache.
  var keeper: (@Sendable () throws -> Void)?

  /// Keeps the run's bars for good, because a stored run refers to them by their hash; the cache forgets others after 90
  /// days. Does nothing for samples and files. ``save(in:id:now:engineVersion:)`` calls it.
  public func keepBars() throws { try keeper?() }

  /// What a user should know, data first. The same request on the same bars gives the same.
  public var warnings: [String] { data.notes + run.warnings }
}
