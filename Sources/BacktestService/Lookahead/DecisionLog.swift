import JSONRPC
import PluginHost
import StrategyProtocol
import WireText

/// What a strategy answered, bar by bar: its raw decisions, before any broker saw them.
final class DecisionLog {
  /// Everything decided on one bar, in an order that does not depend on how the strategy writes it.
  private(set) var decisions: [Int: [JSONValue]] = [:]
  /// Columns of a vectorized answer, by form and symbol.
  private(set) var columns: [Name: [Double]] = [:]
  private var open: [Request] = []

  /// One column.
  struct Name: Hashable, Comparable {
    let form: String
    let symbol: String

    static func < (left: Name, right: Name) -> Bool { (left.form, left.symbol) < (right.form, right.symbol) }
  }

  /// A request whose answer is not there yet.
  private enum Request {
    case bar(Int)
    case chunk
    case series
    case other
  }

  /// Takes a line of the conversation.
  func take(_ direction: TranscriptRecorder.Direction, _ line: UnsafeBufferPointer<UInt8>) {
    guard let envelope = try? JSONRPCEnvelope(line) else { return }
    switch direction {
    case .toStrategy:
      guard envelope.kind == .request else { return }
      open.append(request(envelope))
    case .fromStrategy:
      guard envelope.kind == .result || envelope.kind == .error, !open.isEmpty else { return }
      let request = open.removeFirst()
      if envelope.kind == .result, let body = envelope.body { take(request, body) }
    }
  }

  private func request(_ envelope: JSONRPCEnvelope) -> Request {
    switch envelope.method?.string {
    case "bar/next":
      guard let body = envelope.body, let index = Self.index(body) else { return .other }
      return .bar(index)
    case "bars/next": return .chunk
    case "series/evaluate": return .series
    default: return .other
    }
  }

  /// The member `index` of a bar's params.
  private static func index(_ params: UnsafeBufferPointer<UInt8>) -> Int? {
    guard var scanner = try? JSONScanner(params, maximumBytes: .max), (try? scanner.beginObject()) != nil else {
      return nil
    }
    while (try? scanner.nextKey()) == true {
      if scanner.key == "index" { return try? scanner.readInt() }
      guard (try? scanner.skipValue()) != nil else { return nil }
    }
    return nil
  }

  private func take(_ request: Request, _ body: UnsafeBufferPointer<UInt8>) {
    if case .other = request { return }
    // The host has refused, or will refuse, what cannot be read.
    guard body.count > 2, let result = try? JSONValue(parsing: body, maximumBytes: .max) else { return }
    for action in result["actions"]?.arrayValue ?? [] {
      switch request {
      case .bar(let index): note(action, at: index)
      default: if let index = action["bar_index"]?.intValue { note(action, at: index) }
      }
    }
    guard case .series = request, let answer = try? WireValue(result).decode(SeriesEvaluateResponse.self) else {
      return
    }
    let forms = [
      ("target_position", answer.targetPosition), ("target_weight", answer.targetWeight),
      ("entries", answer.entries), ("exits", answer.exits), ("short_entries", answer.shortEntries),
      ("short_exits", answer.shortExits),
    ]
    for (form, map) in forms {
      for entry in map?.entries ?? [] { columns[Name(form: form, symbol: entry.key)] = entry.value.numbers ?? [] }
    }
  }

  /// Order ids of the strategy's own making may count on, and null means the same as nothing.
  private func note(_ action: JSONValue, at index: Int) {
    let members = (action.objectValue ?? [])
      .filter { $0.key != "client_order_id" && $0.key != "bar_index" && !$0.value.isNull }
      .map { JSONValue.Member($0.key, $0.value.doubleValue.map { .double($0) } ?? $0.value) }
    decisions[index, default: []].append(.object(members.sorted { $0.key < $1.key }))
  }

  /// Bars on which something was decided, ascending.
  var bars: [Int] {
    var found = Set(decisions.keys)
    for values in columns.values {
      for row in values.indices.dropFirst() where values[row].bitPattern != values[row - 1].bitPattern {
        found.insert(row)
      }
    }
    return found.sorted()
  }
}

extension DecisionLog {
  /// The first bar before `end` on which two logs differ.
  struct Difference {
    let index: Int
    /// `nil` for actions, which may be about several symbols.
    let symbol: String?
    let expected: String
    let received: String
  }

  /// Compares the decisions before a bar: equal, weights within a relative 1e-9.
  func difference(from other: DecisionLog, before end: Int) -> Difference? {
    var found: [Difference] = []
    let indices = Set(decisions.keys).union(other.decisions.keys).filter { $0 < end }.sorted()
    if let index = indices.first(where: { decisions[$0] ?? [] != other.decisions[$0] ?? [] }) {
      found.append(
        Difference(
          index: index, symbol: nil, expected: Self.shown(decisions[index]),
          received: Self.shown(other.decisions[index])
        ))
    }
    for name in Set(columns.keys).union(other.columns.keys).sorted() {
      let left = columns[name] ?? []
      let right = other.columns[name] ?? []
      let rows = 0..<min(end, max(left.count, right.count))
      let place = rows.first { row in
        !Self.isEqual(row < left.count ? left[row] : nil, row < right.count ? right[row] : nil, name.form)
      }
      if let place {
        found.append(
          Difference(
            index: place, symbol: name.symbol, expected: "\(name.form) \(Self.shown(left, place))",
            received: "\(name.form) \(Self.shown(right, place))"))
      }
    }
    return found.min { $0.index < $1.index }
  }

  private static func isEqual(_ left: Double?, _ right: Double?, _ form: String) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    if left == right || (left.isNaN && right.isNaN) { return true }
    return form == "target_weight" && abs(left - right) <= 1e-9 * max(abs(left), abs(right))
  }

  private static func shown(_ actions: [JSONValue]?) -> String {
    guard let actions, !actions.isEmpty else { return "nothing" }
    // Numbers were made doubles to compare them; whole ones read better without a fraction.
    let texts = actions.map { action -> String in
      let members = (action.objectValue ?? []).map { member -> JSONValue.Member in
        let whole = member.value.doubleValue.flatMap { Int64(exactly: $0) }
        return .init(member.key, whole.map { .int($0) } ?? member.value)
      }
      return (try? JSONValue.object(members).text()) ?? "an action"
    }
    return texts.joined(separator: " ")
  }

  private static func shown(_ values: [Double], _ row: Int) -> String {
    guard row < values.count else { return "missing" }
    return (try? JSONValue.double(values[row]).text()) ?? "null"
  }
}
