import JSONRPC
import StrategyProtocol

/// What a strategy decided on all bars at once: the answer to `series/evaluate`, its columns decoded.
struct SeriesDecisions {
  private static let forms = [
    "target_position", "target_weight", "entries", "exits", "short_entries", "short_exits",
  ]

  /// Columns by form and symbol; `nil` where a value is missing.
  private(set) var columns: [(form: String, symbols: [(symbol: String, values: [Double?])])] = []
  /// The list of actions, when that is what was answered.
  private(set) var actions: [JSONValue]?

  /// Checks and decodes an answer.
  init(_ result: JSONValue, symbols: [String], count: Int) throws {
    try Form.fields(result, "", required: [], optional: Self.forms + ["actions", "annotations"])
    try AnswerForm.annotations(result["annotations"], count: count)
    let groups = [
      result["target_position"] != nil, result["target_weight"] != nil, result["actions"] != nil,
      result["entries"] != nil || result["short_entries"] != nil,
    ]
    if groups.count(where: { $0 }) > 1 {
      throw CheckFailure(
        at: "", "must have only one of target_position, target_weight, entries (with exits) and actions")
    }
    for (exits, entries) in [("exits", "entries"), ("short_exits", "short_entries")] {
      if result[exits] != nil, result[entries] == nil {
        throw CheckFailure(at: "", "has \(exits) without \(entries)")
      }
    }
    for form in Self.forms {
      guard let given = result[form] else { continue }
      let members = try Form.object(given, "/\(form)")
      for member in members {
        try Form.word(.string(member.key), of: symbols, "/\(form)/\(member.key)")
      }
      columns.append(
        (form, try members.map { ($0.key, try Self.decode($0.value, count, "/\(form)/\($0.key)")) }))
    }
    try checkWeights()
    if let list = result["actions"] {
      let elements = try Form.array(list, "/actions")
      for (index, action) in elements.enumerated() {
        try ActionForm.check(action, "/actions/\(index)", symbols: symbols, isIndexed: true)
      }
      try AnswerForm.indices(elements, first: 0, count: count)
      actions = elements
    }
  }

  private func checkWeights() throws {
    for entry in columns where entry.form == "target_weight" {
      for (symbol, values) in entry.symbols {
        for (index, weight) in values.enumerated() {
          if let weight, !(-1...1).contains(weight) {
            throw CheckFailure(
              at: "/target_weight/\(symbol)", "has \(weight) at bar \(index); a weight is from -1 to 1")
          }
        }
      }
    }
  }

  private static func decode(_ column: JSONValue, _ count: Int, _ at: String) throws -> [Double?] {
    try Form.fields(
      column, at, required: ["encoding", "dtype", "count"], optional: ["data", "path", "offset", "sha256"])
    let host = HostCapabilities.standard
    let encoding = try Form.word(column["encoding"] ?? .null, of: host.encodings, "\(at)/encoding")
    let type = try Form.word(column["dtype"] ?? .null, of: ["f64", "i64", "u8"], "\(at)/dtype")
    if try Form.whole(column["count"] ?? .null, "\(at)/count") != count {
      throw CheckFailure(at: "\(at)/count", "was \(column["count"]?.shown() ?? ""); the run has \(count) bars")
    }
    if encoding == "json" {
      guard let data = column["data"] else { throw CheckFailure(at: "\(at)/data", "must be an array, received null") }
      let elements = try Form.array(data, "\(at)/data")
      if elements.count != count {
        throw CheckFailure(at: "\(at)/data", "has \(elements.count) values where count says \(count)")
      }
      return try elements.enumerated().map { index, value in
        if value.isNull { return nil }
        if type == "u8", let flag = value.boolValue { return flag ? 1 : 0 }
        return try Form.number(value, "\(at)/data/\(index)")
      }
    }
    let bytes: [UInt8]
    if encoding == "f64le+file" {
      for name in ["path", "offset", "sha256"] where column[name] == nil {
        throw CheckFailure(at: at, "lacks the field \"\(name)\"")
      }
      bytes = try ColumnFile.read(
        path: Form.string(column["path"] ?? .null, "\(at)/path"),
        offset: Form.whole(column["offset"] ?? .null, "\(at)/offset"), count: count * (type == "u8" ? 1 : 8),
        sha256: Form.string(column["sha256"] ?? .null, "\(at)/sha256"), at: at)
    } else {
      let text = try Form.string(column["data"] ?? .null, "\(at)/data")
      guard let decoded = Base64.decode(text) else { throw CheckFailure(at: "\(at)/data", "is not base64") }
      bytes = decoded
    }
    let size = type == "u8" ? 1 : 8
    if bytes.count != size * count {
      throw CheckFailure(
        at: "\(at)/data", "holds \(bytes.count) bytes; \(count) values of \(type) are \(size * count)")
    }
    return (0..<count).map { ColumnFile.value(bytes, $0, type) }
  }

