public import TradingModel

/// Which runs to list, and in which order.
public struct RunQuery: Sendable, Equatable {
  /// Only runs in one of these; empty takes all.
  public var statuses: [RunStatus] = []
  /// Only runs of one of these strategies; empty takes all.
  public var strategies: [String] = []
  /// Only runs that trade this symbol, written as stored.
  public var symbol: String?
  /// Only runs on this data set.
  public var dataset: String?
  /// Only trials of this sweep.
  public var sweepID: String?
  /// Only runs that are not trials of a sweep.
  public var leavesOutTrials = false
  /// Only runs filed under all of these.
  public var tags: [String] = []
  /// Only runs with this text in their id, strategy, symbol, parameters or tags, in any case of ASCII letters.
  public var text: String?
  /// Only runs asked for in this time.
  public var created = TimeRange()
  /// Only runs whose first bar is in this time.
  public var start = TimeRange()
  /// Only runs whose last bar is in this time.
  public var end = TimeRange()

  /// What to sort by. Runs without a value come last, whatever the direction; runs with the same value are sorted by id.
  public var sort = RunSort.created
  /// Whether the largest value, and the last id among equals, comes first.
  public var descending = true
  /// Where to go on: ``RunPage/nextCursor`` of the page before, asked for with the same sort.
  public var cursor: String?
  /// Matching runs to skip after the cursor. Costs time in proportion; prefer cursors.
  public var offset = 0
  /// At most so many runs, from 1 to 1,000.
  public var limit = 50
  /// Whether the records hold only what a table of runs shows, which is read several times as fast: the first instrument,
  /// without its currency; of the statistics the return, CAGR, Sharpe ratio, drawdown, trades and win rate, those without
  /// a value left out; no request, warnings, tags, hashes, owner, and of a failure no details.
  public var summarizes = false
  /// Whether to count all matching runs.
  public var countsTotal = true

  /// A query for all runs, newest first.
  public init() {}
}

/// A span of time, open at either end where `nil`.
public struct TimeRange: Sendable, Equatable {
  /// The first time in it.
  public var from: EpochMilliseconds?
  /// The first time after it.
  public var to: EpochMilliseconds?

  /// Makes a span.
  public init(from: EpochMilliseconds? = nil, to: EpochMilliseconds? = nil) {
    self.from = from
    self.to = to
  }
}

/// What a list of runs is sorted by.
public enum RunSort: Sendable, Equatable {
  /// When it was asked for.
  case created
  /// When it left the queue.
  case started
  /// When it ended.
  case finished
  /// How long it took.
  case duration
  /// Number of bars.
  case bars
  /// Opening time of the first bar.
  case start
  /// Opening time of the last bar.
  case end
  /// Money at the start.
  case startingCapital
  /// Symbol of the first instrument.
  case symbol
  /// The strategy's name.
  case strategy
  /// Where it stands, by the status's name.
  case status
  /// The bars' timeframe, by its name.
  case interval
  /// A statistic, by its key.
  case metric(String)
}

/// One page of a list of runs.
public struct RunPage: Sendable, Equatable {
  /// The runs, sorted.
  public var runs: [RunRecord]
  /// Where the next page begins; `nil` after the last. Opaque, printable ASCII, safe in a URL.
  public var nextCursor: String?
  /// Number of all runs that match, on whatever page; `nil` unless ``RunQuery/countsTotal``.
  public var total: Int?

  /// Makes a page.
  public init(runs: [RunRecord], nextCursor: String?, total: Int?) {
    self.runs = runs
    self.nextCursor = nextCursor
    self.total = total
  }
}
