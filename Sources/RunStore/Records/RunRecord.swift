public import TradingModel

/// Names a run: text that the caller makes, unique in the store and best made so that it sorts by time.
public typealias RunID = String

/// What is known about a run apart from its trades, events and series.
public struct RunRecord: Sendable, Equatable {
  /// Its name.
  public var id: RunID
  /// Where it stands.
  public var status: RunStatus
  /// The strategy's name.
  public var strategy: String
  /// What it trades, in index order.
  public var instruments: [Instrument]
  /// The bars' timeframe, e.g. `1d`.
  public var interval: String
  /// Money at the start.
  public var startingCapital: Double
  /// When it was asked for.
  public var created: EpochMilliseconds

  /// Opening time of the first bar; before the bars are loaded, of the range asked for.
  public var start: EpochMilliseconds?
  /// Opening time of the last bar; before the bars are loaded, of the range asked for.
  public var end: EpochMilliseconds?
  /// When it left the queue.
  public var started: EpochMilliseconds?
  /// When it ended.
  public var finished: EpochMilliseconds?
  /// How long it took, in microseconds.
  public var durationMicroseconds: Int64?
  /// Number of bars it processed.
  public var bars: Int?
  /// Index of the last warm-up bar.
  public var warmUpIndex: Int?
  /// The bar on which the account was ruined.
  public var ruinIndex: Int?
  /// Commissions taken from the account, in money.
  public var commissions: Double?

  /// Its statistics, in the order they are to be shown.
  public var metrics: [RunMetric]
  /// Words the user filed it under, without duplicates.
  public var tags: [String]
  /// What a user should know, one sentence each.
  public var warnings: [String]
  /// Why it failed.
  public var failure: RunFailure?

  /// The request as JSON text; the store does not read it.
  public var request: String?
  /// The strategy's parameters as JSON text; the store does not read it.
  public var parameters: String?
  /// Id of the data set the bars are of, as users name it, e.g. `GOOG`; `nil` for bars that have none.
  public var dataset: String?
  /// The sweep it is a trial of.
  public var sweepID: String?
  /// SHA-256 of the bars, in hexadecimal.
  public var dataSHA256: String?
  /// Hash of the strategy's program.
  public var strategyHash: String?
  /// Version of the program that ran it.
  public var engineVersion: String?
  /// The broker's rule book, e.g. `compat`.
  public var profile: String?
  /// How the strategy was fed, e.g. `lockstep`.
  public var mode: String?
  /// Seed of the strategy's randomness. In SQL a seed from 2^63 up shows as a negative number.
  public var seed: UInt64?
  /// SHA-256 over request, data and order stream, in hexadecimal.
  public var fingerprint: String?

  /// The process that works on it.
  public var owner: RunOwner?
  /// When ``owner`` was last known to be alive.
  public var heartbeat: EpochMilliseconds?

  /// Makes the record of a run about which nothing else is known; set the other properties as they become known.
  public init(
    id: RunID, status: RunStatus, strategy: String, instruments: [Instrument], interval: String,
    startingCapital: Double, created: EpochMilliseconds
  ) {
    self.id = id
    self.status = status
    self.strategy = strategy
    self.instruments = instruments
    self.interval = interval
    self.startingCapital = startingCapital
    self.created = created
    metrics = []
    tags = []
    warnings = []
  }

  /// The symbol of the first instrument; empty when there is none.
  public var ticker: String { instruments.first?.symbol ?? "" }

  /// The value of a statistic; `nil` when it is undefined or absent.
  public func metric(_ name: String) -> Double? { metrics.first { $0.name == name }?.value }
}
