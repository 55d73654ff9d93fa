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

  /// Loads the bars of a run. Reads files that the stored request names, never the network; blocks its thread.
  ///
  /// - Parameter isCancelled: Asked while a file is read; `true` ends the reading.
  public static func load(_ record: RunRecord, isCancelled: (@Sendable () -> Bool)? = nil) -> StoredBars {
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
      return file(path, adjust: data["adjusted"]?.boolValue ?? false, range, expected, isCancelled)
    }
    return .unavailable("The run's bars came from a source that cannot be read again, so only its equity is shown.")
  }

  private typealias Span = (from: Int?, to: Int?)

  private static func file(
    _ path: String, adjust: Bool, _ range: Span, _ expected: String, _ isCancelled: (@Sendable () -> Bool)?
  ) -> StoredBars {
    var information = stat()
    // A pipe or a device under that name would be waited for without end.
    guard stat(path, &information) == 0, information.st_mode & S_IFMT == S_IFREG else {
      return .unavailable("The file \(path) that the run's bars came from is not there any more.")
    }
    // How a file was meant to be read where it leaves that open is not in the stored request; the hash tells.
    var problem: String?
    var wasRead = false
    for (order, sorts) in [(nil, false), (nil, true), (CSVOptions.DateOrder.dayFirst, true), (.monthFirst, true)] {
      var options = CSVOptions()
      options.adjust = adjust
      options.dateOrder = order
      options.sort = sorts
      do {
        let bars = try CSVImporter(options: options, isCancelled: isCancelled).read(path: path).series
        let found = check(bars, range, expected, from: "the file \(path)")
        // A file that can be read in one way only cannot give other bars in another.
        if case .loaded = found { return found } else if order == nil { return found }
        wasRead = true
      } catch {
        problem = problem ?? "\(error)"
      }
    }
    if !wasRead, let problem {
      return .unavailable("The file \(path) that the run used cannot be read: \(problem)")
    }
    return .unavailable(changed("the file \(path)"))
  }

  private static func check(_ bars: BarSeries, _ range: Span, _ expected: String, from source: String) -> StoredBars {
    let used = bars.slice(from: range.from.map { Int64($0) }, to: range.to.map { Int64($0) })
    return Fingerprint.data(used) == expected ? .loaded(used) : .unavailable(changed(source))
  }

  private static func changed(_ source: String) -> String {
    "The bars of \(source) are not the ones the run used (their SHA-256 differs), so its prices cannot be shown."
  }
}
