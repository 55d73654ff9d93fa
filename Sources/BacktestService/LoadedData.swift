import MarketData
import TradingModel

/// The bars of a request, loaded and cut to its range.
struct LoadedData {
  let series: BarSeries
  let symbol: String
  private let source: String
  private let notes: [String]

  /// Loads them.
  ///
  /// - Throws: ``ServiceError``.
  init(_ request: BacktestRequest, isCancelled: (@Sendable () -> Bool)?) throws {
    let whole: BarSeries
    switch request.data {
    case .sample(let name, let adjusted):
      do { whole = try Samples.load(name, adjusted: adjusted) } catch { throw ServiceError.data("\(error)") }
      symbol = name.uppercased()
      source = "sample \(symbol), daily, \(adjusted ? "adjusted for splits and dividends" : "as traded")"
      notes = []
    case .file(let path, let options):
      do {
        let imported = try CSVImporter(options: options, isCancelled: isCancelled).read(path: path)
        whole = imported.series
        symbol = imported.symbol ?? Self.symbol(ofFile: path)
        notes = imported.report.notes
      } catch { throw ServiceError.data("\(error)") }
      source = "file \(path)"
    }
    guard request.from != nil || request.to != nil else {
      series = whole
      return
    }
    series = whole.slice(from: request.from, to: request.to)
    if series.isEmpty, let first = whole.times.first, let last = whole.times.last {
      throw ServiceError.noBarsInRange(symbol: symbol, first: first, last: last)
    }
  }

  var description: BacktestReport.DataDescription {
    BacktestReport.DataDescription(
      source: source, count: series.count, start: series.times.first ?? 0, end: series.times.last ?? 0,
      sha256: Fingerprint.data(series), notes: notes)
  }

  /// The name of a file without folders and endings, upper-cased: `data/goog.csv.gz` is GOOG.
  static func symbol(ofFile path: String) -> String {
    let name = path.split(separator: "/").last ?? "data"
    return String(name.prefix { $0 != "." }).uppercased()
  }
}
