public import TradingModel

/// Why bars could not be had. Each case's ``description`` is one or two sentences: what, where, and what to do.
public enum MarketDataError: Error, Sendable, Equatable {
  /// A symbol with signs no symbol has.
  case invalidSymbol(String)
  /// An interval that is not offered.
  case unknownInterval(String)
  /// A text that is not a date or time.
  case invalidTime(String)
  /// A range whose end is not after its beginning.
  case emptyRange(from: EpochMilliseconds, to: EpochMilliseconds)
  /// Two options that exclude each other.
  case conflictingOptions(String)
  /// A setting of the environment that cannot be used.
  case invalidSetting(name: String, value: String, reason: String)

  /// Yahoo does not know the symbol.
  case unknownSymbol(symbol: String, said: String)
  /// Yahoo has no bars at all in the range, which ends before the first one.
  case beforeListing(symbol: String, said: String)
  /// Yahoo has no times for the range.
  case noTimes(symbol: String, said: String)
  /// The range goes further back than Yahoo keeps bars of the interval, by its own word.
  case limitExceeded(symbol: String, said: String)
  /// The same, known before asking.
  case beyondHistory(symbol: String, interval: BarInterval, days: Int64, earliest: EpochMilliseconds)
  /// Yahoo refuses the request's form.
  case badRequest(symbol: String, said: String)
  /// Yahoo asks for credentials that bars do not need.
  case unauthorized(host: String, said: String)
  /// Any other refusal.
  case refused(host: String, status: Int, said: String)
  /// Too many requests from here.
  case throttled(host: String)
  /// The service is down.
  case outage(host: String, status: Int)
  /// A redirect to a page that asks for consent.
  case consent(host: String, target: String)
  /// A reply that is a web page, not data.
  case notData(host: String, contentType: String)
  /// A reply that ends too early.
  case cutShort(host: String, reason: String)
  /// A reply that cannot be read.
  case unreadable(host: String, reason: String)
  /// Bars of another length than asked for.
  case wrongInterval(host: String, asked: String, received: String)
  /// No reply at all.
  case network(HTTPError)

  /// A zone whose rules the system does not have.
  case timeZoneUnknown(String)
  /// Bars that no backtest can use.
  case invalidBars(symbol: String, fault: BarSeriesError)
  /// Adjusting makes prices zero or negative.
  case adjustmentNotPositive(symbol: String, time: EpochMilliseconds)

  /// `--offline`, and the cache lacks the bars.
  case notCached(symbol: String, interval: String, cached: String?)
  /// No data set or snapshot of that name.
  case noSuchDataSet(String)
  /// The cache file cannot be used.
  case cache(path: String, reason: String)
  /// The cache kept changing under this process.
  case cacheBusy(path: String)
  /// The caller cancelled.
  case cancelled

  /// Whether the caller asked for something that does not exist, rather than something that went wrong.
  public var isUsageError: Bool {
    switch self {
    case .invalidSymbol, .unknownInterval, .invalidTime, .emptyRange, .conflictingOptions, .invalidSetting,
      .noSuchDataSet:
      true
    default: false
    }
  }

  /// Whether bars already in the cache are a sensible answer: Yahoo cannot be reached, or does not answer sensibly.
  var leavesCacheUsable: Bool {
    switch self {
    case .throttled, .outage, .consent, .notData, .cutShort, .unreadable, .network(.hostNotFound),
      .network(.connectionFailed),
      .network(.timedOut), .network(.interrupted), .network(.insecure), .network(.libraryUnavailable),
      .network(.failed), .network(.redirectRefused), .network(.bodyTooLarge), .unauthorized, .refused:
      true
    default: false
    }
  }

  /// Whether the same request may well succeed in a moment. A throttled one needs longer and is handled apart.
  var mayPass: Bool {
    switch self {
    case .network(let error): error.mayPass
    case .outage, .cutShort: true
    default: false
    }
  }
}

