import BuiltInStrategies
import RunStore
import StrategyKit
import TradingModel

/// The query string of the list of runs: filters, order and page.
struct RunListQuery {
  /// Runs on a page unless the client says otherwise, and at most.
  static let pageSize = (standard: 50, maximum: 500)

  /// Names that runs can be ordered by; a minus sign before one turns the order round.
  static let orderings: [(name: String, sort: RunSort)] = [
    ("created", .created), ("ticker", .symbol), ("strategy", .strategy), ("status", .status), ("interval", .interval),
    ("start_date", .start), ("end_date", .end), ("starting_capital", .startingCapital), ("bars", .bars),
    ("duration_seconds", .duration), ("total_return_pct", .metric("total_return_pct")),
    ("cagr_pct", .metric("cagr_pct")), ("sharpe", .metric("sharpe")),
    ("max_drawdown_pct", .metric("max_drawdown_pct")), ("trades", .metric("trades")),
    ("winrate_pct", .metric("winrate_pct")),
  ]

  private(set) var query = RunQuery()
  private(set) var page = 1
  /// Everything but the page, to be repeated in links to other pages.
  private let others: [(name: String, value: String)]

  /// Reads a query string.
  ///
  /// - Throws: ``ReplyError/fields(_:)`` with every faulty parameter, ``ReplyError/notFound(_:)`` for a page that cannot be.
  init(_ text: String) throws(ReplyError) {
    let pairs: [(name: String, value: String)]
    do { pairs = try URLEncodedForm.pairs(Array(text.utf8)[...]) } catch { throw ReplyError(error) }
    var faults: [(field: String, messages: [String])] = []
    others = pairs.filter { $0.name != "page" }
    query.limit = Self.pageSize.standard
    query.summarizes = true
    var page: Int? = 1
    for (name, value) in pairs where !value.isEmpty {
      switch name {
      case "page": page = value.utf8.count <= 9 ? Int(value).flatMap { $0 >= 1 ? $0 : nil } : nil
      case "page_size":
        // Larger ones are cut, as Django REST Framework does.
        if let size = Int(value), size >= 1 {
          query.limit = min(size, Self.pageSize.maximum)
        } else {
          faults.append((name, ["A whole number of at least 1 is required."]))
        }
      case "ordering": Self.order(&query, by: value, &faults)
      case "ticker": query.symbol = value.uppercased()
      case "strategy":
        query.strategies += value.split(separator: ",").map { name in
          BuiltInStrategies.strategy(named: String(name))?.descriptor.name ?? String(name)
        }
      case "status":
        for word in value.split(separator: ",") {
          if let status = RunStatus(rawValue: String(word)) {
            query.statuses.append(status)
          } else {
            faults.append((name, ["\"\(word.prefix(100))\" is not a valid choice."]))
          }
        }
      case "start_date": query.start.from = Self.date(value, name, &faults)
      case "end_date": query.end.to = Self.date(value, name, &faults).map { $0 + 86_400_000 }
      case "created_after": query.created.from = Self.date(value, name, &faults)
      case "created_before": query.created.to = Self.date(value, name, &faults).map { $0 + 86_400_000 }
      default: break
      }
    }
    if !faults.isEmpty { throw .fields(faults) }
    guard let page else { throw .notFound("Invalid page.") }
    self.page = page
    query.offset = (page - 1) * query.limit
  }

  /// The query string of another page.
  func link(toPage page: Int) -> String {
    (others + [("page", "\(page)")]).map { "\(Self.escape($0.name))=\(Self.escape($0.value))" }.joined(separator: "&")
  }

  private static func order(
    _ query: inout RunQuery, by text: String, _ faults: inout [(field: String, messages: [String])]
  ) {
    let name = text.hasPrefix("-") ? String(text.dropFirst()) : text
    guard let sort = orderings.first(where: { $0.name == name })?.sort else {
      let names = orderings.map(\.name)
      faults.append(
        (
          "ordering",
          [
            "\"\(name.prefix(100))\" is not a valid choice\(NearMiss.hint(name, among: names)); choose one of "
              + "\(names.joined(separator: ", "))."
          ]
        ))
      return
    }
    query.sort = sort
    query.descending = text.hasPrefix("-")
  }

  private static func date(
    _ text: String, _ name: String, _ faults: inout [(field: String, messages: [String])]
  ) -> EpochMilliseconds? {
    if text.utf8.count == 10, let time = UTCText.parse(text) { return time }
    faults.append((name, ["Date has wrong format. Use one of these formats instead: YYYY-MM-DD."]))
    return nil
  }

  /// Everything but unreserved characters (RFC 3986) as percent escapes.
  private static func escape(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { escaped, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
        UInt8(ascii: "~"):
        escaped.unicodeScalars.append(Unicode.Scalar(byte))
      default: escaped += "%\(digits[Int(byte >> 4)])\(digits[Int(byte & 15)])"
      }
    }
  }
}
