public import TradingModel

/// Daily bars of five stocks that the program carries, so that a first backtest needs no file and no network.
///
/// Source: Quandl WIKI (public domain) as shipped by the Python package bokeh-sampledata 2026.1 (BSD). Prices and volumes
/// are as traded, in US dollars; AAPL (2000-06-21, 2005-02-28) and MSFT (2003-02-18) were split in that time. The tables
/// are in Samples/Tables, written by Tests/MarketDataTests/Samples/make_samples.py.
public enum Samples {
  /// The symbols there are: GOOG 2004-08-19 to 2013-03-01 (2148 bars), AAPL, IBM, MSFT 2000-03-01 to 2013-03-01
  /// (3270 bars each), FB 2012-05-18 to 2013-03-01 (196 bars).
  public static let names = ["GOOG", "AAPL", "IBM", "MSFT", "FB"]

  /// The bars of a sample, stamped 00:00 UTC of their trading date.
  ///
  /// - Parameters:
  ///   - name: One of ``names``, in any case.
  ///   - adjusted: Whether prices are adjusted for splits and dividends: open, high and low times adjusted close / close,
  ///     the close being the adjusted close itself. The volume is never adjusted.
  /// - Throws: ``SampleError/unknown(name:)``.
  public static func load(_ name: String, adjusted: Bool) throws -> BarSeries {
    guard let text = text(name) else { throw SampleError.unknown(name: name) }
    return try bars(text, adjusted: adjusted)
  }

  /// The sample as CSV text: `Date,Open,High,Low,Close,Volume,Adj Close`, prices and volumes as traded.
  ///
  /// - Parameter name: One of ``names``, in any case.
  /// - Throws: ``SampleError/unknown(name:)``.
  public static func csv(_ name: String) throws -> String {
    guard let text = text(name) else { throw SampleError.unknown(name: name) }
    return text.description
  }

  private static func text(_ name: String) -> StaticString? {
    let file = "\(name.uppercased()).csv"
    return embedded.first { $0.name == file }?.text
  }

  /// Reads a text of known shape; `SamplesTests` compares it with what the importer makes of the same text.
  private static func bars(_ text: StaticString, adjusted: Bool) throws -> BarSeries {
    let end = text.utf8Start + text.utf8CodeUnitCount
    var position = skipLine(text.utf8Start, end)
    // A line has 40 bytes or more.
    let capacity = text.utf8CodeUnitCount / 40
    var times: [EpochMilliseconds] = []
    times.reserveCapacity(capacity)
    var columns = Array(repeating: [Double](), count: 5)
    for column in columns.indices { columns[column].reserveCapacity(capacity) }
    while position < end {
      times.append(date(position) * 86_400_000)
      position += 10
      var row = (open: Double.nan, high: Double.nan, low: Double.nan, close: Double.nan, volume: Double.nan)
      var adjustedClose = Double.nan
      next(&position, &row.open)
      next(&position, &row.high)
      next(&position, &row.low)
      next(&position, &row.close)
      next(&position, &row.volume)
      next(&position, &adjustedClose)
      position = skipLine(position, end)
      if adjusted {
        let ratio = adjustedClose / row.close
        row = (row.open * ratio, row.high * ratio, row.low * ratio, adjustedClose, row.volume)
      }
      columns[0].append(row.open)
      columns[1].append(row.high)
      columns[2].append(row.low)
      columns[3].append(row.close)
      columns[4].append(row.volume)
    }
    return try BarSeries(
      times: times, open: columns[0], high: columns[1], low: columns[2], close: columns[3], volume: columns[4])
  }

  /// Reads a number behind a comma; leaves the value as it is when there is none.
  private static func next(_ position: inout UnsafePointer<UInt8>, _ value: inout Double) {
    guard position.pointee == UInt8(ascii: ","), let end = DecimalText.scan(position + 1, into: &value) else { return }
    position = end
  }

  private static func skipLine(_ start: UnsafePointer<UInt8>, _ end: UnsafePointer<UInt8>) -> UnsafePointer<UInt8> {
    var position = start
    while position < end, position.pointee != UInt8(ascii: "\n") { position += 1 }
    return position < end ? position + 1 : end
  }

  /// The day number of a date written `2004-08-19`.
  private static func date(_ text: UnsafePointer<UInt8>) -> Int64 {
    func digits(_ range: Range<Int>) -> Int64 { range.reduce(0) { $0 * 10 + Int64(text[$1] &- UInt8(ascii: "0")) } }
    return UTCText.days(year: digits(0..<4), month: digits(5..<7), day: digits(8..<10))
  }
}
