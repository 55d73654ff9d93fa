import JSONRPC
import MarketData
public import RunStore
public import TradingModel

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The bars of a run that was stored earlier. The store keeps their hash, not the bars themselves: they are loaded again
/// from where the run's request says, and are the run's bars only if they have that hash.
public enum StoredBars: Sendable {
  /// The very bars the run used.
  case loaded(BarSeries)
  /// They are not to be had any more, or not unchanged: one sentence.
  case unavailable(String)

  /// Loads the bars of a run. Reads files that the stored request names and what the cache kept for it, never the network;
  /// blocks its thread.
  ///
  /// - Parameters:
  ///   - marketData: Whose cache kept the bars of runs on fetched and imported data.
  ///   - isCancelled: Asked while a file is read; `true` ends the reading.
  public static func load(
    _ record: RunRecord, marketData: MarketDataProvider = .ofProcess, isCancelled: (@Sendable () -> Bool)? = nil
  ) -> StoredBars {
    guard let expected = record.dataSHA256 else {
      return .unavailable("The run ended before its bars were loaded, so there are no prices to show.")
    }
    guard let text = record.request, let request = try? JSONValue(parsing: text), let data = request["data"] else {
      return .unavailable("The run's request is not stored, so its bars cannot be found again.")
    }
    let range = (from: request["from"]?.intValue, to: request["to"]?.intValue)
    if let name = data["sample"]?.stringValue {
      guard let bars = try? Samples.load(name, adjusted: data["adjusted"]?.boolValue ?? true) else {
        return .unavailable("This program does not carry the sample \(name) that the run used.")
      }
      return check(bars, range, expected, from: "the sample \(name)")
    }
    if let path = data["file"]?.stringValue {
      return file(path, said(data), range, expected, isCancelled)
    }
    if data["yahoo"] != nil || data["import"] != nil { return kept(expected, marketData) }
    return .unavailable("The run's bars came from a source that cannot be read again, so only its equity is shown.")
  }

  private typealias Span = (from: Int?, to: Int?)

  /// Bars that the cache keeps under their hash.
  private static func kept(_ hash: String, _ marketData: MarketDataProvider) -> StoredBars {
    do {
      return .loaded(try marketData.service().snapshotBlocking(sha256: hash).series)
    } catch MarketDataError.noSuchDataSet {
      return .unavailable("The cache no longer holds the bars that the run used, so its prices cannot be shown.")
    } catch {
      return .unavailable("The bars that the run used cannot be read: \(error)")
    }
  }

  /// What the request said about how its file is to be read.
  private static func said(_ data: JSONValue) -> CSVOptions {
    var options = CSVOptions()
    options.adjust = data["adjusted"]?.boolValue ?? false
    options.symbol = data["symbol"]?.stringValue
    options.dateOrder = data["date_order"]?.stringValue.flatMap { CSVOptions.DateOrder(rawValue: $0) }
    options.decimalComma = data["decimal_comma"]?.boolValue
    options.priceDivisor = data["price_divisor"]?.doubleValue
    options.utcOffsetMinutes = Int32(clamping: data["utc_offset_minutes"]?.intValue ?? 0)
    options.sort = data["sort"]?.boolValue ?? false
    return options
  }

  private static func file(
    _ path: String, _ said: CSVOptions, _ range: Span, _ expected: String, _ isCancelled: (@Sendable () -> Bool)?
  ) -> StoredBars {
    var information = stat()
    // A pipe or a device under that name would be waited for without end.
    guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      return .unavailable("The file \(path) that the run's bars came from is not there any more.")
    }
    let bars: BarSeries
    do {
      bars = try CSVImporter(options: said, isCancelled: isCancelled).read(path: path).series
    } catch {
      return .unavailable("The file \(path) that the run used cannot be read: \(error)")
    }
    return check(bars, range, expected, from: "the file \(path)")
  }

  private static func check(_ bars: BarSeries, _ range: Span, _ expected: String, from source: String) -> StoredBars {
    let used = bars.slice(from: range.from.map { Int64($0) }, to: range.to.map { Int64($0) })
    return DataSnapshot.sha256(of: used) == expected ? .loaded(used) : .unavailable(changed(source))
  }

  private static func changed(_ source: String) -> String {
    "The bars of \(source) are not the ones the run used (their SHA-256 differs), so its prices cannot be shown."
  }
}
