/// The SQL of a list of runs. Everything a user gave is bound, never part of the text.
struct ListSQL {
  /// A statement and its values.
  struct Query {
    var sql: String
    var values: [SQLValue]

    func bind(_ binder: inout Binder) {
      for value in values { value.bind(to: &binder) }
    }
  }

  private var conditions: [String] = []
  private var values: [SQLValue] = []

  init(_ query: RunQuery) {
    add(query.statuses.map(\.rawValue), "status IN")
    add(query.strategies, "strategy IN")
    if let symbol = query.symbol {
      // The ticker is the first instrument's symbol. The plus signs keep SQLite on the index of the order, which ends after
      // a page: a symbol may have most of the runs.
      conditions.append(
        "(+ticker = ? OR +backtestRun.id IN (SELECT backtestRunID FROM instrument WHERE symbol = ? AND position > 0))")
      values += [.text(symbol), .text(symbol)]
    }
    if let dataset = query.dataset { add([dataset], "dataset IN") }
    if let sweep = query.sweepID { add([sweep], "sweepID IN") }
    if query.leavesOutTrials { conditions.append("sweepID IS NULL") }
    for tag in query.tags {
      conditions.append("backtestRun.id IN (SELECT backtestRunID FROM tag WHERE name = ?)")
      values.append(.text(tag))
    }
    if let text = query.text {
      let columns = ["backtestRun.runID", "strategy", "ticker", "parameters"].map { "\($0) LIKE ? ESCAPE '\\'" }
      let inTags = "backtestRun.id IN (SELECT backtestRunID FROM tag WHERE name LIKE ? ESCAPE '\\')"
      conditions.append("(\((columns + [inTags]).joined(separator: " OR ")))")
      values += (columns + [inTags]).map { _ in .text(Self.pattern(text)) }
    }
    add(query.created, "created")
    add(query.start, "startDate")
    add(query.end, "endDate")
  }

  /// Whether few enough statements look like this one to keep it compiled.
  var isCommon: Bool { conditions.count <= 1 && values.count <= 2 }

  /// The number of all runs that match.
  var count: Query { Query(sql: "SELECT count(*) FROM backtestRun" + Self.whereClause(conditions), values: values) }

  /// One page, and one run more: row and the value sorted by.
  func page(_ query: RunQuery, after cursor: RunCursor?) -> Query {
    let sort = SortSQL(query.sort)
    let direction = query.descending ? "DESC" : "ASC"
    var conditions = conditions
    var values = sort.joinValues + values
    if let cursor {
      let after = sort.after(cursor)
      conditions.append(after.sql)
      values += after.values
    }
    // Without the first term SQLite walks the index on (created, runID) and stops after a page.
    let nullsLast = sort.isNullable ? "\(sort.expression) IS NULL, " : ""
    let sql = """
      SELECT backtestRun.id, \(sort.expression) FROM backtestRun\(sort.join)\(Self.whereClause(conditions))
      ORDER BY \(nullsLast)\(sort.expression) \(direction), backtestRun.runID \(direction) LIMIT ? OFFSET ?
      """
    return Query(sql: sql, values: values + [.integer(Int64(query.limit + 1)), .integer(Int64(query.offset))])
  }

  /// A LIKE pattern for texts that contain `text`, whose own wildcards stand for themselves.
  private static func pattern(_ text: String) -> String {
    let escaped = text.map { "%_\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    return "%\(escaped)%"
  }

  private mutating func add(_ texts: [String], _ condition: String) {
    if texts.isEmpty { return }
    conditions.append("\(condition) (\(texts.map { _ in "?" }.joined(separator: ", ")))")
    values += texts.map { .text($0) }
  }

  private mutating func add(_ range: TimeRange, _ column: String) {
    if let from = range.from {
      conditions.append("\(column) >= ?")
      values.append(.integer(from))
    }
    if let to = range.to {
      conditions.append("\(column) < ?")
      values.append(.integer(to))
    }
  }

  private static func whereClause(_ conditions: [String]) -> String {
    conditions.isEmpty ? "" : " WHERE " + conditions.joined(separator: " AND ")
  }
}

/// The SQL of what a list is sorted by.
private struct SortSQL {
  var expression: String
  var isNullable: Bool
  var join = ""
  var joinValues: [SQLValue] = []

  init(_ sort: RunSort) {
    switch sort {
    case .created: (expression, isNullable) = ("created", false)
    case .started: (expression, isNullable) = ("started", true)
    case .finished: (expression, isNullable) = ("finished", true)
    case .duration: (expression, isNullable) = ("durationMicroseconds", true)
    case .bars: (expression, isNullable) = ("bars", true)
    case .start: (expression, isNullable) = ("startDate", true)
    case .end: (expression, isNullable) = ("endDate", true)
    case .startingCapital: (expression, isNullable) = ("startingCapital", true)
    case .symbol: (expression, isNullable) = ("ticker", false)
    case .strategy: (expression, isNullable) = ("strategy", false)
    case .status: (expression, isNullable) = ("status", false)
    case .interval: (expression, isNullable) = ("interval", false)
    case .metric(let name):
      isNullable = true
      if let column = RunRow.metricColumns.first(where: { $0.0 == name })?.1 {
        expression = "backtestRun." + column
      } else {
        expression = "sortMetric.value"
        join = " LEFT JOIN metric AS sortMetric ON sortMetric.backtestRunID = backtestRun.id AND sortMetric.name = ?"
        joinValues = [.text(name)]
      }
    }
  }

  /// The condition that a run comes after the one a cursor names.
  func after(_ cursor: RunCursor) -> (sql: String, values: [SQLValue]) {
    let comparison = cursor.descending ? "<" : ">"
    let id = SQLValue.text(cursor.id)
    if cursor.value == .null { return ("(\(expression) IS NULL AND backtestRun.runID \(comparison) ?)", [id]) }
    let later = "(\(expression), backtestRun.runID) \(comparison) (?, ?)"
    return (isNullable ? "(\(expression) IS NULL OR \(later))" : later, [cursor.value, id])
  }
}
