internal import TradingModel

/// What tells data sets of the cache apart.
struct DataSetKey: Sendable, Hashable {
  /// `yahoo` or `import`.
  var provider: String
  /// A symbol, or the name an imported set was given.
  var symbol: String
  /// The stored interval, e.g. `1d`; empty for imported sets of no known one.
  var interval: String
  var extendedHours: Bool
}

/// All that the cache holds of one symbol at one interval: the newest version of it.
struct StoredDataSet: Sendable, Equatable {
  var key: DataSetKey
  /// Counts changes, so that two processes notice each other's.
  var revision: Int64 = 0
  /// Which state of the cache it was read in; 0 for one that is not as it was read.
  var generation: UInt64 = 0
  var currency: String?
  var exchange = ""
  var instrumentType = ""
  var name: String?
  /// IANA name of the exchange's zone.
  var timeZone: String
  /// Seconds from local midnight to the end of the regular session.
  var sessionEnd: Int64?
  /// Where the bars came from: a host, or a file.
  var host: String
  /// When the newest bars were fetched.
  var fetchedAt: EpochMilliseconds
  var coverage = Coverage()
  /// From here on bars may still change: fetched within a day of their end, or later than a recent hole.
  var provisionalFrom: EpochMilliseconds
  var bars = RawBars()
  var actions: [CorporateAction] = []

  /// The zone by its rules.
  func zone() throws(MarketDataError) -> ExchangeTimeZone { try ExchangeTimeZone(identifier: timeZone) }

  /// ``timeZone`` as strategies are told it; `nil` for UTC.
  var clockName: String? { ["UTC", "GMT", "Etc/UTC", "Etc/GMT"].contains(timeZone) ? nil : timeZone }

  /// From where bars fetched at `fetchedAt` are not final: the first that ended within a day of it, since Yahoo
  /// revises bars overnight, or the first hole of the last 30 days, since it fills holes.
  static func provisionalFrom(_ bars: RawBars, clock: BarClock, fetchedAt: EpochMilliseconds) -> EpochMilliseconds {
    let unsettled = clock.firstOpen(at: fetchedAt - Day.milliseconds)
    let recent = bars.firstRow(notBefore: fetchedAt - 30 * Day.milliseconds)
    let hole = (recent..<bars.count).first { bars[$0].isHole }
    return min(unsettled, hole.map { bars.times[$0] } ?? unsettled)
  }
}