  // MARK: Comparison

  /// Compares the decisions on the first bars (all when `count` is `nil`): equal, weights within 1e-9.
  func expectEqual(_ other: SeriesDecisions, first count: Int?, _ what: String) throws {
    let ours = names
    let theirs = other.names
    if ours != theirs {
      throw CheckFailure(
        "\(what): the answer holds \(theirs.isEmpty ? "nothing" : theirs.joined(separator: ", ")) where "
          + "\(ours.isEmpty ? "nothing" : ours.joined(separator: ", ")) was expected")
    }
    if let actions, let received = other.actions {
      try expectSame(Self.comparable(actions, count), Self.comparable(received, count), "\(what): actions")
    }
    for (form, symbols) in columns {
      let received = other.columns.first { $0.form == form }?.symbols ?? []
      for (symbol, values) in symbols {
        let right = received.first { $0.symbol == symbol }?.values ?? []
        try Self.expectEqual(values.prefix(count ?? .max), right.prefix(count ?? .max), form, symbol, what)
      }
    }
  }

  private var names: [String] { (columns.map(\.form) + (actions == nil ? [] : ["actions"])).sorted() }

  private static func comparable(_ actions: [JSONValue], _ count: Int?) -> [PlacedAction] {
    actions.compactMap { action in
      let index = action["bar_index"]?.intValue ?? 0
      return count.map { index < $0 } ?? true ? PlacedAction(index: index, action: action).comparable : nil
    }
  }

  private static func expectEqual(
    _ left: ArraySlice<Double?>, _ right: ArraySlice<Double?>, _ form: String, _ symbol: String, _ what: String
  ) throws {
    for (index, (expected, received)) in zip(left, right).enumerated() {
      var isEqual = expected == received
      if form == "target_weight", let expected, let received {
        isEqual = abs(expected - received) <= 1e-9 * max(abs(expected), abs(received))
      }
      if !isEqual {
        throw CheckFailure(
          "\(what): \(form) of \(symbol) at bar \(index) is \(JSONValue(number: received).shown()) where "
            + "\(JSONValue(number: expected).shown()) was expected")
      }
    }
    if left.count != right.count { throw CheckFailure("\(what): \(form) of \(symbol) has \(right.count) values") }
  }

  /// Where to cut: fixed places, and right after the first, a middle and the last decision.
  func cuts(of total: Int) -> [Int] {
    var spots: Set<Int> = Set((actions ?? []).compactMap { $0["bar_index"]?.intValue })
    for (_, symbols) in columns {
      for (_, values) in symbols {
        for index in values.indices.dropFirst() where values[index] != values[index - 1] { spots.insert(index) }
      }
    }
    let sorted = spots.sorted()
    var chosen: Set<Int> = [total / 2, total * 4 / 5]
    if let first = sorted.first, let last = sorted.last {
      chosen.formUnion([first + 1, sorted[sorted.count / 2] + 1, last + 1])
    }
    return chosen.filter { $0 >= total / 4 && $0 < total }.sorted()
  }
}
