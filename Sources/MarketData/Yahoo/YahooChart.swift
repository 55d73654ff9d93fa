/// One reply of the v8 chart API, as it was sent: times in epoch seconds, NaN where a cell was null.
struct YahooChart: Sendable, Equatable {
  var meta = YahooMeta()
  /// Start of each row.
  var times: [Int64] = []
  /// One value per row.
  var open: [Double] = []
  /// One value per row.
  var high: [Double] = []
  /// One value per row.
  var low: [Double] = []
  /// One value per row.
  var close: [Double] = []
  /// One value per row.
  var volume: [Double] = []
  /// Closes adjusted for dividends; `nil` when the reply has none, as intraday ones.
  var adjustedClose: [Double]?
  /// Dividends, splits and capital gains by their real date, oldest first.
  var events: [YahooEvent] = []
}

/// What a reply says about the instrument.
struct YahooMeta: Sendable, Equatable {
  var symbol = ""
  /// As Yahoo writes it: `USD`, `GBp` for pence; `nil` when unknown.
  var currency: String?
  var exchange = ""
  var instrumentType = ""
  var name: String?
  /// IANA name of the exchange's zone.
  var timeZone: String?
  /// Interval of the rows, e.g. `1d`.
  var granularity = ""
  /// Epoch seconds of the first trade ever; `nil` when unknown.
  var firstTrade: Int64?
  /// The session of the current or next trading day, epoch seconds.
  var regularSession: Session?
  /// The regular sessions of each day in an intraday reply.
  var sessions: [Session] = []

  struct Session: Sendable, Equatable {
    var start: Int64
    var end: Int64
  }
}

/// A payment or a split.
struct YahooEvent: Sendable, Equatable {
  /// Epoch seconds at the opening of the ex-date's session.
  var time: Int64
  var kind: Kind

  enum Kind: Sendable, Equatable {
    /// Money per share, adjusted for later splits.
    case dividend(Double)
    /// Money per share paid out by a fund.
    case capitalGain(Double)
    /// 4 new shares for 1 old one are `split(numerator: 4, denominator: 1)`.
    case split(numerator: Double, denominator: Double)
  }
}

/// What Yahoo answers in place of bars.
struct YahooRefusal: Error, Sendable, Equatable {
  var code: String
  var explanation: String
}