extension MarketDataError: CustomStringConvertible {
  /// What failed, where, and what to do next.
  public var description: String {
    switch self {
    case .invalidSymbol(let symbol):
      "\"\(symbol)\" is not a symbol; write it as Yahoo does, e.g. AAPL, ^GSPC, EURUSD=X, BTC-USD or OCDO.L."
    case .unknownInterval(let text):
      "The interval \"\(text)\" is not offered; choose one of \(BarInterval.allCases.map(\.rawValue).joined(separator: ", "))."
    case .invalidTime(let text):
      "\"\(text)\" is not a date; write 2020-08-31, or 2020-08-31 09:30 on the exchange's clock, or 2020-08-31T13:30Z."
    case .emptyRange(let from, let to):
      "The range from \(UTCText.format(from)) to \(UTCText.format(to)) holds no time; its end, which is not included, must be later than its beginning."
    case .conflictingOptions(let text): text
    case .invalidSetting(let name, let value, let reason): "\(name) is \"\(value)\", which cannot be used: \(reason)."
    case .unknownSymbol(let symbol, let said):
      "Yahoo has no symbol \(symbol); it says \"\(said)\". Check the spelling at finance.yahoo.com."
    case .beforeListing(let symbol, let said):
      "\(symbol) has no bars in this range, which ends before its first one; Yahoo says \"\(said)\". Choose a later range."
    case .noTimes(let symbol, let said):
      "Yahoo has a gap where bars of \(symbol) were asked for; it says \"\(said)\". Choose another range, or try again later."
    case .limitExceeded(let symbol, let said):
      "Yahoo does not give out so long or old a range of \(symbol) at this interval; it says \"\(said)\". Choose a later start or a longer interval."
    case .beyondHistory(let symbol, let interval, let days, let earliest):
      "Yahoo keeps \(interval.rawValue) bars for \(days) days, and the range asked of \(symbol) ends before \(UTCText.formatDate(earliest)); choose a later range or a longer interval."
    case .badRequest(let symbol, let said):
      "Yahoo refuses the request for \(symbol); it says \"\(said)\". Check symbol, dates and interval."
    case .unauthorized(let host, let said):
      "\(host) asks for credentials, which price bars do not need; it says \"\(said)\". Check the address in BACKTESTER_YAHOO_URL, or try again later."
    case .refused(let host, let status, let said):
      "\(host) refuses with status \(status)\(said.isEmpty ? "" : "; it says \"\(said)\""). Try again later."
    case .throttled(let host):
      "\(host) refuses further requests from here for a while (status 429, too many requests); wait 20 minutes or more, or set another browser's User-Agent in BACKTESTER_USER_AGENT."
    case .outage(let host, let status):
      "\(host) is out of service (status \(status)); try again later, or run with --offline on cached bars."
    case .consent(let host, let target):
      "\(host) redirects to a page that asks for consent (\(target)), which only a browser can answer; try again from another network, or set BACKTESTER_YAHOO_URL to a mirror."
    case .notData(let host, let contentType):
      "\(host) sent a web page\(contentType.isEmpty ? "" : " (\(contentType))") where price data were expected; check the address in BACKTESTER_YAHOO_URL, or a sign-in page of your network, and try again later."
    case .cutShort(let host, let reason):
      "The reply of \(host) was cut short: \(reason). Try again later."
    case .unreadable(let host, let reason):
      "The reply of \(host) cannot be read: \(reason). Check that it is Yahoo's chart API that answers, and try again later."
    case .wrongInterval(let host, let asked, let received):
      "\(host) sent \(received) bars where \(asked) bars were asked for, so they are not used; choose another interval."
    case .network(let error): error.description
    case .timeZoneUnknown(let name):
      "The rules of the time zone \"\(name)\" are not on this system, and without them bars have no dates; install the time-zone files (Debian: tzdata)."
    case .invalidBars(let symbol, let fault): "The bars of \(symbol) cannot be used. \(fault)"
    case .adjustmentNotPositive(let symbol, let time):
      "Adjusted for dividends, the price of \(symbol) on \(UTCText.formatDate(time)) is not above 0; start later, or use unadjusted prices."
    case .notCached(let symbol, let interval, let cached):
      "The cache does not hold these \(interval) bars of \(symbol)\(cached.map { "; it holds \($0)" } ?? ""). Run once without --offline to fetch them."
    case .noSuchDataSet(let name): "There is no data set \"\(name)\" in the cache; `data list` shows those there are."
    case .cache(let path, let reason):
      "The cache of bars at \(path) cannot be used: \(reason). Name another folder in BACKTESTER_CACHE, or move the file away."
    case .cacheBusy(let path):
      "The cache of bars at \(path) kept being changed by another process; try again when that has finished."
    case .cancelled: "Fetching the bars was cancelled."
    }
  }
}
