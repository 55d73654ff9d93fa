public import RunStore

/// What the table of runs shows: filters, order and page, as the address says.
public struct RunsPageQuery: Sendable, Equatable {
  /// A column that the table can be sorted by.
  struct Column: Sendable {
    let name: String
    let title: String
    let sort: RunSort
    let isNumber: Bool
  }

  static let columns: [Column] = [
    Column(name: "created", title: "Created", sort: .created, isNumber: false),
    Column(name: "strategy", title: "Strategy", sort: .strategy, isNumber: false),
    Column(name: "symbol", title: "Symbol", sort: .symbol, isNumber: false),
    Column(name: "status", title: "Status", sort: .status, isNumber: false),
    Column(name: "start", title: "Bars", sort: .start, isNumber: false),
    Column(name: "return", title: "Return", sort: .metric("total_return_pct"), isNumber: true),
    Column(name: "sharpe", title: "Sharpe", sort: .metric("sharpe"), isNumber: true),
    Column(name: "drawdown", title: "Drawdown", sort: .metric("max_drawdown_pct"), isNumber: true),
    Column(name: "trades", title: "Trades", sort: .metric("trades"), isNumber: true),
    Column(name: "winrate", title: "Win rate", sort: .metric("winrate_pct"), isNumber: true),
    Column(name: "took", title: "Took", sort: .duration, isNumber: true),
  ]

  /// Runs on a page.
  static let pageSize = 50
  /// Longest text that is looked for.
  private static let longestText = 100

  let text: String
  let strategy: String
  let symbol: String
  let status: String
  private let column: Int
  let descending: Bool
  let page: Int

  /// Reads the fields of an address; what makes no sense there is taken as not given.
  public init(_ fields: [(name: String, value: String)]) {
    func field(_ name: String) -> String {
      let value = fields.last { $0.name == name }?.value ?? ""
      return String(value.prefix(Self.longestText)).trimmingSpaces
    }
    text = field("q")
    strategy = field("strategy")
    symbol = field("symbol").uppercased()
    status = RunStatus(rawValue: field("status"))?.rawValue ?? ""
    let sort = field("sort")
    let name = sort.hasPrefix("-") ? sort.dropFirst() : sort[...]
    let found = Self.columns.firstIndex { $0.name == name }
    column = found ?? 0
    descending = found == nil || sort.hasPrefix("-")
    // A number of pages that no database reaches; beyond, the offset would not fit.
    page = Int(field("page")).flatMap { (1...10_000_000).contains($0) ? $0 : nil } ?? 1
  }

  /// The question to the store.
  public var query: RunQuery {
    var query = RunQuery()
    query.text = text.isEmpty ? nil : text
    if !strategy.isEmpty { query.strategies = [strategy] }
    query.symbol = symbol.isEmpty ? nil : symbol
    if let status = RunStatus(rawValue: status) { query.statuses = [status] }
    query.sort = sort
    query.descending = descending
    query.limit = Self.pageSize
    query.summarizes = true
    query.offset = (page - 1) * Self.pageSize
    return query
  }

  var sort: RunSort { Self.columns[column].sort }
  var isFiltered: Bool { ![text, strategy, symbol, status].allSatisfy(\.isEmpty) }
  var isSorted: Bool { column != 0 || !descending }
  var sortText: String { (descending ? "-" : "") + Self.columns[column].name }

  /// The address of the table.
  public var address: String { link(page: page) }

  /// The address of another page of the same table.
  func link(page: Int) -> String { link(sortText, isSorted: isSorted, page: page) }

  /// The address of the table sorted by a column: largest first where it holds numbers, turned round the second time.
  func link(sorting column: Column) -> String {
    let isSame = column.sort == sort
    let descends = isSame ? !descending : column.isNumber || column.sort == .created
    return link((descends ? "-" : "") + column.name, isSorted: true, page: 1)
  }

  private func link(_ sort: String, isSorted: Bool, page: Int) -> String {
    var fields = [("q", text), ("strategy", strategy), ("symbol", symbol), ("status", status)].filter { !$0.1.isEmpty }
    if isSorted { fields.append(("sort", sort)) }
    if page > 1 { fields.append(("page", String(page))) }
    if fields.isEmpty { return "/" }
    return "/?" + fields.map { "\($0)=\(URLText.encode($1))" }.joined(separator: "&")
  }
}

extension String {
  /// The text without spaces at its ends.
  var trimmingSpaces: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
